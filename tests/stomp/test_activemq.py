"""The activemq:// connectors against a real broker, which is killed, cut off and filled up.

usage: test_activemq.py DAGD
"""
import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "services"))

import broker as brokers  # noqa: E402
from broker import Broker, Dag, eventually  # noqa: E402
from client import Client, drain, trusting  # noqa: E402
from proxy import Proxy  # noqa: E402

DAGD = None
KILLS = int(os.environ.get("STOMP_KILLS", "6" if "TESTS_PATIENCE" in os.environ else "20"))
SKIPPED = 77

EVERY_KIND = [
    {}, {"a": None}, {"t": True, "f": False}, {"i": -9223372036854775808, "j": 9223372036854775807},
    {"big": 123456789012345678901234567890}, {"d": 0.1, "e": 1e300, "z": -0.0},
    {"text": "plain", "escaped": "tab\t quote\" back\\ nul\u0000 line\n"}, {"äöü": "€ 😀 \u2028"},
    {"nested": {"a": [1, {"b": [None, "x:y"]}], "empty": {}}}, {"list": []}, {"": "no name"},
    {"kinds": [[], {}, "text", 12, 1.5, True, None]},
]


def numbers(first, count, pad=""):
    return [json.dumps({"n": n, "pad": pad}) for n in range(first, first + count)]


def first_of_each(messages):
    return list(dict.fromkeys(message["n"] for message in messages))


class Case(unittest.TestCase):
    settings = {"ACTIVEMQ_SYNC": "false"}

    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="dagd-stomp-"))
        cls.prepare()
        cls.broker = Broker(cls.root / "broker", **cls.settings)
        cls.broker.start()

    @classmethod
    def tearDownClass(cls):
        cls.broker.kill()
        if not os.environ.get("STOMP_KEEP"):
            shutil.rmtree(cls.root, ignore_errors=True)

    @classmethod
    def prepare(cls):
        """Before the broker starts."""

    def setUp(self):
        self.addCleanup(self.tell_time, time.monotonic())

    @staticmethod
    def tell_time(begun):
        print(f"{time.monotonic() - begun:.1f} s", file=sys.stderr, end=" ")

    def config(self, port=None, **more):
        return {"port": port or self.broker.port, "username": "test", "password": "test", **more}

    def source(self, address, port=None, **more):
        return self.config(port, source=f"activemq://{address}", **more)

    def sink(self, address, port=None, **more):
        return self.config(port, destination=f"activemq://{address}", **more)

    def folder(self):
        return self.root / self._testMethodName

    def file(self, name="out.jsonl"):
        return {"destination": f"file://{self.folder()}/{name}"}

    def dag(self, source, sink=None, name="d", **more):
        dag = Dag(DAGD, self.folder() if name == "d" else self.folder() / name, name, source,
                  sink or self.file(), **more)
        self.addCleanup(dag.__exit__)
        return dag

    def feed(self, messages, name="in.jsonl"):
        """A file to read to its end."""
        path = self.folder() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(message) + "\n" for message in messages))
        return {"source": f"file://{path}", "follow": False}

    def put(self, queue, bodies, **headers):
        with Client(self.broker.port) as client:
            client.put(queue, bodies, **headers)

    def drain(self, queue, count=None):
        return drain(self.broker.port, queue, count)

    def until_lines(self, dag, count, seconds=brokers.DEADLINE_S):
        eventually(lambda: len(set(first_of_each(dag.lines()))) >= count,
                   f"{count} messages in the output", seconds)
        return dag.lines()


