"""Changes a running DAG over and over; the memory of the server must not grow with it.

usage: reloads.py DAGD [--reloads N] [--warm-up N] [--bound KIB]

Each change swaps the running DAG, which is waited for. Resident memory is looked at after the first
`--warm-up` changes and at the end: all of it (VmRSS), and what of it is the server's own (RssAnon)
and pages of its file (RssFile), which the system maps as they are used and takes back at will.
Messages go through all the time; none may be lost or repeated.
"""
import argparse
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
import serving  # pylint: disable=wrong-import-position
from serving import Serve, wait_for  # pylint: disable=wrong-import-position

USERS = 8  # a user has 50 requests a second


def definition(number):
    return {
        "name": "reloaded",
        "subscribers": [{"name": "in", "config": {"source": "http://in"}}],
        "publishers": [{"name": "out", "config": {"destination": "file://out.jsonl"}}],
        "calculators": [{"name": "mark", "type": "ApplyDefaultsCalculator",
                         "config": {"defaults": {"mark": number}}}],
        "nodes": [{"name": "read", "type": "SubscriptionNode", "subscriber": "in"},
                  {"name": "add", "calculator": "mark"},
                  {"name": "send", "type": "PublicationNode", "publishers": ["out"]}],
        "edges": [{"from_node": "read", "to_node": "add"}, {"from_node": "add", "to_node": "send"}],
    }


def resident_kib(process):
    """KiB by kind: VmRSS is the sum of the others."""
    fields = (line.split() for line in
              pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines())
    return {name: int(rest[0]) for name, *rest in fields
            if name in ("VmRSS:", "RssAnon:", "RssFile:")}


def told(kib):
    return ", ".join(f"{name} {value}" for name, value in kib.items())


class Admins:
    """Takes turns, and waits where the server asks for it."""

    def __init__(self, serve):
        self.clients = [serve.admin]
        for number in range(USERS - 1):
            name = f"admin{number}"
            reply = serve.admin.post("/users", {"name": name, "password": serving.PASSWORD,
                                                "role": "admin"})
            assert reply.status == 201, reply
            signed_in = serve.signed_in(serve.client().post(
                "/login", {"name": name, "password": serving.PASSWORD}))
            self.clients.append(serve.client(serve.token("load", by=signed_in)))
        self.turn = 0

    def call(self, *arguments, **headers):
        while True:
            self.turn += 1
            reply = self.clients[self.turn % len(self.clients)].call(*arguments, **headers)
            if reply.status != 429:
                return reply
            time.sleep(int(reply.headers["retry-after"]) / len(self.clients))


def reload_once(admins, number, etag):
    reply = admins.call("PUT", "/dags/reloaded", definition(number), If_Match=etag)
    assert reply.status == 200, reply
    revision = reply.json["revision"]

    def is_swapped():
        state = admins.call("GET", "/dags/reloaded/state").json
        return (state["state"], state["running_revision"]) == ("running", revision)

    wait_for(is_swapped, f"revision {revision} to run")
    sent = admins.call("POST", "/dags/reloaded/subscribers/in/messages", {"n": number})
    assert sent.status == 202, sent
    return reply.etag


def check_output(serve, reloads):
    path = serve.root / "files" / "out.jsonl"
    wait_for(lambda: path.exists() and path.read_bytes().count(b"\n") >= reloads, "all messages")
    found = [json.loads(line) for line in path.read_text().splitlines()]
    expected = [{"n": n, "mark": n} for n in range(1, reloads + 1)]
    assert found == expected, "messages are missing, repeated, or of another revision"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dagd")
    parser.add_argument("--reloads", type=int, default=10000)
    parser.add_argument("--warm-up", type=int, default=1000)
    parser.add_argument("--bound", type=int, default=1024)
    options = parser.parse_args()
    serving.DAGD = options.dagd
    with Serve("--log-level", "error") as serve:
        admins = Admins(serve)
        reply = admins.call("POST", "/dags?start=1", definition(0))
        assert reply.status == 201, reply
        etag, begun = reply.etag, time.monotonic()
        before = resident_kib(serve.process)
        for number in range(1, options.reloads + 1):
            etag = reload_once(admins, number, etag)
            if number == options.warm_up:
                before = resident_kib(serve.process)
            if number % 500 == 0 or number == options.warm_up:
                print(f"{number} reloads, KiB: {told(resident_kib(serve.process))}", flush=True)
        after = resident_kib(serve.process)
        grown = {name: after[name] - before[name] for name in after}
        check_output(serve, options.reloads)
        seconds = time.monotonic() - begun
        print(f"{options.reloads} reloads in {seconds:.1f} s: grown after the first "
              f"{options.warm_up} by KiB: {told(grown)}; bound of RssAnon {options.bound} KiB")
        assert serve.stop() == 0
        return 0 if grown["RssAnon:"] < options.bound else 1


sys.exit(main())
