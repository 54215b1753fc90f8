"""The http:// publisher against a server that fails in every way.

usage: test_http.py DAGD
"""
import json
import os
import pathlib
import random
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

from receiver import Receiver

DAGD = None
DEADLINE_S = 90
SLOW_S = 0.6  # beyond the timeout of the test that has it


def status(code, **headers):
    return lambda handler, messages: handler.reply(code, "no", **headers)


def reset(handler, _):
    handler.reset()


def accept_and_reset(handler, messages):
    handler.server.keep(handler, messages)
    handler.reset()


def accept_in_part(handler, messages):
    handler.server.keep(handler, messages)
    handler.reply_in_part()


def accept_late(handler, messages):
    handler.server.keep(handler, messages)
    time.sleep(SLOW_S)
    handler.close_connection = True


def dag(url, **config):
    return {
        "name": "post", "errors": "letters",
        "subscribers": [{"name": "in", "config": {"source": "file://in.jsonl", "follow": False}}],
        "publishers": [{"name": "out", "config": {"destination": url, "retry_min": 0.01,
                                                  "retry_max": 0.05, **config}},
                       {"name": "letters", "config": {"destination": "file://letters.jsonl"}}],
        "nodes": [{"name": "read", "type": "SubscriptionNode", "subscriber": "in"},
                  {"name": "send", "type": "PublicationNode", "publishers": ["out"]}],
        "edges": [{"from_node": "read", "to_node": "send"}],
    }


def numbers(count):
    return [{"n": n} for n in range(count)]


def first_of_each(messages):
    return list({json.dumps(message): message for message in messages}.values())