class Messages(Case):
    """What travels."""

    def test_every_kind_there_and_back(self):
        there = self.dag(self.feed(EVERY_KIND), self.sink("queue/kinds"), name="there")
        self.assertEqual(there.start().wait(), 0)
        back = self.dag(self.source("queue/kinds")).start()
        eventually(lambda: len(back.lines()) == len(EVERY_KIND), "all kinds")
        self.assertEqual(back.stop(), 0)
        self.assertEqual(list(map(json.dumps, back.lines())), list(map(json.dumps, EVERY_KIND)))
        self.assertEqual(self.drain("/queue/kinds"), [])

    def test_others_get_text_in_order(self):
        messages = [{"n": n} for n in range(3000)]
        self.assertEqual(self.dag(self.feed(messages), self.sink("queue/order")).start().wait(), 0)
        self.assertEqual([json.loads(body) for body in self.drain("/queue/order", 3000)], messages)

    def test_what_is_no_json_is_a_dead_letter_alone(self):
        self.put("/queue/bad", ['{"n":1}', "{broken", b"\xff\0\xfe", "null", '{"n":2}'])
        dag = self.dag(self.source("queue/bad")).start()
        self.until_lines(dag, 2)
        self.assertEqual(dag.stop(), 3)
        letters = dag.lines("letters")
        self.assertEqual([letter["cause"] for letter in letters], ["parse"] * 3)
        self.assertEqual(base64.b64decode(letters[1]["raw_base64"]), b"\xff\0\xfe")
        self.assertEqual(self.drain("/queue/bad"), [])

    def test_text_and_bytes(self):
        raw = bytes(range(256)) * 3
        for form, body, value in (("text", "a:b\n€".encode(), "a:b\n€"),
                                  ("bytes", raw, base64.b64encode(raw).decode())):
            self.put(f"/queue/{form}", [body])
            dag = self.dag(self.source(f"queue/{form}", format=form, body_attribute="it"),
                           self.sink(f"queue/{form}2", format=form, body_attribute="it"), name=form)
            dag.start()
            self.assertEqual(self.drain(f"/queue/{form}2", 1), [body])
            self.assertEqual(dag.stop(), 0)
            look = self.dag(self.source(f"queue/{form}3", format=form),
                            self.file(f"{form}.jsonl"), name=form + "3").start()
            self.put(f"/queue/{form}3", [body])
            path = self.folder() / f"{form}.jsonl"
            eventually(lambda: path.exists() and path.read_text().endswith("\n"), "a line")
            self.assertEqual(json.loads(path.read_text()), {"body": value})
            look.stop()

    def test_text_that_is_none_is_refused_alone(self):
        messages = [{"body": "one"}, {"body": 2}, {"other": 3}, {"body": "four"}]
        dag = self.dag(self.feed(messages), self.sink("queue/texts", format="text"))
        self.assertEqual(dag.start().wait(), 3)
        self.assertEqual(self.drain("/queue/texts", 2), [b"one", b"four"])
        self.assertEqual([letter["message"] for letter in dag.lines("letters")],
                         ["attribute 'body' is no text", "attribute 'body' is missing"])

    def test_headers(self):
        with Client(self.broker.port) as client:
            client.subscribe("/queue/headers2")
            client.put("/queue/headers", ['{"n":1,"key":"old"}'], kind="a:b\nc\\d", priority="7")
            dag = self.dag(
                self.source("queue/headers", attributes_from_headers={
                    "key": "kind", "none": "missing", "importance": "priority"}),
                self.sink("queue/headers2", headers={"type": "x:y"},
                          headers_from_attributes={"kind": "key", "n": "n", "none": "none"}))
            dag.start()
            message = client.until("MESSAGE")
        self.assertEqual(json.loads(message.body),
                         {"n": 1, "key": "a:b\nc\\d", "none": None, "importance": "7"})
        self.assertEqual([message.headers.get(name) for name in ("kind", "n", "none", "type",
                                                                 "persistent")],
                         ["a:b\nc\\d", "1", None, "x:y", "true"])
        self.assertEqual(dag.stop(), 0)

    def test_a_selector_chooses(self):
        self.put("/queue/chosen", ['{"n":1}', '{"n":3}'], market="X")
        self.put("/queue/chosen", ['{"n":2}'], market="Y")
        dag = self.dag(self.source("queue/chosen", selector="market = 'X'")).start()
        self.assertEqual(first_of_each(self.until_lines(dag, 2)), [1, 3])
        self.assertEqual(dag.stop(), 0)
        self.assertEqual(self.drain("/queue/chosen"), [b'{"n":2}'])


