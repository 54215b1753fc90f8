"""Limits of the API: bodies, rates, keys of repeated requests, revisions that must match, pages.

usage: test_limits.py DAGD

What the OpenAPI document has is taken from there, so that a new operation is tried, too.
"""
import json
import re
import socket
import sys
import threading
import time
import unittest

import serving
from every_operation import FIXTURES, Answer, Ask, Caller, Operation, World
from populated import DAG, LINES, definition
from serving import DEADLINE_S, Serve, adder, wait_for

KIB, MIB = 1024, 1024 * 1024
BODY_MAX = {"createDag": 4 * MIB, "updateDag": 4 * MIB, "planDag": 4 * MIB, "validateDag": 4 * MIB,
            "putLayout": MIB, "actOnDags": MIB, "stepDag": 16 * MIB, "publishMessages": 64 * MIB}
BODY_MAX_ELSE = 64 * KIB


class Shared(unittest.TestCase):
    """A populated server for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.__exit__)
        cls.world.start()
        cls.api = cls.world.admin
        cls.operations = [Operation(path, method, about)
                          for path, methods in cls.api.get("/openapi.json").json["paths"].items()
                          for method, about in methods.items()]
        cls.root = Caller("root", "admin", cls.api, serving.PASSWORD)


class Bodies(Shared):
    """What is too large is refused by its head: no byte of the body is sent here."""

    def head(self, operation, size, *more):
        """The first line of the answer to a head alone, and whether the connection is closed."""
        lines = [f"{operation.method.upper()} {operation.url(self.world.values)} HTTP/1.1",
                 f"Host: 127.0.0.1:{self.world.port}", f"Content-Length: {size}",
                 f"Authorization: Bearer {self.world.secret}", "Content-Type: application/json",
                 *more, "", ""]
        with socket.create_connection(("127.0.0.1", self.world.port), DEADLINE_S) as connection:
            connection.sendall("\r\n".join(lines).encode())
            reply = connection.recv(65536).decode()
            while "\r\n\r\n" not in reply:
                reply += connection.recv(65536).decode()
            return reply

    def ask(self, operation, size):
        """Waits while the user has asked too often."""
        more = ["Expect: 100-continue"]
        if "If-Match" in str(operation.about["parameters"]):
            more.append("If-Match: *")
        return wait_for(lambda: (reply := self.head(operation, size, *more)) and
                        not reply.startswith("HTTP/1.1 429") and reply, "room")

    def test_each_operation_takes_its_size_and_no_byte_more(self):
        with_body = [one for one in self.operations if "requestBody" in one.about]
        self.assertLessEqual(set(BODY_MAX), {one.id for one in with_body})
        for operation in with_body:
            with self.subTest(operation.id):
                limit = BODY_MAX.get(operation.id, BODY_MAX_ELSE)
                self.assertTrue(self.ask(operation, limit).startswith("HTTP/1.1 100 "))
                reply = self.ask(operation, limit + 1)
                self.assertTrue(reply.startswith("HTTP/1.1 413 "), reply)
                self.assertIn("\r\nConnection: close\r\n", reply)
                self.assertIn("application/problem+json", reply)

    def test_an_operation_without_a_body_takes_none(self):
        for operation in self.operations:
            if "requestBody" in operation.about or operation.id == "drainServer":
                continue
            with self.subTest(operation.id):
                reply = self.ask(operation, 1)
                self.assertTrue(reply.startswith("HTTP/1.1 413 "), reply)

    def test_a_body_that_only_turns_out_too_large_is_refused(self):
        def chunks():
            yield b'{"add":"'
            for _ in range(17):
                yield b"x" * 65536
            yield b'"}'
        connection = self.api.connect()
        connection.putrequest("PUT", f"/api/v1/dags/{DAG}/layout")
        for name, value in {**self.api.headers, "Content-Type": "application/json",
                            "Transfer-Encoding": "chunked"}.items():
            connection.putheader(name, value)
        connection.endheaders()
        try:
            for chunk in chunks():
                connection.send(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            connection.send(b"0\r\n\r\n")
        except OSError:
            pass  # it has answered, and takes no more
        self.assertEqual(connection.getresponse().status, 413)
        connection.close()

    def test_what_a_definition_may_hold(self):
        dag = adder("many_nodes", "many")
        dag["nodes"] += [{"name": f"n{i}", "type": "CalculationNode", "calculator": "sum"}
                         for i in range(10_001 - len(dag["nodes"]))]
        reply = self.api.post("/validate", dag)
        self.assertEqual((reply.status, reply.json["valid"]), (200, False))
        self.assertIn("too_many_entries", [one["code"] for one in reply.json["problems"]])
        reply = self.api.post("/dags", dag)
        self.assertEqual((reply.status, reply.json["code"]), (422, "invalid_definition"))
        del dag["nodes"][-1]
        self.assertTrue(self.api.post("/validate", dag).json["valid"])
        self.assertEqual(self.api.post("/dags", "[" * 65 + "]" * 65).status, 400)


class Rates(unittest.TestCase):
    def setUp(self):
        self.serve = self.enterContext(Serve())
        self.api = self.serve.admin

    def assert_slowed(self, reply, code):
        self.assertEqual((reply.status, reply.json["code"]), (429, code), reply)
        self.assertEqual(reply.headers["content-type"], "application/problem+json")
        wait_s = int(reply.headers["retry-after"])
        self.assertGreaterEqual(wait_s, 1)
        return wait_s

    def test_a_user_is_served_again_after_the_time_it_was_told(self):
        reply = self.api.get("/me")
        while reply.status == 200:
            reply = self.api.get("/me")
        until = time.monotonic() + self.assert_slowed(reply, "too_many_requests")
        # a token of the same user has the same allowance, and a probe none
        again = self.serve.client(self.serve.secret).get("/me")
        self.assertIn(again.status, (200, 429))
        wait_for(lambda: time.monotonic() >= until, "the time")
        self.assertEqual(self.api.get("/me").status, 200)

    def test_streams_taps_and_signing_in_tell_how_long_to_wait(self):
        streams = [self.enterContext(self.api.stream("/events?topics=dags")) for _ in range(8)]
        self.assertEqual([stream.status for stream in streams], [200] * 8)
        self.assert_slowed(self.api.get("/events?topics=dags"), "too_many_streams")

        self.api.post("/dags?start=1", adder("tapped", "t"))
        self.api.post("/dags/tapped/start?wait_ms=20000")
        clients = [self.serve.client(self.serve.token(f"tap{i}", "operator")) for i in range(2)]
        for stream in streams:
            stream.close()
        taps = []

        def tap():
            taps.append(self.enterContext(clients[0].stream("/dags/tapped/nodes/add/tap?rate=1")))
            return taps[-1].status == 200
        for _ in range(4):
            wait_for(tap, "a tap")
        self.assert_slowed(clients[1].get("/dags/tapped/nodes/add/tap"), "too_many_taps")

        def guess():
            reply = self.serve.client().post("/login", {"name": "root",
                                                         "password": "a wrong guess"})
            return reply if reply.status == 429 else None
        self.assert_slowed(wait_for(guess, "a refusal"), "sign_in_slowed")


class Keys(unittest.TestCase):
    def setUp(self):
        self.serve = self.enterContext(Serve())
        self.api = self.serve.admin
        self.api.post("/dags", definition("once", 100))
        self.api.post("/dags/once/start?wait_ms=20000")

    def publish(self, number, key, client=None, lines=None):
        return (client or self.api).post(
            "/dags/once/subscribers/in/messages",
            lines or {"a": number, "b": 0}, content_type=LINES if lines else "application/json",
            Idempotency_Key=key)

    def sums(self, count):
        path = self.serve.root / "files" / "once.jsonl"
        wait_for(lambda: path.exists() and len(path.read_text().splitlines()) >= count, "messages")
        return [json.loads(line)["sum"] for line in path.read_text().splitlines()]

    def test_a_key_is_printable_and_not_endless(self):
        for key in ("", "x" * 256, "a b", "a\tb", "\xe9"):
            reply = self.publish(1, key.encode("latin-1"))
            self.assertEqual((reply.status, reply.json["code"]), (400, "bad_key"), reply)
        self.assertEqual(self.publish(7, "x" * 255).status, 202)
        self.assertEqual(self.publish(8, "a~!").status, 202)
        self.assertEqual(self.sums(2), [7, 8])

    def test_keys_are_those_of_a_user(self):
        reply = self.api.post("/users", {"name": "ann", "role": "operator",
                                         "password": "staple wagon river 42"})
        self.assertEqual(reply.status, 201, reply)
        reply = self.serve.client().post("/login", {"name": "ann",
                                                    "password": "staple wagon river 42"})
        ann = self.serve.signed_in(reply)
        self.assertEqual(self.publish(1, "same").status, 202)
        self.assertEqual(self.publish(2, "same", ann).status, 202)
        self.assertEqual(self.publish(2, "same", ann).status, 202)
        self.assertEqual(self.publish(2, "same").status, 422)
        self.publish(3, "end")
        self.assertEqual(self.sums(3), [1, 2, 3])

    def test_many_at_once_with_one_key_are_one(self):
        replies = []

        def send():
            client = self.serve.client(self.serve.secret)
            replies.append(self.publish(5, "burst", client))
        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(DEADLINE_S)
        self.assertEqual(len(replies), 8)
        for reply in replies:
            self.assertIn((reply.status, reply.json.get("code")),
                          ((202, None), (409, "key_in_use")), reply)
        self.assertIn(202, [reply.status for reply in replies])
        self.publish(6, "end")
        self.assertEqual(self.sums(2), [5, 6])

    def test_what_had_no_room_is_sent_again_with_its_key(self):
        self.api.post("/dags/once/suspend?wait_ms=20000")
        lines = "".join(f'{{"a":{i},"b":0}}\n' for i in range(5000))
        sent = 0

        def full():
            nonlocal sent
            reply = self.publish(0, f"fill{sent}", lines=lines)
            sent += reply.json["accepted"]
            return reply if reply.status == 429 else None
        wait_for(full, "a full queue")
        reply = self.publish(1, "waits")
        self.assertEqual((reply.status, reply.json["accepted"]), (429, 0), reply)
        self.assertGreaterEqual(int(reply.headers["retry-after"]), 1)
        self.api.post("/dags/once/resume?wait_ms=20000")
        wait_for(lambda: self.publish(-1, "waits").status == 202, "room")
        self.assertEqual(self.sums(sent + 1)[-1], -1, "what was refused isn't remembered")

    def test_a_key_is_of_one_place(self):
        self.api.post("/dags", definition("other", 100))
        self.api.post("/dags/other/start?wait_ms=20000")
        self.assertEqual(self.publish(1, "k").status, 202)
        reply = self.api.post("/dags/other/subscribers/in/messages", {"a": 2, "b": 0},
                              Idempotency_Key="k")
        self.assertEqual(reply.status, 202, reply)
        self.assertEqual(self.sums(1), [1])


class Revisions(unittest.TestCase):
    def setUp(self):
        self.api = self.enterContext(Serve()).admin
        self.api.post("/dags", adder("kept", "k"))

    def changes(self):
        """Each change that needs If-Match."""
        dag = adder("kept", "k", {"max_depth": int(time.monotonic_ns() % 100000) + 1})
        return (("PUT", "/dags/kept", dag), ("POST", "/dags/kept/rollback", {"revision": 1}),
                ("DELETE", "/dags/kept", None))

    def test_only_what_was_seen_is_changed(self):
        before = self.api.get("/dags/kept")
        for method, path, body in self.changes():
            for value, status, code in ((None, 428, "if_match_missing"),
                                        ('"2"', 412, "stale_revision"),
                                        ('"99999999999999999"', 412, "stale_revision")):
                with self.subTest(f"{method} {value}"):
                    headers = {"If_Match": value} if value else {}
                    reply = self.api.call(method, path, body, **headers)
                    self.assertEqual((reply.status, reply.json["code"]), (status, code), reply)
            for value in ("1", '"x"', '"0"', '"1', 'W/"1"', '"1", "2"', "", '"-1"',
                          '"184467440737095516150"'):
                with self.subTest(f"{method} {value}"):
                    reply = self.api.call(method, path, body, If_Match=value)
                    self.assertIn(reply.status, (400, 412, 428), reply)
        after = self.api.get("/dags/kept")
        self.assertEqual((after.json, after.etag), (before.json, before.etag))

    def test_a_star_takes_whatever_is_there_and_nothing_that_is_not(self):
        for method, path, body in self.changes():
            reply = self.api.call(method, path.replace("kept", "none"), body, If_Match="*")
            self.assertEqual((reply.status, reply.json["code"]), (404, "dag_not_found"), reply)
            reply = self.api.call(method, path, body, If_Match="*")
            self.assertIn(reply.status, (200, 204), reply)

    def test_a_reply_that_is_known_is_not_sent_again(self):
        etag = self.api.get("/dags/kept").etag
        for value in (etag, f"W/{etag}", f'"7", {etag}', "*"):
            reply = self.api.get("/dags/kept", If_None_Match=value)
            self.assertEqual((reply.status, reply.text, reply.etag), (304, "", etag), value)
        for value in ('"7"', '"x"', etag.strip('"')):
            self.assertEqual(self.api.get("/dags/kept", If_None_Match=value).status, 200, value)
        self.api.call("PUT", "/dags/kept", adder("kept", "k", {"max_depth": 3}), If_Match=etag)
        self.assertEqual(self.api.get("/dags/kept", If_None_Match=etag).status, 200)


class Pages(Shared):
    """Each list of the document."""

    def lists(self):
        found = [one for one in self.operations
                 if any(about["name"] == "limit" for about in one.about["parameters"])]
        self.assertGreaterEqual({one.id for one in found},
                                {"listDags", "listUsers", "listAudit", "listDeadLetters",
                                 "listTokens", "listMyTokens", "listMyLoginSessions",
                                 "listLoginSessions"})
        return found

    def get(self, operation, query):
        ask = FIXTURES[operation.id](self.world, self.root)
        return Answer(self.world, operation, self.root, Ask(query=query, path=ask.path))

    def names(self, operation):
        return {about["name"] for about in operation.about["parameters"]}

    def test_what_makes_no_page_is_refused(self):
        for operation in self.lists():
            wrong = ["limit=0", "limit=501", "limit=-1", "limit=x", "limit=", "limit=1&limit=2",
                     "limit=1e2", "limits=1", "cursor=%00", "cursor=nonsense!"]
            if "sort" in self.names(operation):
                wrong += ["sort=colour", "sort=", "sort=--time"]
            for query in wrong:
                with self.subTest(f"{operation.id} {query}"):
                    answer = self.get(operation, "?" + query)
                    self.assertEqual(answer.status, 400, answer)
                    self.assertIn(answer.code, ("bad_parameter", "bad_cursor", "bad_sort",
                                                "bad_limit", "malformed_target"))

    def test_pages_of_one_hold_all_in_order_and_once(self):
        for i in range(3):
            self.world.new_user()
            self.world.token(f"page{i}", "viewer")
            self.world.sign_in("root", serving.PASSWORD)
        for operation in self.lists():
            with self.subTest(operation.id):
                if operation.id == "listAudit":
                    continue  # it grows by being read: see the test of the log
                whole = self.get(operation, "?limit=500").json
                self.assertIsNone(whole["next_cursor"])
                found, cursor = [], ""
                while cursor is not None:
                    page = self.get(operation, "?limit=1" + cursor).json
                    self.assertEqual(len(page["items"]), 1)
                    self.assertEqual(page["total"], whole["total"])
                    found += page["items"]
                    cursor = page["next_cursor"] and "&cursor=" + page["next_cursor"]
                self.assertEqual([self.key(item) for item in found],
                                 [self.key(item) for item in whole["items"]])

    @staticmethod
    def key(item):
        return item.get("id") or item["name"]

    def test_the_usual_page_has_fifty(self):
        for i in range(55):
            self.world.admin.post("/dags", adder(f"fifty_{i}", "f"))
        page = self.get(next(one for one in self.lists() if one.id == "listDags"), "").json
        self.assertEqual(len(page["items"]), 50)
        self.assertRegex(page["next_cursor"], re.compile("."))


if __name__ == "__main__":
    serving.DAGD = sys.argv.pop(1)
    unittest.main()