class Publisher(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="dagd-http-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def prepare(self, definition, messages):
        (self.root / "dag.json").write_text(json.dumps(definition))
        (self.root / "in.jsonl").write_text("".join(json.dumps(m) + "\n" for m in messages))

    def dagd(self, *arguments, code=0, **environment):
        done = subprocess.run([DAGD, "run", "dag.json", *arguments], cwd=self.root, text=True,
                              capture_output=True, timeout=DEADLINE_S, check=False,
                              env={**os.environ, **environment})
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def letters(self):
        path = self.root / "letters.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def test_each_message_is_a_request_in_order_on_one_connection(self):
        with Receiver() as receiver:
            self.prepare(dag(receiver.url + "/a/b?c=d", headers={"X-Mine": "yes"}), numbers(200))
            self.dagd()
            self.assertEqual(receiver.accepted, numbers(200))
            self.assertEqual(receiver.connection_count, 1)
            _, method, path, headers, body = receiver.requests[7]
            self.assertEqual((method, path, body), ("POST", "/a/b?c=d", '{"n":7}'))
            self.assertEqual((headers["X-Mine"], headers["Content-Type"]),
                             ("yes", "application/json"))
            self.assertNotIn("Idempotency-Key", headers)
            self.assertNotIn("Expect", headers)

    def test_batches_are_arrays_or_lines(self):
        for batch, content_type, begin in (("array", "application/json", "[{"),
                                           ("ndjson", "application/x-ndjson", "{")):
            with self.subTest(batch), Receiver() as receiver:
                self.prepare(dag(receiver.url, batch=batch, batch_messages=30, method="PUT"),
                             numbers(300))
                self.dagd()
                self.assertEqual(receiver.accepted, numbers(300))
                self.assertLess(len(receiver.requests), 60)
                _, method, _, headers, body = receiver.requests[0]
                self.assertEqual((method, headers["Content-Type"]), ("PUT", content_type))
                self.assertTrue(body.startswith(begin))

    def test_a_batch_is_bounded_in_bytes(self):
        with Receiver() as receiver:
            messages = [{"n": n, "pad": "x" * (n * 37 % 900)} for n in range(100)]
            self.prepare(dag(receiver.url, batch="ndjson", batch_bytes=500), messages)
            self.dagd()
            self.assertEqual(receiver.accepted, messages)
            for *_, body in receiver.requests:
                self.assertTrue(len(body) <= 500 or body.count("\n") == 1, body)

    def test_credentials_are_sent(self):
        for config, expected in (({"bearer_token": "abc"}, "Bearer abc"),
                                 ({"username": "me", "password": "it"}, "Basic bWU6aXQ=")):
            with self.subTest(expected), Receiver() as receiver:
                self.prepare(dag(receiver.url, **config), numbers(1))
                self.dagd()
                self.assertEqual(receiver.requests[0][3]["Authorization"], expected)

    def faulty(self, seed):
        """One request in three fails; more of them in a row, too."""
        chance = random.Random(seed)
        kinds = [status(500), status(503), status(408), status(425), status(429), reset,
                 accept_and_reset, accept_in_part] + ([accept_late] if seed % 2 else [])
        plan = {number: chance.choice(kinds) for number in range(1, 100000)
                if chance.random() < 0.33}
        return plan.get

    def test_nothing_is_lost_and_order_is_kept_whatever_fails(self):
        for seed, batch in ((1, "none"), (2, "array"), (3, "ndjson"), (4, "none")):
            with self.subTest(batch), Receiver(self.faulty(seed)) as receiver:
                self.prepare(dag(receiver.url, batch=batch, batch_messages=3, timeout=0.3),
                             numbers(120))
                self.dagd("--batch", "16")
                self.assertEqual(first_of_each(receiver.accepted), numbers(120))
                self.assertEqual(self.letters(), [])

    def test_keys_let_the_receiver_drop_repeats(self):
        with Receiver(self.faulty(6)) as receiver:
            # equal messages are different ones
            self.prepare(dag(receiver.url, idempotency_key=True) | {"propagate": "every"},
                         [{"n": n // 3} for n in range(150)])
            self.dagd()
            self.assertEqual(receiver.accepted, [{"n": n // 3} for n in range(150)])
            self.assertGreater(receiver.repeats, 0)

    def test_many_connections_lose_and_repeat_nothing_either(self):
        with Receiver(self.faulty(8)) as receiver:
            self.prepare(dag(receiver.url, idempotency_key=True, connections=8), numbers(300))
            self.dagd()
            self.assertEqual(sorted(receiver.accepted, key=lambda m: m["n"]), numbers(300))
            self.assertGreater(receiver.connection_count, 1)

    def test_what_is_refused_becomes_a_dead_letter_alone(self):
        for batch, connections in (("none", 1), ("array", 1), ("ndjson", 1), ("ndjson", 4)):
            with self.subTest(batch), Receiver(
                    refuses=lambda message: message["n"] in (0, 41, 42, 99)) as receiver:
                (self.root / "letters.jsonl").unlink(missing_ok=True)
                self.prepare(dag(receiver.url, batch=batch, connections=connections), numbers(100))
                self.dagd(code=3)
                accepted = receiver.accepted
                if connections > 1:
                    accepted = sorted(accepted, key=lambda m: m["n"])
                self.assertEqual(accepted, [m for m in numbers(100)
                                            if m["n"] not in (0, 41, 42, 99)])
                letters = self.letters()
                self.assertEqual([letter["input"]["n"] for letter in letters], [0, 41, 42, 99])
                for letter in letters:
                    self.assertIn("answered 422: I don't like it", letter["message"])

    def test_statuses_may_be_made_worth_a_retry(self):
        refusals = {1: status(401), 2: status(404)}
        with Receiver(refusals.get) as receiver:
            self.prepare(dag(receiver.url, retry_status=["401", "4xx"]), numbers(3))
            self.dagd()
            self.assertEqual(receiver.accepted, numbers(3))

    def test_retry_after_is_kept(self):
        with Receiver({1: status(429, Retry_After="1")}.get) as receiver:
            self.prepare(dag(receiver.url), numbers(2))
            self.dagd()
            self.assertEqual(receiver.accepted, numbers(2))
            self.assertGreater(receiver.requests[1][0] - receiver.requests[0][0], 0.95)

    def test_retry_after_has_a_bound(self):
        with Receiver({1: status(503, Retry_After="100000")}.get) as receiver:
            self.prepare(dag(receiver.url, retry_after_max=0.2), numbers(2))
            self.dagd()
            self.assertEqual(receiver.accepted, numbers(2))

    def test_redirects_are_followed_only_when_asked_for(self):
        with Receiver() as target:
            faults = dict.fromkeys(range(1, 10), status(307, Location=target.url + "/there"))
            with Receiver(faults.get) as receiver:
                self.prepare(dag(receiver.url), numbers(1))
                self.dagd(code=3)
                self.assertIn("answered 307 (redirects aren't followed",
                              self.letters()[0]["message"])
                self.assertEqual(target.requests, [])
                self.prepare(dag(receiver.url, follow_redirects=True, bearer_token="abc"),
                             numbers(1))
                self.dagd()
                self.assertEqual(target.accepted, numbers(1))

    def test_proxies_come_from_the_options_only(self):
        with Receiver() as receiver:
            self.prepare(dag(receiver.url), numbers(1))
            self.dagd(http_proxy="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1")
            self.assertEqual(receiver.accepted, numbers(1))
            self.prepare(dag("http://example.invalid/x", proxy=receiver.url), numbers(1))
            self.dagd(no_proxy="*")
            self.assertEqual(receiver.requests[1][2], "http://example.invalid/x")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.root, check=True, capture_output=True)

    def make_certificates(self):
        """ca.pem, and server.pem and client.pem (each with its key) signed by it."""
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out",
                     "ca.pem", "-days", "2", "-subj", "/CN=test authority")
        for name in ("server", "client"):
            self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out",
                         f"{name}.csr", "-subj", f"/CN={name}")
            (self.root / "ext").write_text("subjectAltName=DNS:localhost\n")
            self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                         "-CAcreateserial", "-days", "2", "-extfile", "ext", "-out", f"{name}.crt")
            (self.root / f"{name}.pem").write_text((self.root / f"{name}.crt").read_text() +
                                                   (self.root / f"{name}.key").read_text())

    def test_a_private_authority_and_client_certificates(self):
        self.make_certificates()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.root / "server.pem")
        tls.load_verify_locations(self.root / "ca.pem")
        tls.verify_mode = ssl.CERT_REQUIRED
        with Receiver(tls=tls) as receiver:
            config = {"ca_file": "ca.pem", "cert_file": "client.pem"}
            self.prepare(dag(receiver.url, **config), numbers(50))
            self.dagd()
            self.assertEqual(receiver.accepted, numbers(50))
            self.assertEqual(receiver.connection_count, 1)
            self.prepare(dag(receiver.url, ca_file="ca.pem", cert_file="client.crt",
                             key_file="client.key"), numbers(2))
            self.dagd()
            self.assertEqual(len(receiver.accepted), 52)
            for wrong in ({}, {"ca_file": "ca.pem"}):  # untrusted, and without a certificate
                self.prepare(dag(receiver.url, **wrong), numbers(2))
                self.assertIn("localhost:", self.dagd("--for", "200ms", "--drain-timeout", "200ms",
                                                      code=4))
            self.prepare(dag(receiver.url.replace("localhost", "127.0.0.1"), **config), numbers(2))
            self.assertIn("127.0.0.1", self.dagd("--for", "200ms", "--drain-timeout", "200ms",
                                                 code=4))
            self.assertEqual(len(receiver.accepted), 52)
            self.prepare(dag(receiver.url, ca_file="missing.pem"), numbers(2))
            self.assertIn("option 'ca_file'", self.dagd("--for", "200ms", "--drain-timeout",
                                                        "200ms", code=4))

    def test_a_receiver_that_comes_late_is_waited_for(self):
        with Receiver() as receiver:
            port = receiver.port
        self.prepare(dag(f"http://127.0.0.1:{port}/"), numbers(20))
        with open(self.root / "log", "w", encoding="utf-8") as log:
            process = subprocess.Popen([DAGD, "run", "dag.json"], cwd=self.root, stderr=log)
            self.addCleanup(process.kill)
            until = time.monotonic() + DEADLINE_S
            while "next try in" not in (self.root / "log").read_text():
                self.assertLess(time.monotonic(), until)
                time.sleep(0.01)
            with Receiver(port=port) as late:
                self.assertEqual(process.wait(DEADLINE_S), 0)
                self.assertEqual(late.accepted, numbers(20))

    def test_kills_lose_nothing_and_keys_drop_what_comes_again(self):
        with Receiver(self.faulty(10)) as receiver:
            count = 3000
            # with a journal the same message has the same cycle again
            self.prepare(dag(receiver.url, idempotency_key=True) | {"journal": {"depth": "order"}},
                         numbers(count))
            chance = random.Random(7)
            for _ in range(5):
                with subprocess.Popen([DAGD, "run", "dag.json", "--data", "data"], cwd=self.root,
                                      stderr=subprocess.DEVNULL) as process:
                    target = receiver.number + chance.randrange(50, 400)
                    until = time.monotonic() + DEADLINE_S
                    while receiver.number < target and process.poll() is None:
                        self.assertLess(time.monotonic(), until)
                        time.sleep(0.001)
                    process.send_signal(signal.SIGKILL)
            self.dagd("--data", "data")
            self.assertEqual(receiver.accepted, numbers(count))

    def test_mistakes_are_told_with_a_remedy(self):
        for url, config, text in (
                ("http://", {}, "should look like http://HOST:PORT/PATH"),
                ("http://a:b@host/", {}, "use the options 'username'"),
                ("http://host/", {"headers": {"A B": "x"}}, "no name of a header"),
                ("http://host/", {"headers": {"A": "x\r\nB: y"}}, "has a line break"),
                ("http://host/", {"headers": {"Content-Length": "1"}}, "set by the program"),
                ("http://host/", {"username": "u", "bearer_token": "t"}, "give one of them"),
                ("http://host/", {"retry_status": ["7xx"]}, "no status such as"),
                ("http://host/", {"proxy": "host:80"}, "should begin with http://"),
                ("http://host/", {"key_file": "k"}, "needs 'cert_file'")):
            with self.subTest(text):
                self.prepare(dag(url, **config), [])
                self.assertIn(text, self.dagd(code=1))

    def test_only_a_server_feeds_a_subscriber(self):
        definition = dag("http://127.0.0.1:1/")
        definition["subscribers"][0]["config"] = {"source": "http://orders"}
        self.prepare(definition, [])
        self.assertIn("use `dagd serve`", self.dagd(code=1))


if __name__ == "__main__":
    DAGD = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