class Sharing(Case):
    """Queues and topics."""

    def test_two_consumers_share_a_queue(self):
        dags = [self.dag(self.source("queue/shared"), self.file(f"{name}.jsonl"), name=name).start()
                for name in ("a", "b")]
        for dag in dags:
            eventually(lambda dag=dag: dag.said("connected to"), "a connection")
        for n in range(20):
            self.put("/queue/shared", numbers(n * 100, 100))
        paths = [self.folder() / "a.jsonl", self.folder() / "b.jsonl"]

        def lines(path):
            return path.read_text().split("\n")[:-1] if path.exists() else []

        eventually(lambda: sum(len(lines(path)) for path in paths) >= 2000, "all messages")
        for dag in dags:
            self.assertEqual(dag.stop(), 0)
        shares = [[json.loads(line)["n"] for line in lines(path)] for path in paths]
        self.assertEqual(sorted(shares[0] + shares[1]), list(range(2000)))
        for share in shares:
            self.assertGreater(len(share), 100)
            self.assertEqual(share, sorted(share))

    def test_a_durable_topic_waits_for_a_restart(self):
        dag = self.dag(self.source("topic/durable", durable="d1")).start()
        eventually(lambda: dag.said("connected to"), "a connection")

        def arrives():  # the subscription is made a moment after the login
            self.put("/topic/durable", numbers(0, 1))
            return dag.lines()

        eventually(arrives, "a first message")
        self.assertEqual(dag.stop(), 0)
        self.put("/topic/durable", numbers(1, 300))
        self.broker.stop()
        self.broker.start()
        dag.start()
        self.assertEqual(first_of_each(self.until_lines(dag, 301)), list(range(301)))
        self.assertEqual(dag.stop(), 0)

    def test_a_topic_takes_what_is_sent(self):
        with Client(self.broker.port) as client:
            client.subscribe("/topic/out")
            client.until("RECEIPT")
            dag = self.dag(self.feed([{"n": 1}, {"n": 2}]), self.sink("topic/out"))
            self.assertEqual(dag.start().wait(), 0)
            self.assertEqual([frame.body for frame in client.take(2)], [b'{"n":1}', b'{"n":2}'])

    def test_a_restart_repeats_nothing(self):
        self.put("/queue/restart", numbers(0, 1000))
        dag = self.dag(self.source("queue/restart")).start()
        eventually(lambda: len(dag.lines()) > 150, "some messages")
        self.assertEqual(dag.stop(), 0)
        dag.start()
        self.until_lines(dag, 1000)
        self.assertEqual(dag.stop(), 0)
        self.assertEqual([line["n"] for line in dag.lines()], list(range(1000)))


STATE = {"propagate": "changes"}  # the nodes remember their last values


class Acknowledging(Case):
    """The three ways to know that a message may go."""

    def check(self, queue, journal=None, **more):
        if journal:
            more["journal"] = journal
        self.put(f"/queue/{queue}", numbers(0, 1500))
        dag = self.dag(self.source(f"queue/{queue}"), **more)
        dag.start("--data", self.folder() / "data")
        self.assertEqual(first_of_each(self.until_lines(dag, 1500)), list(range(1500)))
        # while it runs: what the broker still holds is at most one window
        self.assertEqual(dag.stop(), 0)
        self.assertEqual([line["n"] for line in dag.lines()], list(range(1500)))
        self.assertEqual(self.drain(f"/queue/{queue}"), [])

    def test_by_the_watermark(self):
        self.check("watermark")

    def test_by_the_journal(self):
        self.check("journal", {"depth": "events"}, **STATE)

    def test_by_checkpoints_that_a_full_window_asks_for(self):
        self.check("checkpoints", **STATE)

    def test_exactly_once_is_refused(self):
        for source, sink, where in (
                (self.source("queue/x"), self.file(), "subscriber 'in'"),
                (self.feed([]), self.sink("queue/x"), "publisher 'out'")):
            dag = self.dag(source, sink, delivery="exactly_once", journal={"depth": "events"},
                           ack="journal")
            path = dag.folder / "dag.json"
            path.write_text(json.dumps(dag.definition))
            done = subprocess.run([DAGD, "check", path], text=True, capture_output=True, timeout=30)
            self.assertEqual(done.returncode, 1)
            self.assertIn(where, done.stdout + done.stderr)
            self.assertIn("so it can't give exactly_once", done.stdout + done.stderr)


