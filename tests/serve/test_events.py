"""Live streams: snapshots, deltas, resuming, lagging, rights, many clients; and taps.

usage: test_events.py DAGD [CLIENTS]
"""
import json
import re
import socket
import sys
import threading
import time
import unittest

import serving
from serving import Serve, adder, linger, wait_for

CLIENTS = 24  # at once; more by the second argument


class Streams(unittest.TestCase):
    def setUp(self):
        self.serve = Serve().start()
        self.addCleanup(self.serve.__exit__)
        self.api = self.serve.admin

    def create(self, name):
        """Also waits until the counters, which are looked at twice a second, know it."""
        reply = self.api.post("/dags", adder(name, name))
        self.assertEqual(reply.status, 201, reply)
        wait_for(lambda: name in self.names_now(), f"counters of '{name}'")

    def names_now(self):
        with self.api.stream("/events?topics=dags") as stream:
            if stream.status != 200:  # the streams before are still being closed
                return []
            return [row[0] for row in stream.next_of("snapshot").data["data"]["dags"]]

    def stream(self, topics, client=None, **headers):
        stream = (client or self.api).stream(f"/events?topics={topics}", **headers)
        self.assertEqual(stream.status, 200)
        self.addCleanup(stream.close)
        return stream

    def test_a_stream_begins_with_what_is_and_goes_on_with_what_changes(self):
        self.create("a")
        self.api.post("/dags/a/start?wait_ms=20000")
        self.api.post("/dags/a/suspend?wait_ms=20000")
        stream = self.stream("dags,dag:a,cluster")
        kinds = [stream.next() for _ in range(3)]
        self.assertEqual(stream.retry, 3000)
        self.assertEqual([event.kind for event in kinds], ["snapshot"] * 3)
        self.assertEqual([event.data["topic"] for event in kinds], ["dags", "dag:a", "cluster"])
        self.assertEqual([row[0] for row in kinds[0].data["data"]["dags"]], ["a"])
        self.assertEqual(kinds[1].data["data"]["dag"][0], "a")
        self.assertEqual(kinds[2].data["data"]["role"], "primary")
        self.api.post("/dags/a/resume")
        event = stream.next_of("state", lambda data: data["state"] == "running")
        self.assertEqual(event.data["dag"], "a")
        self.assertRegex(event.data["time"], r"^\d{4}-.*Z$")
        self.api.post("/dags", adder("b", "b"))
        event = stream.next_of("catalogue")
        self.assertEqual(event.data["dag"], "b")
        stream.next_of("delta", lambda data: data["topic"] == "dags" and any(
            row[0] == "b" for row in data["data"]["dags"]))
        self.api.call("DELETE", "/dags/b", If_Match="*")
        stream.next_of("delta", lambda data: data["topic"] == "dags" and
                       "b" in data["data"]["gone"])

    def publish(self, message):
        reply = self.api.post("/dags/a/subscribers/in/messages", message)
        self.assertEqual(reply.status, 202, reply)

    def test_counters_of_nodes_follow_messages(self):
        self.create("a")
        self.api.post("/dags/a/start?wait_ms=20000")
        stream = self.stream("dag:a")
        stream.next_of("snapshot")
        self.publish({"a": 1, "b": 2})
        stream.next_of("delta", lambda data: any(row[0] == "add" and int(row[1]) == 1
                                                 for row in data["data"]["nodes"]))

    def test_errors_of_a_node_are_told(self):
        self.create("a")
        self.api.post("/dags/a/start?wait_ms=20000")
        stream = self.stream("dag:a")
        stream.next_of("snapshot")
        self.publish({"a": 1e308, "b": 1e308})
        event = stream.next_of("error")
        self.assertEqual((event.data["dag"], event.data["node"]), ("a", "add"))
        self.assertTrue(event.data["message"])

    def test_a_client_that_comes_back_misses_nothing(self):
        self.create("a")
        with self.stream("dags") as stream:
            last = stream.next_of("snapshot").id
        self.api.post("/dags/a/start?wait_ms=20000")
        self.api.post("/dags/a/stop?wait_ms=20000")
        stream = self.stream("dags", Last_Event_ID=last)
        states = []
        while not states or states[-1] != "stopped":
            event = stream.next()
            self.assertNotEqual(event.kind, "snapshot")
            if event.kind == "state":
                states.append(event.data["state"])
        self.assertIn("running", states)
        # of another server's life
        self.assertEqual(self.stream("dags", Last_Event_ID="12").next().kind, "snapshot")

    def test_a_restarted_server_gives_a_snapshot(self):
        self.create("a")
        stream = self.stream("dags")
        last = stream.next_of("snapshot").id
        done = []
        reader = threading.Thread(target=lambda: done.append(stream.next_of("bye")))
        reader.start()
        self.assertEqual(self.serve.stop(), 0)
        reader.join(serving.DEADLINE_S)
        self.assertEqual(done[0].data["reason"], "stopping")
        self.serve.start()
        self.api = self.serve.admin
        self.assertEqual(self.stream("dags", Last_Event_ID=last).next().kind, "snapshot")

    def test_topics_and_rights_are_checked(self):
        self.create("a")
        for topics in ("", "dags,", "nodes", "dag:a-b", "DAGS"):
            self.assertEqual(self.api.get(f"/events?topics={topics}").status, 400, topics)
        self.assertEqual(self.api.get("/events").status, 400)
        scoped = self.serve.client(self.serve.token("scoped", "viewer", "b*"))
        self.assertEqual(scoped.get("/events?topics=dag:a").status, 404)
        self.assertEqual(scoped.get("/events?topics=log").status, 403)
        self.create("b1")
        stream = self.stream("dags", scoped)
        rows = stream.next_of("snapshot").data["data"]["dags"]
        self.assertEqual([row[0] for row in rows], ["b1"])
        self.api.post("/dag-actions", {"action": "start", "names": ["a", "b1"]})
        event = stream.next_of("state", lambda data: data["state"] == "running")
        self.assertEqual(event.data["dag"], "b1")
        log = self.stream("log")
        self.assertIsInstance(log.next_of("snapshot").data["data"], list)

    def test_a_revoked_token_ends_its_streams_at_once(self):
        secret = self.serve.token("short")
        tokens = self.serve.browser.get("/me/tokens").json["items"]
        number = next(token["id"] for token in tokens if token["name"] == "short")
        stream = self.stream("dags", self.serve.client(secret))
        stream.next_of("snapshot")
        begin = time.monotonic()
        self.assertEqual(self.serve.browser.call("DELETE", f"/me/tokens/{number}").status, 204)
        self.assertEqual(stream.next_of("bye").data["reason"], "revoked")
        self.assertIsNone(stream.next())
        self.assertLess(time.monotonic() - begin, 5)

    def test_a_user_has_eight_streams(self):
        streams = [self.stream("dags") for _ in range(8)]
        self.assertEqual(self.api.get("/events?topics=dags").status, 429)
        streams[0].close()
        wait_for(lambda: self.has_room(), "room for another stream")

    def has_room(self):
        stream = self.api.stream("/events?topics=dags")
        self.addCleanup(stream.close)
        return stream.status == 200

    def stuck(self, client):
        """A client that asks for events and never reads."""
        sock = socket.socket()
        linger(sock)
        sock.bind(("127.0.0.9", 0))
        sock.connect(("127.0.0.1", self.serve.port))
        sock.sendall(b"GET /api/v1/events?topics=dags HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                     b"Authorization: %s\r\n\r\n" % client.headers["Authorization"].encode())
        self.addCleanup(sock.close)
        return sock

    def users(self, count):
        """API tokens of so many users."""
        for i in range(count):
            name = f"user{i}"
            reply = self.serve.browser.post("/users", {"name": name, "role": "viewer",
                                                       "password": serving.PASSWORD})
            self.assertEqual(reply.status, 201, reply)
            reply = self.serve.client().post("/login", {"name": name,
                                                        "password": serving.PASSWORD})
            self.assertEqual(reply.status, 200, reply)
            browser = self.serve.signed_in(reply)
            if browser.get("/me").json.get("must_change"):
                reply = browser.call("PUT", "/me/password", {
                    "old_password": serving.PASSWORD, "new_password": serving.PASSWORD + name})
                self.assertLess(reply.status, 300, reply)
                browser = self.serve.signed_in(reply)
            yield self.serve.token("watch", "viewer", by=browser)

    def test_a_stuck_client_holds_up_nobody(self):
        self.create("a")
        self.api.post("/dags/a/start?wait_ms=20000")
        stuck = self.stuck(self.api)
        streams = []
        for i, secret in enumerate(self.users(max(1, CLIENTS // 8))):
            for _ in range(8):
                client = self.serve.client(secret, source=f"127.0.0.{2 + i % 6}")
                streams.append(self.stream("dags,dag:a", client))
        for stream in streams:
            stream.next_of("snapshot")
        late = []

        def read(stream):
            for _ in range(6):
                begin = time.monotonic()
                stream.next_of("delta", lambda data: data["topic"] == "dags")
                late.append(time.monotonic() - begin)

        threads = [threading.Thread(target=read, args=(stream,)) for stream in streams]
        for thread in threads:
            thread.start()
        for _ in range(20):
            for action in ("suspend", "resume"):
                self.assertEqual(self.api.post(f"/dags/a/{action}").status, 200)
        for thread in threads:
            thread.join(serving.DEADLINE_S)
            self.assertFalse(thread.is_alive())
        self.assertEqual(len(late), 6 * len(streams))
        self.assertLess(max(late), 5)
        self.assertTrue(stuck.fileno() >= 0)


class Taps(unittest.TestCase):
    def setUp(self):
        self.serve = Serve().start()
        self.addCleanup(self.serve.__exit__)
        self.api = self.serve.admin
        self.api.post("/dags", adder("t", "t"))
        self.api.post("/dags/t/start?wait_ms=20000")

    def tap(self, query, client=None):
        stream = (client or self.api).stream("/dags/t/nodes/add/tap?" + query)
        self.addCleanup(stream.close)
        return stream

    def publish(self, count):
        lines = "\n".join(json.dumps({"a": i, "b": 1}) for i in range(count))
        reply = self.api.post("/dags/t/subscribers/in/messages", lines,
                              content_type="application/x-ndjson")
        self.assertEqual(reply.status, 202, reply)

    def test_a_tap_shows_messages_and_ends_after_its_number(self):
        out, into = self.tap("max=3&rate=100"), self.tap("side=in&max=1")
        self.assertEqual((out.status, into.status), (200, 200))
        seen = []
        while len(seen) < 3:
            self.publish(1)
            seen.append(out.next_of("message"))
        self.assertIn("sum", seen[0].data["message"])
        self.assertFalse(seen[0].data["is_truncated"])
        self.assertTrue(int(seen[0].data["cycle"]) > 0)
        self.assertEqual(out.next_of("bye").data["reason"], "max")
        self.assertIsNone(out.next())
        self.assertNotIn("sum", into.next_of("message").data["message"])
        audit = self.api.get("/audit?limit=100").json["items"]
        self.assertTrue(any("tap" in entry["action"].lower() for entry in audit), audit)

    def test_at_most_four_for_a_node(self):
        taps = [self.tap("rate=1") for _ in range(4)]
        self.assertEqual([tap.status for tap in taps], [200] * 4)
        self.assertEqual(self.api.get("/dags/t/nodes/add/tap").status, 429)
        taps[0].close()
        wait_for(lambda: self.tap("rate=1").status == 200, "room for another tap")

    def test_what_is_asked_is_checked(self):
        for query in ("side=up", "rate=0", "rate=101", "max=0", "max=10001"):
            self.assertEqual(self.api.get("/dags/t/nodes/add/tap?" + query).status, 400, query)
        self.assertEqual(self.api.get("/dags/t/nodes/none/tap").status, 404)
        self.assertEqual(self.api.get("/dags/none/nodes/add/tap").status, 404)
        viewer = self.serve.client(self.serve.token("viewer", "viewer"))
        self.assertEqual(viewer.get("/dags/t/nodes/add/tap").status, 403)

    def test_a_tap_ends_when_its_token_is_revoked(self):
        client = self.serve.client(self.serve.token("short"))
        stream = self.tap("rate=1", client)
        tokens = self.serve.browser.get("/me/tokens").json["items"]
        number = next(token["id"] for token in tokens if token["name"] == "short")
        self.serve.browser.call("DELETE", f"/me/tokens/{number}")
        self.assertEqual(stream.next_of("bye").data["reason"], "revoked")


if __name__ == "__main__":
    serving.DAGD = sys.argv.pop(1)
    if len(sys.argv) > 1 and re.fullmatch(r"\d+", sys.argv[1]):
        CLIENTS = int(sys.argv.pop(1))
    unittest.main(verbosity=2)
