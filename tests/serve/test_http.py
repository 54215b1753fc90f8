"""http:// at both ends: messages are posted to a subscriber and go on to another server.

usage: test_http.py DAGD
"""
import json
import pathlib
import sys
import tempfile
import unittest

import serving
from populated import relay
from serving import Serve, wait_for

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "publish"))
from receiver import Receiver  # pylint: disable=wrong-import-position

LINES = "application/x-ndjson"


class Http(unittest.TestCase):
    def serve(self, *arguments):
        serve = Serve(*arguments).start()
        self.addCleanup(serve.__exit__)
        return serve

    def start(self, serve, dag, state="running"):
        reply = serve.admin.post("/dags", dag)
        self.assertEqual(reply.status, 201, reply)
        serve.admin.post(f"/dags/{dag['name']}/start?wait_ms=20000")
        path = f"/dags/{dag['name']}/state"
        wait_for(lambda: serve.admin.get(path).json["state"] == state, state)

    def post(self, serve, dag, messages):
        reply = serve.admin.post(f"/dags/{dag}/subscribers/in/messages",
                                 "".join(json.dumps(m) + "\n" for m in messages),
                                 content_type=LINES)
        self.assertEqual((reply.status, reply.json["accepted"]), (202, len(messages)), reply)

    def why(self, serve, dag):
        return json.dumps(serve.admin.get(f"/dags/{dag}/why").json)

    def test_what_is_posted_goes_on(self):
        serve = self.serve()
        messages = [{"n": n} for n in range(500)]
        with Receiver() as receiver:
            self.start(serve, relay("on", receiver.url, batch="ndjson"))
            self.post(serve, "on", messages)
            wait_for(lambda: len(receiver.accepted) >= 500, "500 messages")
            self.assertEqual(receiver.accepted, messages)

    def test_two_servers_speak_to_each_other(self):
        secrets = tempfile.TemporaryDirectory(prefix="dagd-secrets-")
        self.addCleanup(secrets.cleanup)
        far, near = self.serve(), self.serve("--secrets-dir", secrets.name)
        secret = pathlib.Path(secrets.name, "FAR")
        secret.touch(0o600)
        secret.write_text(far.secret)
        definition = relay("far", "file://out.jsonl")
        definition["publishers"][0]["config"] = {"destination": "file://out.jsonl"}
        self.start(far, definition)
        url = f"http://127.0.0.1:{far.port}/api/v1/dags/far/subscribers/in/messages"
        self.start(near, relay("near", url, batch="ndjson", bearer_token="${secret:FAR}"))
        messages = [{"n": n} for n in range(2000)]
        self.post(near, "near", messages)
        path = far.root / "files" / "out.jsonl"
        wait_for(lambda: path.exists() and len(path.read_text().splitlines()) == 2000, "2000 lines")
        self.assertEqual([json.loads(line) for line in path.read_text().splitlines()], messages)
        for shown in ("/dags/near", "/dags/near/details", "/dags/near/why"):
            self.assertNotIn(far.secret, near.admin.get(shown).text)
        self.assertNotIn(far.secret, (near.root / "log").read_text())

    def test_metadata_addresses_are_forbidden(self):
        serve = self.serve()
        self.start(serve, relay("meta", "http://169.254.169.254/latest"), "failed")
        self.assertIn("169.254.169.254 is forbidden here", self.why(serve, "meta"))

    def test_the_administrator_says_what_may_be_reached(self):
        serve = self.serve("--egress-deny", "127.0.0.0/8", "--egress-deny", "::1")
        with Receiver() as receiver:
            self.start(serve, relay("denied", receiver.url))  # a name, which leads there
            self.post(serve, "denied", [{"n": 1}])
            wait_for(lambda: "which is forbidden here" in self.why(serve, "denied"), "a refusal")
            self.assertEqual(receiver.requests, [])

    def test_why_tells_what_is_waited_for(self):
        serve = self.serve()

        def busy(handler, _):
            handler.reply(503, "busy", Retry_After="60")

        with Receiver(dict.fromkeys(range(1, 1000), busy).get) as receiver:
            self.start(serve, relay("waits", receiver.url))
            self.post(serve, "waits", [{"n": 1}])
            wait_for(lambda: "asked for quiet until" in self.why(serve, "waits"), "its wish")
            self.assertEqual(len(receiver.requests), 1)


if __name__ == "__main__":
    serving.DAGD = sys.argv.pop(1)
    unittest.main(verbosity=2)
