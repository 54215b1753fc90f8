"""Secrets with known values go in everywhere: no reply, stream, line of the log or file shows one.

usage: test_secrets.py DAGD
"""
import base64
import http.server
import itertools
import json
import os
import pathlib
import secrets
import sys
import threading
import unittest
import urllib.parse

import serving
from populated import DAG, LINES, Populated, good
from serving import adder, wait_for

AWKWARD = 'q"\\/+é='  # whatever it is written in, it looks different there


def random_value(name, extra=""):
    return f"{name}-{secrets.token_hex(12)}{extra}"


def forms_of(value):
    """All ways in which a value may be written, each long enough to stand for it."""
    raw = value.encode()
    forms = {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1],
             urllib.parse.quote(value), urllib.parse.quote(value, safe=""),
             urllib.parse.quote_plus(value), raw.hex(), raw.hex().upper()}
    forms |= {form.replace("/", "\\/") for form in forms}
    for offset in range(3):  # of the value in what is encoded, such as user:password
        text = base64.b64encode(bytes(offset) + raw).decode()
        core = text[(0, 2, 3)[offset]:(offset + len(raw)) * 8 // 6]
        forms |= {core, core.replace("+", "-").replace("/", "_")}
    return forms


class Echo(http.server.BaseHTTPRequestHandler):
    """A receiver that tells everybody what it was told: in its refusals and its redirects."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        told = f"{self.path} {self.headers['Authorization']} {self.headers['X-Key']}"
        status = {"refuse": 400, "fail": 503, "redirect": 302}[self.path.split("?")[0].strip("/")]
        self.send_response(status)
        body = told.encode()
        if status == 302:
            self.send_header("Location", "ftp://nowhere/" + urllib.parse.quote(told))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Vault(Populated):
    """Everything of a populated server, and DAGs that use secrets; `values` are for paths, `hidden`
    is what must not be seen, by name."""

    def __init__(self):
        self.hidden = {name: random_value(name, AWKWARD)
                       for name in ("PASSWORD", "ENVIRONMENT", "LOGIN", "CHANGED", "WRONG")}
        self.hidden |= {name: random_value(name) for name in (
            "BEARER", "HEADER", "QUERY", "QUEUE", "FILE", "METRICS", "UNUSED")}
        self.hidden["KEY"] = "\n".join(random_value(name) for name in ("BEGIN", "MIDDLE", "END"))
        self.set_up_count = 0
        super().__init__()
        folder = self.root / "secrets"
        folder.mkdir(0o700)
        for name in ("PASSWORD", "BEARER", "HEADER", "QUERY", "QUEUE", "FILE", "KEY", "UNUSED"):
            (folder / name).write_text(self.hidden[name] + "\n")
            (folder / name).chmod(0o600)
        (self.root / "metrics-token").write_text(self.hidden["METRICS"] + "\n")
        os.environ["VAULT_ENVIRONMENT"] = self.hidden["ENVIRONMENT"]
        self.arguments = ("--secrets-dir", folder, "--secret-env", "VAULT_ENVIRONMENT",
                          "--metrics-token-file", self.root / "metrics-token",
                          "--log-level", "debug")
        self.echo = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
        threading.Thread(target=self.echo.serve_forever, daemon=True).start()

    def __exit__(self, *what):
        self.echo.shutdown()
        self.echo.server_close()
        super().__exit__(*what)

    def set_up(self, token):
        self.hidden["SET_UP_LINK"] = token
        super().set_up(token)
        self.hidden["FIRST_TOKEN"] = self.secret

    def signed_in(self, reply):
        self.set_up_count += 1
        cookie = reply.headers["set-cookie"].split(";")[0].partition("=")[2]
        self.hidden[f"COOKIE_{self.set_up_count}"] = cookie
        return super().signed_in(reply)

    def token(self, name, role="admin", scope="", by=None):
        token = super().token(name, role, scope, by)
        self.hidden[f"TOKEN {name}"] = token
        return token

    def poster(self, name, **config):
        path, _, query = config.pop("to", "refuse").partition("?")
        dag = adder(name, name)
        port = self.echo.server_address[1]
        dag["publishers"][0]["config"] = {
            "destination": f"http://127.0.0.1:{port}/{path}?key=${{secret:QUERY}}{query}",
            "headers": {"X-Key": "${secret:HEADER}"}, "retry_min": 0.1, "retry_max": 0.2,
            **config}
        return dag

    def fill(self):
        super().fill()
        basic = {"username": "u", "password": "${secret:PASSWORD}"}
        queue = adder("queue", "q")
        queue["subscribers"][0]["config"]["source"] = "mem://queue/${secret:QUEUE}"
        queue["publishers"][0]["config"]["destination"] = "file://out/${secret:FILE}.jsonl"
        self.dags = [self.poster("refused", **basic),
                     self.poster("failing", to="fail", bearer_token="${secret:BEARER}"),
                     self.poster("moved", to="redirect", follow_redirects=True, username="u",
                                 password="${secret:VAULT_ENVIRONMENT}"),
                     self.poster("no_key", cert_file="no.pem", key_password="${secret:KEY}"),
                     queue]
        for dag in self.dags:
            good(self.admin.post("/dags", dag))
            good(self.admin.post(f"/dags/{dag['name']}/start"))
        wait_for(lambda: self.admin.get("/dags/refused/state").json["state"] == "running", "a DAG")
        for dag in ("refused", "failing", "moved", "queue"):
            good(self.admin.post(f"/dags/{dag}/subscribers/in/messages",
                                 '{"a":1,"b":2}\n{"a":1e308,"b":1e308}\n', content_type=LINES))
        wait_for(lambda: self.admin.get("/dags/refused/dead-letters").json["items"], "a refusal")
        wait_for(lambda: "answered 503" in self.admin.get("/dags/failing/why").text, "a failure")
        wait_for(lambda: "sink_failing" in self.admin.get("/dags/moved/why").text or
                 self.admin.get("/dags/moved/dead-letters").json["items"], "a redirect")
        self.add_people()

    def add_people(self):
        good(self.admin.post("/users", {"name": "vera", "role": "viewer",
                                        "password": self.hidden["LOGIN"]}))
        reply = self.client().post("/login", {"name": "vera", "password": self.hidden["WRONG"]})
        assert reply.status == 401, reply
        reply = self.client().post("/login", {"name": self.hidden["WRONG"], "password": "x" * 12})
        assert reply.status == 401, reply
        vera = self.signed_in(good(self.client().post("/login", {
            "name": "vera", "password": self.hidden["LOGIN"]})))
        reply = good(vera.call("PUT", "/me/password", {"old_password": self.hidden["LOGIN"],
                                                       "new_password": self.hidden["CHANGED"]}))
        self.token("hers", "viewer", by=self.signed_in(reply))


class Secrets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.serve = Vault()
        cls.addClassCleanup(cls.serve.__exit__)
        cls.serve.start()
        cls.document = cls.serve.admin.get("/openapi.json").json

    def setUp(self):
        reply = self.serve.client().post("/login", {"name": "vera",
                                                    "password": self.serve.hidden["CHANGED"]})
        self.vera = self.serve.signed_in(good(reply))

    def assert_hidden(self, text, where):
        for name, value in self.serve.hidden.items():
            parts = value.split("\n") if name == "KEY" else [value]
            for form in itertools.chain.from_iterable(map(forms_of, parts)):
                if form in text:
                    at = text.index(form)
                    self.fail(f"{name} is in {where}: {text[max(0, at - 200):at + 100]!r}")

    def get(self, client, path):
        """What is answered, waiting where a user asks too often; streams aside."""
        def ask():
            reply = client.get(path)
            return None if reply.status == 429 else reply
        reply = wait_for(ask, "room for another request")
        self.assertLess(reply.status, 500, reply)
        self.assert_hidden(f"{reply.headers} {reply.text}", f"GET {path}")
        return reply

    def paths(self):
        """Every GET with everything that may stand in its path."""
        dags = [DAG, "broken_lines", *(dag["name"] for dag in self.serve.dags)]
        for pattern, methods in self.document["paths"].items():
            if "get" not in methods or not pattern.startswith("/api/v1/"):
                continue
            path = pattern.removeprefix("/api/v1")
            if path.endswith(("/tap", "/events")):
                continue
            for dag in dags if "{dag}" in path else [""]:
                for node in ("read", "add", "send") if "{node}" in path else [""]:
                    values = {**self.serve.values, "dag": dag, "node": node, "revision": 1}
                    yield path.format(**values)

    def test_no_reply_to_a_get_holds_one(self):
        seen = set()
        for path in self.paths():
            for client in (self.serve.admin, self.vera):
                seen.add(self.get(client, path).status)
        self.assertIn(200, seen)
        components = self.serve.admin.get("/components").json["items"]
        self.assertTrue(components)
        for what in ("/audit/export", "/audit?limit=500&q=WRONG", "/dags?q=refused"):
            self.get(self.serve.admin, what)
        scrape = self.serve.client(self.serve.hidden["METRICS"]).connect()
        scrape.request("GET", "/metrics",
                       headers={"Authorization": "Bearer " + self.serve.hidden["METRICS"]})
        reply = serving.Reply(scrape.getresponse())
        scrape.close()
        self.assertEqual(reply.status, 200)
        self.assert_hidden(reply.text, "the metrics")

    def test_no_check_plan_step_or_refusal_holds_one(self):
        admin = self.serve.admin
        for dag in self.serve.dags:
            etag = admin.get(f"/dags/{dag['name']}").etag
            wrong = json.loads(json.dumps(dag))
            config = wrong["publishers"][0]["config"]
            config.update(batch_messages="${secret:PASSWORD}", method="${secret:BEARER}",
                          timeout="${secret:KEY}", retry_status=["${secret:HEADER}"],
                          proxy="${secret:UNUSED}", headers={"X": "a${secret:KEY}"})
            odd = json.loads(json.dumps(dag))
            odd["subscribers"][0]["config"]["source"] = "${secret:UNUSED}://${secret:PASSWORD}"
            named = json.loads(json.dumps(dag))
            named["name"] = named["nodes"][0]["name"] = "${secret:UNUSED}"
            for body in (dag, wrong, odd, named):
                name = dag["name"]
                for reply in (admin.post("/validate", body), self.vera.post("/validate", body),
                              admin.post(f"/dags/{name}/plan", body),
                              admin.post("/dags?dry_run=1", body), admin.post("/dags", body),
                              admin.call("PUT", f"/dags/{name}?dry_run=1", body, If_Match=etag)):
                    self.assertLess(reply.status, 500, reply)
                    self.assert_hidden(reply.text, f"an answer about {name}")
            for path, body in (("step?subscriber=in", {"a": 1, "b": 2}),
                               ("clone?dry_run=1", {"name": "copied"}),
                               ("restart?wait_ms=2000", None)):
                reply = admin.post(f"/dags/{dag['name']}/{path}", body)
                self.assertLess(reply.status, 500, reply)
                self.assert_hidden(reply.text, f"{path} of {dag['name']}")

    def test_no_stream_holds_one(self):
        topics = "dags,log,cluster," + ",".join(f"dag:{dag['name']}" for dag in self.serve.dags)
        with self.serve.admin.stream(f"/events?topics={topics}") as stream:
            self.serve.admin.post("/dags/no_key/restart")
            for _ in range(12):
                event = stream.next()
                self.assert_hidden(json.dumps(event.data, ensure_ascii=False), event.kind)
        with self.serve.admin.stream("/dags/refused/nodes/send/tap?side=in&max=1") as tap:
            good(self.serve.admin.post("/dags/refused/subscribers/in/messages", {"a": 3, "b": 4}))
            while event := tap.next():
                self.assert_hidden(json.dumps(event.data, ensure_ascii=False), "a tap")

    def test_no_line_of_the_log_no_file_and_no_argument_holds_one(self):
        for letters in ("json", "text"):
            self.serve.arguments = (*self.serve.arguments, "--log-format", letters)
            self.serve.stop()  # what can't be sent doesn't drain
            self.serve.start()
            wait_for(lambda: self.serve.admin.get("/dags/failing/state").json["state"] == "running",
                     "a DAG")
            good(self.serve.admin.post("/dags/failing/subscribers/in/messages", {"a": 1, "b": 2}))
            wait_for(lambda: "answered 503" in self.serve.admin.get("/dags/failing/why").text,
                     "a failure")
        log = (self.serve.root / "log").read_text()
        self.assertIn("debug", log)
        self.assert_hidden(log, "the log")
        arguments = pathlib.Path(f"/proc/{self.serve.process.pid}/cmdline").read_bytes()
        self.assert_hidden(arguments.decode(), "the arguments")
        for folder in ("data", "dags"):
            files = [file for file in (self.serve.root / folder).rglob("*") if file.is_file()]
            self.assertTrue(files)
            for file in files:
                self.assert_hidden(str(file), "the name of a file")
                self.assert_hidden(file.read_bytes().decode("utf-8", "replace"), file)


if __name__ == "__main__":
    serving.DAGD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