class Trouble(Case):
    """Brokers and networks that fail."""

    settings = {"ACTIVEMQ_SYNC": "true", "ACTIVEMQ_FRAME_MAX": "100000"}

    def test_a_broker_that_is_down_stops_nobody_else(self):
        port = brokers.free_ports()
        down = self.dag(self.source("queue/down", port), self.sink("queue/down2", port))
        other = self.feed([{"n": n} for n in range(100)])
        down.definition["subscribers"].append({"name": "other", "config": other})
        down.definition["publishers"].append({"name": "file", "config": self.file()})
        down.definition["nodes"] += [
            {"name": "read", "type": "SubscriptionNode", "subscriber": "other"},
            {"name": "write", "type": "PublicationNode", "publishers": ["file"]}]
        down.definition["edges"].append({"from_node": "read", "to_node": "write"})
        begun = time.monotonic()
        down.start()
        self.until_lines(down, 100)
        self.assertLess(time.monotonic() - begun, brokers.DEADLINE_S / 6)
        eventually(lambda: down.said("in: cannot connect to localhost"), "the reason in the log")
        late = Broker(self.root / "late")
        late.port = port
        late.start()
        self.addCleanup(late.kill)
        with Client(port) as client:
            client.put("/queue/down", numbers(0, 10))
        self.assertEqual(len(drain(port, "/queue/down2", 10)), 10)

    def test_a_wrong_password_is_told(self):
        dag = self.dag(self.source("queue/secret", password="wrong-4711"),
                       self.sink("queue/secret2", username="reader", password="reader"))
        dag.start()
        eventually(lambda: dag.said("User name [test] or password is invalid"), "the reason")
        self.assertFalse(dag.said("wrong-4711"))

    def test_what_may_not_be_read_is_tried_ever_less_often(self):
        self.put("/queue/closed", numbers(0, 1))
        dag = self.dag(self.source("queue/closed", username="writer", password="writer")).start()
        eventually(lambda: dag.said("not authorized to read"), "the reason")
        waits = re.compile(r"in: .*next try in (\d+) ms")
        log = dag.folder / "log"
        eventually(lambda: any(int(wait) > 400 for wait in waits.findall(log.read_text())),
                   "a longer wait")
        self.assertLess(len(waits.findall(log.read_text())), 8)

    def test_what_may_not_be_written_waits_and_says_why(self):
        dag = self.dag(self.feed([{"n": 1}]),
                       self.sink("queue/forbidden", username="reader", password="reader"))
        dag.start()
        eventually(lambda: dag.said("not authorized to write"), "the reason")
        self.assertIsNone(dag.process.poll())
        self.assertEqual(dag.lines("letters"), [])

    def test_too_large_messages_are_dead_letters_alone(self):
        messages = [{"n": n, "pad": "x" * (200000 if n in (7, 300, 301) else 10)}
                    for n in range(500)]
        dag = self.dag(self.feed(messages), self.sink("queue/large"))
        self.assertEqual(dag.start().wait(), 3)
        got = [json.loads(body)["n"] for body in self.drain("/queue/large", 497)]
        self.assertEqual(got, [n for n in range(500) if n not in (7, 300, 301)])
        self.assertEqual([letter["input"]["n"] for letter in dag.lines("letters")], [7, 300, 301])

    def test_a_message_over_our_own_limit_is_a_dead_letter(self):
        dag = self.dag(self.feed([{"n": 1}, {"n": 2, "pad": "x" * 500}]),
                       self.sink("queue/own", message_size_max=100))
        self.assertEqual(dag.start().wait(), 3)
        self.assertEqual(self.drain("/queue/own", 1), [b'{"n":1}'])
        self.assertIn("more than message_size_max (100)", dag.lines("letters")[0]["message"])

    def test_a_connection_that_is_cut_loses_nothing(self):
        with Proxy(self.broker.port) as proxy:
            count = 4000
            dag = self.dag(self.source("queue/cut", proxy.port),
                           self.sink("queue/cut2", proxy.port))
            self.put("/queue/cut", numbers(0, count))
            dag.start()
            eventually(lambda: proxy.connections >= 2, "connections")
            got = {}
            with Client(self.broker.port) as client:
                client.subscribe("/queue/cut2")
                cutter = threading.Thread(target=proxy.cut_at_random, args=(4,))
                cutter.start()
                while len(got) < count:
                    for frame in client.take(min(100, count - len(got))):
                        got[json.loads(frame.body)["n"]] = True
                cutter.join()
            self.assertGreater(proxy.connections, 6)
            self.assertEqual(sorted(got), list(range(count)))
            self.assertEqual(dag.stop(), 0)
            self.assertEqual(self.drain("/queue/cut"), [])

    def test_what_comes_again_is_known(self):
        """Cut again and again, one process passes each message on once."""
        with Proxy(self.broker.port) as proxy:
            self.put("/queue/again", numbers(0, 1500))
            dag = self.dag(self.source("queue/again", proxy.port)).start()
            cutter = threading.Thread(target=proxy.cut_at_random, args=(2.5, (0.02, 0.1)))
            cutter.start()
            self.until_lines(dag, 1500)
            cutter.join()
            self.assertEqual(dag.stop(), 0)
            self.assertEqual([line["n"] for line in dag.lines()], list(range(1500)))

    def test_a_slow_network_is_only_slow(self):
        with Proxy(self.broker.port) as proxy:
            proxy.delay = 0.05
            self.put("/queue/slow", numbers(0, 500))
            dag = self.dag(self.source("queue/slow", proxy.port),
                           self.sink("queue/slow2", proxy.port)).start()
            self.assertEqual(len(self.drain("/queue/slow2", 500)), 500)
            self.assertEqual(dag.stop(), 0)

    def test_a_silent_broker_is_given_up(self):
        with Proxy(self.broker.port) as proxy:
            dag = self.dag(self.source("queue/silent", proxy.port, heartbeat=0.3)).start()
            eventually(lambda: dag.said("connected to"), "a connection")
            proxy.stalled = True
            eventually(lambda: dag.said("the broker has been silent"), "the silence is noticed")
            proxy.cut()
            proxy.stalled = False
            self.put("/queue/silent", numbers(0, 10))
            self.until_lines(dag, 10)
            self.assertEqual(dag.stop(), 0)

    def test_heart_beats_go_on_while_the_output_is_stuck(self):
        with Proxy(self.broker.port) as stuck:
            stuck.refuses = True
            self.put("/queue/stuck", numbers(0, 300))
            dag = self.dag(self.source("queue/stuck", heartbeat=0.5),
                           self.sink("queue/stuck2", stuck.port)).start()
            eventually(lambda: dag.said("in: connected to"), "a connection")
            begun = time.monotonic()
            eventually(lambda: time.monotonic() - begun > 3, "six beats")
            self.assertFalse(dag.said("d/in: the"))
            stuck.refuses = False
            self.assertEqual(len(self.drain("/queue/stuck2", 300)), 300)
            self.assertEqual(dag.stop(), 0)

    def test_the_next_broker_is_used(self):
        dead = brokers.free_ports()
        hosts = [f"127.0.0.1:{dead}", f"localhost:{self.broker.port}"]
        self.put("/queue/next", numbers(0, 5))
        dag = self.dag(self.source("queue/next", hosts=hosts)).start()
        self.until_lines(dag, 5)
        self.assertTrue(dag.said("the next broker is tried"))
        self.assertEqual(dag.stop(), 0)

    def test_a_broker_that_is_killed_under_load_loses_nothing(self):
        count = 2000
        dag = self.dag(self.source("queue/kill"), self.sink("queue/kill2"))
        self.put("/queue/kill", numbers(0, count))
        dag.start()
        got = {}
        for wanted in (300, 1000, count):
            while len(got) < wanted:
                with Client(self.broker.port) as client:
                    client.subscribe("/queue/kill2")
                    for frame in client.take(min(200, wanted - len(got))):
                        got[json.loads(frame.body)["n"]] = True
            if wanted < count:
                self.broker.kill()
                self.broker.start()
        self.assertEqual(sorted(got), list(range(count)))
        self.assertEqual(dag.stop(), 0)
        self.assertEqual(self.drain("/queue/kill"), [])

    def test_dagd_that_is_killed_loses_nothing(self):
        """Killed in each of the three ways of acknowledging, in turn."""
        ways = [("a", {}), ("b", {"journal": {"depth": "events"}, **STATE}), ("c", STATE)]
        dags = [self.dag(self.source(f"queue/kill-{name}"), name=name, **more)
                for name, more in ways]
        for dag in dags:
            dag.definition["publishers"][0]["config"]["destination"] = (
                f"file://{dag.folder}/out.jsonl")
        counts = [0] * len(dags)
        for kill in range(KILLS):
            which = kill % len(dags)
            dag = dags[which]
            self.put(f"/queue/kill-{dag.name}", numbers(counts[which], 150))
            counts[which] += 150
            dag.start("--data", dag.folder / "data")
            seen = len(dag.lines())
            wanted = seen + 17 * (kill % 7)
            eventually(lambda: len(dag.lines()) > wanted or
                       len(set(first_of_each(dag.lines()))) >= counts[which], "some messages")
            dag.kill()
        for dag, count in zip(dags, counts):
            dag.start("--data", dag.folder / "data")
            lines = self.until_lines(dag, count)
            self.assertEqual(sorted(set(first_of_each(lines))), list(range(count)))
            self.assertEqual(dag.stop(), 0)
            self.assertEqual(self.drain(f"/queue/kill-{dag.name}"), [])


