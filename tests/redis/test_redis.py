"""The Redis connectors against a real server, which is killed, cut off and full.

usage: test_redis.py DAGD
"""
import json
import os
import pathlib
import random
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "services"), str(HERE.parent / "serve")]

import serving  # noqa: E402
from proxy import Proxy  # noqa: E402
from redis import Client, Server, free_port  # noqa: E402

DAGD = None
DEADLINE_S = 60 * int(os.environ.get("TESTS_PATIENCE", "1"))
EVERY_KIND = {"text": "é \"quoted\" \n \u0000 \U0001f600", "int": -9007199254740993, "double": 0.1,
              "big": 123456789012345678901234567890, "true": True, "null": None,
              "list": [1, {"a": None}], "object": {"b": [], "c": "x"}, "empty": ""}


def wait_for(condition, what):
    until = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.01)


def dag(subscriber, publisher, **more):
    return {
        "name": "redis", "errors": "letters",
        "subscribers": [{"name": "in", "config": subscriber}],
        "publishers": [{"name": "out", "config": {"retry_min": 0.01, "retry_max": 0.05,
                                                  **publisher}},
                       {"name": "letters", "config": {"destination": "file://letters.jsonl"}}],
        "nodes": [{"name": "read", "type": "SubscriptionNode", "subscriber": "in"},
                  {"name": "send", "type": "PublicationNode", "publishers": ["out"]}],
        "edges": [{"from_node": "read", "to_node": "send"}],
        "propagate": "every", **more,
    }


FROM_FILE = {"source": "file://in.jsonl", "follow": False}
TO_FILE = {"destination": "file://out.jsonl"}


