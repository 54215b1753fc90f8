#!/usr/bin/env python3
"""Ends the real program in peace at awkward instants: SIGTERM has to be enough, and loses nothing.

usage: drain.py --dagd PROGRAM [--rounds N] [--seed N]

  recovery  SIGTERM while the journal of a killed run is still being run again: the source has to
            bring what the journaled cycles took, so the drain must let it
  queue     SIGTERM while messages are under way from one DAG through a queue in memory to another
            that acknowledges by its journal: the feeder has to drain before its reader does
  failed    the same with a reader that has failed: the feeder stops at once
  circle    SIGTERM while messages go round for ever between two DAGs that acknowledge by their
            journals: both stop all the same, and send again what was under way
"""
import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

WAIT_SECONDS = 60
LINES = 400000


class Bad(Exception):
    """What must hold does not."""


def wait_until(what, is_so):
    end = time.monotonic() + WAIT_SECONDS
    while not is_so():
        if time.monotonic() > end:
            raise Bad("waited in vain: " + what)
        time.sleep(0.002)


def size_of(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def content(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def copy_dag(name, source, destination, **more):
    """A DAG that passes messages on as they are."""
    return dict({
        "name": name,
        "subscribers": [{"name": "in", "config": {"source": source}}],
        "publishers": [{"name": "out", "config": {"destination": destination}}],
        "nodes": [
            {"name": "read", "type": "SubscriptionNode", "subscriber": "in"},
            {"name": "write", "type": "PublicationNode", "publishers": ["out"]},
        ],
        "edges": [{"from_node": "read", "to_node": "write"}],
    }, **more)


class Test:
    def __init__(self, options, rng, folder):
        self.dagd, self.rng, self.folder = options.dagd, rng, folder
        self.data = self.path("data")
        self.files = []
        self.process = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def add(self, dag):
        self.files.append(self.path(dag["name"] + ".json"))
        write(self.files[-1], json.dumps(dag))

    def start(self, *more):
        with open(self.path("log.txt"), "ab") as log:
            self.process = subprocess.Popen(
                [self.dagd, "run", *self.files, "--data", self.data,
                 "--drain-timeout", "%ds" % (WAIT_SECONDS // 2), *more],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until("the data folder's lock", self.is_up)

    def is_up(self):
        """It holds the data folder; before that a signal would just end it."""
        if self.process.poll() is not None:
            raise Bad("the program ended with %d" % self.process.returncode)
        lock = os.path.join(self.data, "LOCK")
        return os.path.exists(lock) and content(lock).strip() == str(self.process.pid).encode()

    def end(self, expected=0):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(WAIT_SECONDS)
        if code != expected:
            raise Bad("SIGTERM ended the program with %d" % code)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Recovery(Test):
    def run(self):
        source, out = self.path("in.jsonl"), self.path("out.jsonl")
        lines = "".join('{"n":%d}\n' % n for n in range(LINES))
        write(source, lines)
        delivery = self.rng.choice(("exactly_once", "at_least_once"))
        self.add(copy_dag("recovers", "file://" + source, "file://" + out,
                          journal={"depth": "order", "sync": "interval"}, delivery=delivery))
        for _ in range(3):
            self.recover(lines, out)
            self.start()
            wait_until("all output",
                       lambda: content(out).endswith(b'{"n":%d}\n' % (LINES - 1)))
            self.end()
            self.compare(lines, content(out).decode(), delivery)
            shutil.rmtree(self.data)
            for name in os.listdir(self.folder):
                if name.startswith("out.jsonl"):
                    os.remove(self.path(name))

    @staticmethod
    def compare(lines, output, delivery):
        """At-least-once repeats lines, and ends the one that the kill tore with a line feed."""
        found = list(dict.fromkeys(output.splitlines(keepends=True)))
        torn = [line for line in found if not line.endswith("}\n")]
        if delivery == "at_least_once" and len(torn) == 1:
            found.remove(torn[0])
        elif torn or (delivery == "exactly_once" and output != lines):
            raise Bad("the output has lines that are torn, or repeated")
        if "".join(found) != lines:
            raise Bad("the output has other lines than the input")

    def recover(self, lines, out):
        """Three quarters are to be read again; the signal comes after less than that."""
        self.start("--checkpoint-interval", "1h")
        wait_until("output", lambda: size_of(out) > len(lines) * 3 // 4)
        self.process.kill()
        self.process.wait()
        self.start("--checkpoint-interval", "1h")
        enough = len(lines) * self.rng.uniform(0.1, 0.5)
        wait_until("reading again", lambda: self.bytes_read() > enough)
        self.end()

    def bytes_read(self):
        with open("/proc/%d/io" % self.process.pid, encoding="ascii") as file:
            return int(file.readline().split()[1])


class Queue(Test):
    """A file that grows, a queue, a file."""

    def run(self):
        source, out = self.path("in.jsonl"), self.path("out.jsonl")
        count = 0
        write(source, "")
        self.add_dags("file://" + source, "file://" + out)
        for _ in range(3):
            self.start()
            more = self.rng.randrange(1000, 60000)
            with open(source, "a", encoding="utf-8") as file:
                file.write("".join('{"n":%d}\n' % n for n in range(count, count + more)))
            count += more
            before, few = size_of(out), self.rng.randrange(2000)
            wait_until("output", lambda b=before, f=few: size_of(out) > b + f)
            self.end()
        self.start()
        self.wait_for_last(out, count)
        self.end()
        lines = content(out).decode().splitlines()
        found = list(dict.fromkeys(json.loads(line)["n"] for line in lines))
        if found != list(range(count)):
            raise Bad("%d of %d messages came, or out of order" % (len(found), count))

    def wait_for_last(self, out, count):
        wait_until("all output",
                   lambda: content(out).endswith(b'{"n":%d}\n' % (count - 1)))

    def add_dags(self, source, out):
        self.add(copy_dag("reads", "mem://queue/q", out, ack="journal",
                          journal={"depth": "events", "sync": "interval"}))
        self.add(copy_dag("feeds", source, "mem://queue/q"))
        self.follow(-1)

    def follow(self, which):
        with open(self.files[which], encoding="utf-8") as file:
            dag = json.load(file)
        dag["subscribers"][0]["config"]["follow"] = True
        write(self.files[which], json.dumps(dag))


class Failed(Queue):
    def run(self):
        source, out = self.path("in.jsonl"), self.path("out.jsonl")
        write(source, "".join('{"n":%d}\n' % n for n in range(5000)))
        os.mkdir(out)  # a folder is no file
        self.add_dags("file://" + source, "file://" + out)
        self.start()
        log = self.path("log.txt")
        wait_until("the failure", lambda: b"out.jsonl'" in content(log))
        started = time.monotonic()
        self.end(6)
        if time.monotonic() - started > WAIT_SECONDS / 4:
            raise Bad("the feeder of a reader that has failed hangs")
        if b"stops without a drain: DAG 'reads'" not in content(log):
            raise Bad("nothing tells why the feeder stops without a drain")


class Circle(Test):
    """A file, and two DAGs that hand on to each other what came from it."""

    def run(self):
        source, out = self.path("in.jsonl"), self.path("out.jsonl")
        acknowledges = {"ack": "journal", "journal": {"depth": "events", "sync": "interval"}}
        here = copy_dag("here", "mem://queue/a", "mem://queue/b", **acknowledges)
        here["publishers"].append({"name": "seen", "config": {"destination": "file://" + out}})
        here["nodes"][1]["publishers"].append("seen")
        self.add(here)
        there = copy_dag("there", "mem://queue/b", "mem://queue/a", **acknowledges)
        there["publishers"][0]["config"]["publish_interval"] = 0.02
        self.add(there)
        self.add(copy_dag("feeds", "file://" + source, "mem://queue/a"))
        count = 0
        for _ in range(3):
            more = self.rng.randrange(50, 500)
            with open(source, "a", encoding="utf-8") as file:
                file.write("".join('{"n":%d}\n' % n for n in range(count, count + more)))
            count += more
            before = size_of(out)
            self.start()
            wait_until("a few rounds", lambda b=before, c=count: size_of(out) > b + 50 * c)
            started = time.monotonic()
            self.end()
            if time.monotonic() - started > WAIT_SECONDS / 4:
                raise Bad("the circle hangs")
        if "stops before the circle" not in content(self.path("log.txt")).decode():
            raise Bad("nothing was under way")
        found = {json.loads(line)["n"] for line in content(out).decode().splitlines()}
        if found != set(range(count)):
            raise Bad("%d of %d messages came" % (len(found), count))


TESTS = {"recovery": Recovery, "queue": Queue, "failed": Failed, "circle": Circle}


def main():
    parser = argparse.ArgumentParser(description="ends dagd at awkward instants")
    parser.add_argument("--dagd", required=True)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("tests", nargs="*", metavar="TEST", help=", ".join(TESTS))
    options = parser.parse_args()
    passed = failed = 0
    for name in options.tests or TESTS:
        for i in range(options.rounds):
            folder = tempfile.mkdtemp(prefix="dagd-drain-")
            test = TESTS[name](options, random.Random(options.seed + i), folder)
            try:
                test.run()
                passed += 1
                shutil.rmtree(folder, ignore_errors=True)
            except (Bad, subprocess.TimeoutExpired) as bad:
                failed += 1
                print("FAILED  %s, seed %d: %s (all is kept in %s)"
                      % (name, options.seed + i, bad, folder))
            finally:
                test.stop()
        print("%s: %d rounds" % (name, options.rounds), flush=True)
    print("%d passed, %d failed" % (passed, failed))
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