class Full(Case):
    """A broker whose queues take no more."""

    settings = {"ACTIVEMQ_SYNC": "false", "ACTIVEMQ_MEMORY": "1 mb"}

    def test_a_full_queue_makes_the_sender_wait(self):
        count, pad = 3000, "x" * 2000
        messages = [{"n": n, "pad": pad} for n in range(count)]
        dag = self.dag(self.feed(messages), self.sink("queue/full", persistent=False))
        dag.start()
        eventually(lambda: dag.said("connected to"), "a connection")
        got = []
        with Client(self.broker.port) as client:
            client.subscribe("/queue/full")
            while len(got) < count:
                got += [json.loads(frame.body)["n"] for frame in client.take(100)]
        self.assertEqual(got, list(range(count)))
        self.assertEqual(dag.wait(), 0)


class Secure(Case):
    """TLS, with certificates of the tests' own."""

    @classmethod
    def prepare(cls):
        folder = cls.root / "broker"
        folder.mkdir()

        def openssl(*arguments):
            subprocess.run(["openssl", *map(str, arguments)], check=True, cwd=folder,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)

        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                "-days", "2", "-keyout", "key.pem", "-out", "cert.pem")
        openssl("pkcs12", "-export", "-in", "cert.pem", "-inkey", "key.pem", "-out", "broker.p12",
                "-passout", "pass:secret")

    def secure(self, **more):
        return {"tls": True, "port": self.broker.port + 1, **more}

    def test_what_is_trusted_is_used(self):
        trust = self.secure(ca_file=str(self.root / "broker/cert.pem"))
        self.put("/queue/tls", numbers(0, 2000))
        dag = self.dag({**self.source("queue/tls"), **trust}, {**self.sink("queue/tls2"), **trust})
        dag.start()
        with Client(self.broker.port + 1,
                    context=trusting(self.root / "broker/cert.pem")) as client:
            client.subscribe("/queue/tls2")
            got = [json.loads(frame.body)["n"] for frame in client.take(2000)]
        self.assertEqual(got, list(range(2000)))
        self.assertEqual(dag.stop(), 0)

    def refused(self, **more):
        dag = self.dag({**self.source("queue/none"), **self.secure(**more)}).start()
        eventually(lambda: dag.said("certificate") and dag.said("next try"), "a refusal")
        self.assertFalse(dag.said("connected to"))
        dag.kill()

    def test_an_unknown_authority_is_refused(self):
        self.refused()

    def test_another_name_is_refused(self):
        self.refused(ca_file=str(self.root / "broker/cert.pem"), host="127.0.0.1")

    def test_checking_can_be_switched_off(self):
        self.put("/queue/unverified", numbers(0, 1))
        dag = self.dag({**self.source("queue/unverified"), **self.secure(verify=False)}).start()
        self.until_lines(dag, 1)
        dag.stop()


if __name__ == "__main__":
    DAGD = os.path.abspath(sys.argv.pop(1))
    if not brokers.is_installed():
        print("Debian's package activemq is missing", file=sys.stderr)
        sys.exit(1 if os.environ.get("CI") == "true" else SKIPPED)
    result = unittest.main(exit=False, verbosity=2).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(failed > 0)
