#!/usr/bin/env python3
"""Replays what a DAG did and compares it with what it published then, byte for byte.

usage: replay.py --dagd PROGRAM [--rounds N] [--seed N] [--lines N] [--depth order|events] [--keep]

A round is one DAG with two growing files, joins, ticks, explosions, errors and lines that are no
messages. It is run several times in one data folder, with random batch sizes and threads, and
killed now and then where each row comes exactly once; before the last run its definition changes.
Which row is of which cycle is worked out from `dagd journal dump` and the input. Then random
stretches, and all of it in pieces, are replayed: while the DAG runs, and while it doesn't.

Two million cycles, in some ten minutes: --rounds 1 --lines 700000 (of each of the three runs).
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

WAIT_SECONDS = 60  # without any progress


class Bad(Exception):
    """What must hold does not."""


def content(path):
    with open(path, "rb") as file:
        return file.read()


class Source:
    """A file of messages {"source": NAME, "n": 1, ...}, and now and then something else."""

    def __init__(self, folder, name, rng):
        self.path = os.path.join(folder, name + ".jsonl")
        self.name = name
        self.rng = rng
        self.by_offset = {}  # behind each line: its message, or None
        self.count = self.size = 0
        self.grow(5)

    def line(self):
        if self.rng.random() < 0.02:
            return '{"source":"%s","bad":' % self.name, None
        self.count += 1
        message = {"source": self.name, "n": self.count, "x": self.rng.randrange(1000)}
        if self.rng.random() < 0.95:
            message["list"] = [self.rng.randrange(9) for _ in range(self.rng.randrange(4))]
        if self.rng.random() < 0.1:
            message["pad"] = "\u00e4" * self.rng.randrange(300)
        return json.dumps(message), message

    def grow(self, count):
        with open(self.path, "ab") as file:
            for _ in range(count):
                text, message = self.line()
                line = text.encode() + b"\n"
                file.write(line)
                self.size += len(line)
                self.by_offset[self.size] = message


class Round:
    def __init__(self, folder, rng, options):
        self.dagd, self.lines = options.dagd, options.lines
        self.folder, self.rng = folder, rng
        self.data = os.path.join(folder, "data")
        self.file = os.path.join(folder, "dag.json")
        self.sources = [Source(folder, name, rng) for name in "ab"]
        self.depth = options.depth or rng.choice(("order", "events"))
        self.delivery = rng.choice(("at_least_once", "exactly_once"))
        self.has_errors = self.delivery == "exactly_once" or rng.random() < 0.5
        self.outputs = ["pass", "joined", "exploded"]
        self.replays = self.last = 0
        self.process = None

    # ---- the DAG ----

    def dag(self, version):
        def node(name, type_, **more):
            return dict(name=name, type=type_, **more)

        def out(name):
            config = {"destination": "file://" + self.out(name)}
            if name == "pass":
                config["publish_interval"] = 0.05
            return {"name": name, "config": config}

        names = self.outputs + (["letters"] if self.has_errors else [])
        dag = {
            "name": "replayed",
            "journal": {"depth": self.depth, "sync": "interval", "retain": "24h"},
            "delivery": self.delivery,
            "subscribers": [
                {"name": each.name, "config": {"source": "file://" + each.path}}
                for each in self.sources
            ],
            "publishers": [out(name) for name in names],
            "calculators": [
                {"name": "explode", "type": "ExplodeCalculator", "config": {"attribute": "list"}},
                {
                    "name": "defaults",
                    "type": "ApplyDefaultsCalculator",
                    "config": {"defaults": {"version": version}},
                },
            ],
            "nodes": [
                node("read_a", "SubscriptionNode", subscriber="a"),
                node("read_b", "SubscriptionNode", subscriber="b"),
                node("beat", "MetronomeNode", config={"interval": 0.02}),
                node("versioned", "CalculationNode", calculator="defaults"),
                node("pass_on", "PublicationNode", publishers=["pass"]),
                node("join", "CalculationNode"),
                node("write", "PublicationNode", publishers=["joined"]),
                node("each", "CalculationNode", calculator="explode"),
                node("write_each", "PublicationNode", publishers=["exploded"]),
            ],
            "edges": [
                {"from_node": "read_a", "to_node": "versioned"},
                {"from_node": "versioned", "to_node": "pass_on"},
                {"from_node": "read_a", "to_node": "join", "pname": "a"},
                {"from_node": "read_b", "to_node": "join", "pname": "b"},
                {"from_node": "beat", "to_node": "join"},
                {"from_node": "join", "to_node": "write"},
                {"from_node": "read_a", "to_node": "each"},
                {"from_node": "each", "to_node": "write_each"},
            ],
        }
        if self.has_errors:
            dag["errors"] = "letters"
        return dag

    def out(self, name):
        return os.path.join(self.folder, "out", name + ".jsonl")

    def write_dag(self, version):
        with open(self.file, "w", encoding="utf-8") as file:
            json.dump(self.dag(version), file, indent=1)

    # ---- the original ----

    def shape(self):
        options = []
        if self.rng.random() < 0.8:
            options += ["--threads", str(self.rng.choice((1, 2, 4)))]
        if self.rng.random() < 0.8:
            options += ["--batch", str(self.rng.choice((1, 3, 64, 1024)))]
        return options

    def start(self):
        os.makedirs(os.path.join(self.folder, "out"), exist_ok=True)
        with open(os.path.join(self.folder, "log.txt"), "ab") as log:
            self.process = subprocess.Popen(
                [self.dagd, "run", self.file, "--data", self.data]
                + ["--checkpoint-interval", "60ms", *self.shape()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )

    def feed(self):
        left = self.lines
        while left > 0:
            count = min(left, self.rng.randrange(1, 1 + self.lines // 8))
            left -= count
            self.rng.choice(self.sources).grow(count)
            time.sleep(0.03)
            # more has to follow: what is in the output before the recovery may be cut off by it
            if left > 0 and self.delivery == "exactly_once" and self.rng.random() < 0.2:
                self.process.kill()
                self.process.wait()
                self.start()
        self.wait_for_all()

    def wait_for_all(self):
        """As long as it gets on: a machine under load takes its time."""
        end = time.monotonic() + WAIT_SECONDS
        wanted = tuple(source.count for source in self.sources)
        before = None
        while (pair := self.last_pair()) != wanted or not self.is_up():
            if pair != before:
                before = pair
                end = time.monotonic() + WAIT_SECONDS
            if time.monotonic() > end:
                raise Bad("the original hangs: %s instead of %s" % (pair, wanted))
            if self.process.poll() is not None:
                raise Bad("the original ended with %d" % self.process.returncode)
            time.sleep(0.02)

    def is_up(self):
        """It holds the data folder; before that a signal would just end it."""
        with open(os.path.join(self.data, "LOCK"), encoding="utf-8") as file:
            return file.read().strip() == str(self.process.pid)

    def last_pair(self):
        if not os.path.exists(self.out("joined")):
            return None
        with open(self.out("joined"), "rb") as file:
            file.seek(max(0, os.path.getsize(self.out("joined")) - 10000))
            lines = file.read().split(b"\n")
        if len(lines) < 3:
            return None
        row = json.loads(lines[-2])
        return tuple(row.get(source.name, {}).get("n", 0) for source in self.sources)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(WAIT_SECONDS)
        if code not in (0, 3):
            raise Bad("the original ended with %d" % code)
        self.process = None

    # ---- what was published in which cycle ----

    def call(self, *arguments, code=0):
        run = subprocess.run([self.dagd, *arguments], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, timeout=600, check=False)
        if run.returncode != code:
            raise Bad("%s: exit code %d: %s"
                      % (" ".join(arguments), run.returncode, run.stderr.decode()[-800:]))
        return run

    def cycles(self):
        """For each output the cycles of its rows."""
        found = {name: [] for name in self.outputs}
        dump = self.call("journal", "dump", "--data", self.data, "replayed").stdout
        for line in dump.decode().splitlines():
            record = json.loads(line)
            if "events" not in record:
                continue
            cycle = record["cycle"]
            joins = bool(record["ticks"])
            for event in record["events"]:
                message = self.sources[event["input"]].by_offset[event["offset"]]
                if message is None:
                    continue
                joins = True
                if event["input"] == 0:
                    found["pass"].append(cycle)
                    found["exploded"] += [cycle] * len(message.get("list", ()))
            if joins:
                found["joined"].append(cycle)
            self.first = min(self.first, cycle)
            self.last = max(self.last, cycle)
        return found

    def take_original(self):
        self.first, self.last = 1 << 62, 0
        self.rows = {}
        for name, cycles in self.cycles().items():
            lines = content(self.out(name)).splitlines(keepends=True)
            if len(lines) != len(cycles):
                raise Bad("%s: %d rows, %d expected" % (name, len(lines), len(cycles)))
            self.rows[name] = list(zip(cycles, lines))
        if self.has_errors:
            letters = content(self.out("letters"))
        else:
            shown = self.call("dlq", "show", "--data", self.data, "replayed", "--all").stdout
            start = b'"letter":'
            letters = b"".join(line[line.index(start) + len(start):-1] + b"\n"
                               for line in shown.splitlines())
        name = "letters" if self.has_errors else "dead_letters"
        self.rows[name] = [(json.loads(line)["cycle"], line)
                           for line in letters.splitlines(keepends=True)]
        if not self.rows[name]:
            raise Bad("there are no dead letters")

    # ---- replays ----

    def replay(self, first, last, code=0):
        self.replays += 1
        out = os.path.join(self.folder, "replay", str(self.replays))
        run = self.call("replay", self.file, "--data", self.data, "--from", str(first),
                        "--to", str(last), "--out", out, *self.shape(), code=code)
        return out, run.stderr.decode()

    def check(self, first, last):
        out, _ = self.replay(first, last)
        for name, rows in self.rows.items():
            expected = b"".join(row for cycle, row in rows if first <= cycle <= last)
            found = content(os.path.join(out, name + ".jsonl"))
            if found != expected:
                raise Bad("%s of cycles %d to %d differs: %s" % (name, first, last, out))
        shutil.rmtree(out)

    def check_some(self, count):
        for _ in range(count):
            first = self.rng.randrange(1, self.last + 1)
            self.check(first, self.rng.randrange(first, self.last + 1))

    def check_pieces(self):
        cuts = sorted({1, self.last + 1}
                      | {self.rng.randrange(1, self.last + 1) for _ in range(3)})
        for first, end in zip(cuts, cuts[1:]):
            self.check(first, end - 1)

    def check_refusals(self):
        _, told = self.replay(1, self.last + 100000000, code=1)
        if "beyond the journal's end" not in told:
            raise Bad("--to beyond the end: " + told)

    def run(self):
        self.write_dag(1)
        for _ in range(2):
            self.start()
            self.feed()
            self.stop()
        self.take_original()
        self.check_some(3)
        self.check_pieces()
        self.check_refusals()
        before = self.last
        self.write_dag(2)
        self.check_some(2)  # by the journal's definition
        self.start()
        self.feed()
        self.check(self.rng.randrange(1, before + 1), before)  # while it runs
        self.stop()
        self.take_original()
        self.check(1, self.last)  # across the change
        self.check(max(1, before - 3), before + 3)
        self.check_some(3)
        self.check_pieces()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dagd", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    parser.add_argument("--lines", type=int, default=1500)
    parser.add_argument("--depth", choices=("order", "events"))
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    failed = replays = 0
    for i in range(options.rounds):
        seed = options.seed + i
        folder = tempfile.mkdtemp(prefix="replay-%d-" % seed)
        round_ = Round(folder, random.Random(seed), options)
        try:
            round_.run()
            if not options.keep:
                shutil.rmtree(folder)
        except Bad as bad:
            failed += 1
            print("seed %d, depth %s: %s\n  kept in %s" % (seed, round_.depth, bad, folder))
        finally:
            if round_.process:
                round_.process.kill()
                round_.process.wait()
        replays += round_.replays
        print("seed %d: %s, depth %s, %d cycles"
              % (seed, round_.delivery, round_.depth, round_.last), flush=True)
    print("%d rounds from seed %d, %d replays, %d rounds bad"
          % (options.rounds, options.seed, replays, failed))
    return 1 if failed else 0


sys.exit(main())
