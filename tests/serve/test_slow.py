"""A DAG whose connector hangs holds up no request about others.

usage: test_slow.py DAGD HANGING_PLUGIN
"""
import os
import pathlib
import shutil
import sys
import threading
import time
import unittest

import serving
from serving import DEADLINE_S, Client, Serve, adder

WORKERS = 20  # more than the HTTP server begins with
REQUESTS = 4
PLUGIN = None  # set by main()
SOON_S = DEADLINE_S / 6


def hanging(name, side, where, until):
    """A DAG one of whose connectors hangs until somebody writes to a pipe."""
    dag = adder(name, name)
    kind, key = {"in": ("subscribers", "source"), "out": ("publishers", "destination")}[side]
    delegate = {"in": "HangingSubscriber", "out": "HangingPublisher"}[side]
    dag[kind][0]["config"] = {key: f"custom://{name}", "delegate_module": "hanging",
                              "delegate_class": delegate,
                              "delegate_config": {"in": where, "until": str(until)}}
    return dag


class Slow(unittest.TestCase):
    def setUp(self):
        self.serve = Serve()
        plugins = self.serve.root / "plugins"
        plugins.mkdir(mode=0o755)
        shutil.copy(PLUGIN, plugins / "hanging.so")
        self.serve.arguments = ("--plugin-dir", plugins)
        self.untils = []
        self.addCleanup(self.serve.__exit__)
        self.threads = []
        self.addCleanup(self.let_go)
        self.serve.start()
        self.api = self.serve.admin

    def hanging(self, name, side, where):
        self.untils.append(self.serve.root / f"{name}.until")
        os.mkfifo(self.untils[-1])
        return hanging(name, side, where, self.untils[-1])

    def let_go(self):
        for until in self.untils:
            self.addCleanup(os.close, os.open(until, os.O_RDWR))
        self.untils = []
        for thread in self.threads:
            thread.join(DEADLINE_S)
            self.assertFalse(thread.is_alive(), "a request was never answered")
        self.threads = []

    def in_background(self, method, path, body=None):
        """Asks and doesn't wait; each has a connection of its own, and any answer will do."""
        client = Client(self.serve.port, self.serve.secret)

        def ask():
            try:
                client.call(method, path, body)
            finally:
                client.close()

        thread = threading.Thread(target=ask)
        thread.start()
        self.threads.append(thread)

    def ask(self, method, path, status=(200,), body=None, **headers):
        """Must be answered soon."""
        client = Client(self.serve.port, self.serve.secret)
        connection = client.connect()
        connection.timeout = SOON_S
        client.connection = connection
        reply = client.call(method, path, body, **headers)
        client.close()
        self.assertIn(reply.status, status, (method, path, reply))
        return reply

    def others_are_served(self, name):
        """The whole life of another DAG, what is shown of all, and a live stream."""
        path = f"/dags/{name}"
        self.ask("POST", "/dags", (201,), adder(name, name))
        self.ask("POST", f"{path}/start?wait_ms=5000")
        self.assertIn(name, [dag["name"] for dag in self.ask("GET", "/dags").json["items"]])
        self.assertEqual(self.ask("GET", f"{path}/state").json["state"], "running")
        self.ask("GET", f"{path}/details")
        self.ask("GET", f"{path}/why")
        self.ask("GET", f"{path}/metrics")
        self.ask("POST", f"{path}/subscribers/in/messages", (202,), {"a": 1, "b": 2})
        self.ask("GET", "/totals")
        begun = time.monotonic()
        with self.api.stream(f"/events?topics=dags,dag:{name}") as stream:
            self.assertEqual(stream.status, 200)
            self.assertTrue(stream.next())
        self.assertLess(time.monotonic() - begun, SOON_S)
        self.ask("POST", f"{path}/suspend")
        self.ask("POST", f"{path}/stop?wait_ms=5000")
        etag = self.ask("GET", path).etag
        changed = adder(name, name, {"max_depth": 7})
        etag = self.ask("PUT", path, (200,), changed, If_Match=etag).etag
        self.ask("DELETE", path, (202, 204), If_Match=etag)

    def test_a_connector_hangs_while_its_dag_runs(self):
        for number, (side, where) in enumerate(
                [("in", "open"), ("out", "open"), ("in", "read"), ("out", "write")]):
            with self.subTest(side=side, where=where):
                name = f"slow{number}"
                self.ask("POST", "/dags", (201,), self.hanging(name, side, where))
                for _ in range(REQUESTS):
                    self.in_background("POST", f"/dags/{name}/start?wait_ms=20000")
                self.others_are_served(f"other{number}")
                for action in ("stop", "restart"):
                    for _ in range(REQUESTS):
                        self.in_background("POST", f"/dags/{name}/{action}?wait_ms=20000")
                for shown in ("state", "details", "why", "metrics"):
                    self.ask("GET", f"/dags/{name}/{shown}")
                self.others_are_served(f"again{number}")
                self.let_go()

    def test_a_check_hangs_in_many_requests(self):
        for number in range(WORKERS):
            self.in_background("POST", "/dags", self.hanging(f"slow{number}", "in", "check"))
        self.others_are_served("other")


if __name__ == "__main__":
    serving.DAGD = sys.argv.pop(1)
    PLUGIN = pathlib.Path(sys.argv.pop(1))
    unittest.main(verbosity=2)