class Redis(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="dagd-redis-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def prepare(self, definition, messages=()):
        (self.root / "dag.json").write_text(json.dumps(definition))
        (self.root / "in.jsonl").write_text("".join(json.dumps(m) + "\n" for m in messages))

    def dagd(self, *arguments, code=0):
        done = subprocess.run([DAGD, "run", "dag.json", *arguments], cwd=self.root, text=True,
                              capture_output=True, timeout=DEADLINE_S, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def begin(self, *arguments):
        with open(self.root / "log", "w", encoding="utf-8") as log:
            process = subprocess.Popen([DAGD, "run", "dag.json", *arguments], cwd=self.root,
                                       stdout=log, stderr=log)
        self.addCleanup(process.wait, DEADLINE_S)
        self.addCleanup(process.kill)
        return process

    def finish(self, process, code=0):
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(DEADLINE_S), code, self.log())

    def log(self):
        return (self.root / "log").read_text()

    def lines(self, name):
        path = self.root / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    # ---- keys ----

    def test_a_message_is_stored_under_its_key_without_it(self):
        messages = [{"__dagserver_key": key, **EVERY_KIND} for key in ("a:1", 42, 0, 1.5, "é")]
        with Server() as server, server.client() as client:
            self.prepare(dag(FROM_FILE, {"destination": "redis://x", "port": server.port}),
                         messages)
            self.dagd()
            for key in ("a:1", "42", "0", "1.5", "é"):
                self.assertEqual(json.loads(client("GET", key)), EVERY_KIND)
                self.assertEqual(client("TTL", key), -1)
            self.assertEqual(client("DBSIZE"), 5)

    def test_key_prefix_database_and_time_to_live(self):
        with Server() as server, server.client() as client:
            self.prepare(dag(FROM_FILE, {"destination": "redis://x", "port": server.port, "db": 3,
                                         "key_attribute": "id", "key_prefix": "orders:",
                                         "ttl": 1000}), [{"id": "a", "n": 1}])
            self.dagd()
            client("SELECT", 3)
            self.assertEqual(json.loads(client("GET", "orders:a")), {"id": "a", "n": 1})
            self.assertIn(client("PTTL", "orders:a"), range(900_000, 1_000_001))

    def test_a_hash_has_a_field_for_each_attribute(self):
        with Server() as server, server.client() as client:
            self.prepare(dag(FROM_FILE, {"destination": "redis://x", "port": server.port,
                                         "store": "hash", "ttl": 1000}),
                         [{"__dagserver_key": "h", **EVERY_KIND}, {"__dagserver_key": "bare"}])
            self.dagd(code=3)
            flat = client("HGETALL", "h")
            fields = {flat[i].decode(): flat[i + 1].decode() for i in range(0, len(flat), 2)}
            self.assertEqual(fields.pop("text"), EVERY_KIND["text"])
            self.assertEqual(fields.pop("empty"), "")
            self.assertEqual({name: json.loads(text) for name, text in fields.items()},
                             {name: value for name, value in EVERY_KIND.items()
                              if name not in ("text", "empty")})
            self.assertGreater(client("PTTL", "h"), 900_000)
            self.assertIn("nothing but its key", self.lines("letters.jsonl")[0]["message"])

    def test_what_has_no_key_or_is_refused_is_a_dead_letter_alone(self):
        bad = [{"n": 1}, {"__dagserver_key": "", "n": 2}, {"__dagserver_key": None, "n": 3},
               {"__dagserver_key": [1], "n": 4}, {"__dagserver_key": True, "n": 5}]
        good = [{"__dagserver_key": f"k{n}", "n": n} for n in range(5)]
        mixed = [message for pair in zip(good, bad) for message in pair]
        for pipeline in (1, 3, 1000):
            with self.subTest(pipeline), Server() as server, server.client() as client:
                (self.root / "letters.jsonl").unlink(missing_ok=True)
                client("SET", "text", "no hash")
                self.prepare(dag(FROM_FILE, {"destination": "redis://x", "port": server.port,
                                             "store": "hash", "pipeline": pipeline}),
                             [*mixed, {"__dagserver_key": "text", "n": 6}])
                self.dagd(code=3)
                self.assertEqual([client("HGET", f"k{n}", "n") for n in range(5)],
                                 [str(n).encode() for n in range(5)])
                letters = self.lines("letters.jsonl")
                self.assertEqual([letter["input"]["n"] for letter in letters], [1, 2, 3, 4, 5, 6])
                self.assertIn("WRONGTYPE", letters[-1]["message"])

    def test_a_pipeline_keeps_the_order_of_a_key(self):
        messages = [{"__dagserver_key": n % 7, "n": n} for n in range(20_000)]
        with Server() as server, server.client() as client:
            self.prepare(dag(FROM_FILE, {"destination": "redis://x", "port": server.port}),
                         messages)
            self.dagd()
            for key in range(7):
                self.assertEqual(json.loads(client("GET", key)),
                                 {"n": max(n for n in range(20_000) if n % 7 == key)})
            self.assertEqual(client("DBSIZE"), 7)

    # ---- when things fail ----

    def test_a_server_that_is_killed_under_load_loses_nothing(self):
        count = 30_000
        with Server("--appendonly", "yes", "--appendfsync", "always") as server:
            self.prepare(dag(FROM_FILE, {"destination": "redis://x", "port": server.port,
                                         "pipeline": 50}),
                         [{"__dagserver_key": n, "n": n} for n in range(count)])
            process = self.begin()
            for part in (1, 2, 3):
                with server.client() as client:
                    wait_for(lambda: client("DBSIZE") > part * 2000, "keys")
                server.kill()
                wait_for(lambda: "next try in" in self.log(), "a retry")
                server.start()
            self.assertEqual(process.wait(DEADLINE_S), 0, self.log())
            with server.client() as client:
                self.assertEqual(client("DBSIZE"), count)

    def test_a_connection_that_is_cut_late_or_stalled_loses_nothing(self):
        chance = random.Random(3)
        count = 5_000
        with Server() as server, Proxy(server.port) as proxy, server.client() as client:
            self.prepare(dag(FROM_FILE, {"destination": "redis://x", "host": "127.0.0.1",
                                         "port": proxy.port, "pipeline": 20, "timeout": 0.3}),
                         [{"__dagserver_key": n, "n": n} for n in range(count)])
            process = self.begin()
            for turn in range(8):
                target = client("DBSIZE") + chance.randrange(50, 300)
                wait_for(lambda: client("DBSIZE") >= min(target, count), "keys")
                if turn % 2:
                    proxy.cut()
                else:
                    before = proxy.connections
                    proxy.stalled = True
                    # it gives the connection up by itself, and makes another
                    wait_for(lambda: proxy.connections > before or process.poll() is not None,
                             "another connection")
                    proxy.stalled = False
            self.assertEqual(process.wait(DEADLINE_S), 0, self.log())
            self.assertEqual(client("DBSIZE"), count)

    def test_a_full_server_is_waited_for(self):
        with Server("--maxmemory", "1") as server, server.client() as client:
            self.prepare(dag(FROM_FILE, {"destination": "redis://x", "port": server.port}),
                         [{"__dagserver_key": n, "n": n} for n in range(100)])
            process = self.begin()
            wait_for(lambda: "OOM" in self.log(), "a word about it")
            self.assertEqual(client("DBSIZE"), 0)
            client("CONFIG", "SET", "maxmemory", 0)
            self.assertEqual(process.wait(DEADLINE_S), 0, self.log())
            self.assertEqual(client("DBSIZE"), 100)
            self.assertEqual(self.lines("letters.jsonl"), [])

    def test_a_server_that_comes_late_is_waited_for(self):
        port = free_port()
        self.prepare(dag(FROM_FILE, {"destination": "redis://x", "port": port}),
                     [{"__dagserver_key": 1, "n": 1}])
        process = self.begin()
        wait_for(lambda: "next try in" in self.log(), "a retry")
        server = Server()
        server.port = port
        with server, server.client() as client:
            self.assertEqual(process.wait(DEADLINE_S), 0, self.log())
            self.assertEqual(client("DBSIZE"), 1)

    def test_kills_of_dagd_lose_nothing(self):
        count = 20_000
        chance = random.Random(5)
        with Server() as server, server.client() as client:
            self.prepare(dag(FROM_FILE, {"destination": "redis://x", "port": server.port,
                                         "pipeline": 10}),
                         [{"__dagserver_key": n, "n": n} for n in range(count)])
            for _ in range(5):
                process = self.begin("--data", "data", "--checkpoint-interval", "50ms")
                target = client("DBSIZE") + chance.randrange(100, 2000)
                wait_for(lambda: client("DBSIZE") >= target or process.poll() is not None, "keys")
                process.kill()
                process.wait(DEADLINE_S)
            self.dagd("--data", "data")
            self.assertEqual(client("DBSIZE"), count)

    # ---- who may in ----

    def test_passwords_users_and_wrong_ones(self):
        with Server("--requirepass", "secret one", "--user", "writer", "on", ">pass2",
                    "~*", "+@all") as server:
            for config in ({"password": "secret one"},
                           {"username": "writer", "password": "pass2"}):
                with server.client() as client:
                    client("AUTH", "secret one")
                    client("FLUSHALL")
                    self.prepare(dag(FROM_FILE, {"destination": "redis://x", "port": server.port,
                                                 **config}), [{"__dagserver_key": 1, "n": 1}])
                    self.dagd()
                    self.assertEqual(client("DBSIZE"), 1)
            for config, text in (({"password": "wrong one"}, "WRONGPASS"), ({}, "NOAUTH")):
                self.prepare(dag(FROM_FILE, {"destination": "redis://x", "port": server.port,
                                             **config}), [{"__dagserver_key": 1, "n": 1}])
                told = self.dagd("--for", "300ms", "--drain-timeout", "300ms", code=4)
                self.assertIn("refuses the log-in: " + text, told)
                self.assertNotIn("wrong one", told)

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.root, check=True, capture_output=True)

    def certificate(self, name, authority=None):
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout",
                     f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}",
                     "-addext", "subjectAltName=DNS:localhost",
                     *(["-CA", f"{authority}.crt", "-CAkey", f"{authority}.key"] if authority
                       else []))

    def test_tls_with_a_private_authority_and_a_client_certificate(self):
        for name in ("server", "client", "stranger"):
            self.certificate(name)
        tls_port = free_port()
        with Server("--tls-port", str(tls_port), "--tls-cert-file", str(self.root / "server.crt"),
                    "--tls-key-file", str(self.root / "server.key"), "--tls-ca-cert-file",
                    str(self.root / "client.crt")) as server, server.client() as client:
            good = {"destination": "redis://x", "port": tls_port, "tls": True,
                    "ca_file": "server.crt", "cert_file": "client.crt", "key_file": "client.key"}
            self.prepare(dag(FROM_FILE, good), [{"__dagserver_key": n} for n in range(3000)])
            self.dagd()
            self.assertEqual(client("DBSIZE"), 3000)
            for wrong in ({"ca_file": "stranger.crt"}, {"host": "127.0.0.1"},
                          {"cert_file": "stranger.crt", "key_file": "stranger.key"},
                          {"ca_file": None}):
                client("FLUSHALL")
                self.prepare(dag(FROM_FILE, {**good, **wrong}), [{"__dagserver_key": 1}])
                self.dagd("--for", "300ms", "--drain-timeout", "300ms", code=4)
                self.assertEqual(client("DBSIZE"), 0)
            self.prepare(dag(FROM_FILE, {**good, "ca_file": "dag.json"}), [{"__dagserver_key": 1}])
            self.assertIn("no certificate in PEM form", self.dagd(code=6))
            self.prepare(dag(FROM_FILE, {**good, "ca_file": "stranger.crt", "verify": False}),
                         [{"__dagserver_key": 1}])
            self.dagd()
            self.assertEqual(client("DBSIZE"), 1)
            tls = ssl.create_default_context(cafile=self.root / "server.crt")
            tls.load_cert_chain(self.root / "client.crt", self.root / "client.key")
            with Client(tls_port, tls=tls) as encrypted:
                self.assertEqual(encrypted("DBSIZE"), 1)

    # ---- channels ----

    def listen(self, server, count=1):
        process = self.begin()
        with server.client() as client:
            wait_for(lambda: client("PUBSUB", "NUMSUB", "news")[1] +
                     client("PUBSUB", "NUMPAT") == count or process.poll() is not None,
                     "a listener")
        self.assertIsNone(process.poll(), self.log())
        return process

    def test_every_kind_there_and_back_in_order(self):
        messages = [{"n": n, **EVERY_KIND} for n in range(3000)]
        with Server() as server:
            self.prepare(dag({"source": "redischannel://news", "port": server.port}, TO_FILE))
            reader = self.listen(server)
            with tempfile.TemporaryDirectory() as other:
                other = pathlib.Path(other)
                (other / "dag.json").write_text(json.dumps(
                    dag(FROM_FILE, {"destination": "redischannel://news", "port": server.port})))
                (other / "in.jsonl").write_text("".join(json.dumps(m) + "\n" for m in messages))
                done = subprocess.run([DAGD, "run", "dag.json"], cwd=other, timeout=DEADLINE_S,
                                      capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
            wait_for(lambda: len(self.lines("out.jsonl")) >= len(messages), "all messages")
            self.finish(reader)
            self.assertEqual(self.lines("out.jsonl"), messages)

    def test_patterns_channel_names_texts_and_broken_messages(self):
        with Server() as server, server.client() as client:
            self.prepare(dag({"source": "redischannel://ne?s", "port": server.port,
                              "pattern": True, "channel_attribute": "channel"}, TO_FILE))
            reader = self.listen(server)
            for payload in ('{"a": 1}', '{"channel": 5, "b": 2}', "{}", "{broken"):
                self.assertEqual(client("PUBLISH", "news", payload), 1)
            wait_for(lambda: len(self.lines("letters.jsonl")) == 1, "the broken one")
            self.finish(reader, code=3)
            self.assertEqual(self.lines("out.jsonl"),
                             [{"a": 1, "channel": "news"}, {"channel": "news", "b": 2},
                              {"channel": "news"}])
            (self.root / "out.jsonl").unlink()
            self.prepare(dag({"source": "redischannel://news", "port": server.port,
                              "format": "text"}, TO_FILE))
            reader = self.listen(server)
            for payload in (b"{not json", "é\n\0".encode(), b"\xff\xfe", b""):
                client("PUBLISH", "news", payload)
            client("PUBLISH", "news", "end")
            wait_for(lambda: {"message": "end"} in self.lines("out.jsonl"), "the end")
            self.finish(reader, code=3)
            self.assertEqual([line["message"] for line in self.lines("out.jsonl")],
                             ["{not json", "é\n\0", "", "end"])
            self.assertEqual(len(self.lines("letters.jsonl")), 2)

    def test_a_listener_comes_back_after_a_break_and_tells_the_gap(self):
        with Server() as server, Proxy(server.port) as proxy, server.client() as client:
            self.prepare(dag({"source": "redischannel://news", "host": "127.0.0.1",
                              "port": proxy.port}, TO_FILE))
            reader = self.listen(server)
            client("PUBLISH", "news", '{"n": 1}')
            wait_for(lambda: self.lines("out.jsonl") == [{"n": 1}], "the first")
            proxy.cut()
            wait_for(lambda: "is lost, as channels keep nothing" in self.log(), "a word about it")
            wait_for(lambda: client("PUBLISH", "news", '{"n": 2}') == 1, "a listener")
            wait_for(lambda: {"n": 2} in self.lines("out.jsonl"), "the second")
            self.finish(reader)

    def test_changes_of_a_running_dag_lose_nothing_that_is_published_meanwhile(self):
        with Server() as server, server.client() as client, serving.Serve() as serve:
            def definition(size):
                return dag({"source": "redischannel://news", "port": server.port,
                            "max_depth": size}, {"destination": f"file://{serve.root}/files/out"},
                           errors=None) | {
                    "publishers": [{"name": "out", "config": {"destination": "file://out"}}]}
            count = 0
            reply = serve.admin.post("/dags", definition(1000))
            self.assertEqual(reply.status, 201, reply)
            serve.admin.post("/dags/redis/start")
            wait_for(lambda: client("PUBSUB", "NUMSUB", "news")[1] == 1, "a listener")
            for turn in range(10):
                etag = serve.admin.get("/dags/redis").etag
                for _ in range(100):
                    client("PUBLISH", "news", json.dumps({"n": count}))
                    count += 1
                reply = serve.admin.call("PUT", "/dags/redis", definition(1001 + turn),
                                         If_Match=etag)
                self.assertEqual(reply.status, 200, reply)

                def is_swapped():
                    nonlocal count
                    client("PUBLISH", "news", json.dumps({"n": count}))
                    count += 1
                    state = serve.admin.get("/dags/redis/state").json
                    return state.get("running_revision") == reply.json["revision"]
                wait_for(is_swapped, "the new revision")
            path = serve.root / "files" / "out"
            wait_for(lambda: len(path.read_text().splitlines()) >= count, "all messages")
            self.assertEqual([json.loads(line)["n"] for line in path.read_text().splitlines()],
                             list(range(count)))

    def test_messages_that_nobody_hears_are_counted(self):
        with Server() as server:
            self.prepare(dag(FROM_FILE, {"destination": "redischannel://news",
                                         "port": server.port}), [{"n": n} for n in range(7)])
            self.assertIn("dropped by nobody_listened: 7", self.dagd())

    # ---- mistakes ----

    def test_mistakes_are_told_with_a_remedy(self):
        for destination, config, text in (
                ("redischannel://", {}, "should be redischannel://CHANNEL"),
                ("redis://x", {"username": "u"}, "needs 'password'"),
                ("redis://x", {"host": ""}, "option 'host': is empty"),
                ("redis://x", {"ca_file": "x"}, 'needs "tls": true'),
                ("redis://x", {"tls": True, "key_file": "k"}, "needs 'cert_file'"),
                ("redis://x", {"ttl": 0.0001}, "less than a millisecond"),
                ("redis://x", {"key_attribute": ""}, "option 'key_attribute': is empty"),
                ("redis://x", {"pipeline": 0}, "pipeline")):
            with self.subTest(text):
                self.prepare(dag(FROM_FILE, {"destination": destination, **config}))
                self.assertIn(text, self.dagd(code=1))
        self.prepare(dag(FROM_FILE, {"destination": "redis://x"}, delivery="exactly_once"))
        self.assertIn("exactly", self.dagd("--data", "data", code=1))


if __name__ == "__main__":
    DAGD = serving.DAGD = os.path.abspath(sys.argv.pop(1))
    if not shutil.which("redis-server"):
        print("1..0 # SKIP redis-server is not installed")
        sys.exit(1 if os.environ.get("CI") else 77)
    unittest.main(verbosity=2)
