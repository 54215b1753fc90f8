#!/usr/bin/env python3
"""Kills the real program at random instants and checks that nothing is lost, or repeated.

usage: kill_loop.py --dagd PROGRAM [--kills N] [--seed N] [--shape NAME] [--seconds N] [--keep]

A round is one DAG (a shape and a delivery, with a random journal, sinks that rotate or don't) in a
data folder of its own. Its input files grow all the time, in pieces that end within lines, and are
rotated. `dagd run` is started and gets SIGKILL: after a random time, or right after some file in
its data folder or among its outputs appeared, moved or went. Then it is started again, in the end
without a kill until all is out. What must hold:

  at_least_once  each message is in the output, in the order of first appearance; a join's last
                 output shows the last message of each side
  exactly_once   each output is, byte for byte, what one undisturbed run would have written
  dead letters   each line that is no message is one, by the same rule

The last line sums up; the exit code is 0 when every round was good. --keep keeps the folders of all
rounds, otherwise only those of bad ones stay.
"""
import argparse
import base64
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LINES_MAX = 3000  # that a source grows by in one life of the process
DRAIN_SECONDS = 60
STAMP = re.compile(r"\.(\d{8}-\d{6})(?:-(\d+))?$")


class Bad(Exception):
    """What must hold does not."""


# ---- input --------------------------------------------------------------------------------------


class Source:
    """A file that grows: messages {"source": NAME, "n": 1}, 2, ... and now and then a bad line."""

    def __init__(self, folder, name, rng):
        self.path = os.path.join(folder, name + ".jsonl")
        self.name = name
        self.rng = rng
        self.count = 0
        self.bad = []  # the bad lines, in their order
        self.order = []  # n of each message, None for a bad line
        self.held = b""  # a piece of a line that is not written yet
        self.rotations = 0
        self.grow(20)

    def line(self):
        if self.rng.random() < 0.01:
            text = '{"source":"%s","bad":%d' % (self.name, len(self.bad))
            self.bad.append(text)
            self.order.append(None)
            return text + "\n"
        self.count += 1
        self.order.append(self.count)
        padding = "x" * self.rng.choice((0, 0, 0, 10, 300))
        return '{"source":"%s","n":%d,"pad":"%s"}\n' % (self.name, self.count, padding)

    def grow(self, count):
        text = self.held + "".join(self.line() for _ in range(count)).encode()
        cut = self.rng.randrange(len(text) + 1) if self.rng.random() < 0.3 else len(text)
        self.write(text[:cut])
        self.held = text[cut:]

    def write(self, data):
        with open(self.path, "ab", buffering=0) as file:
            file.write(data)

    def rotate(self):
        self.finish()
        self.rotations += 1
        os.rename(self.path, "%s-%08d" % (self.path, self.rotations))
        self.write(b"")

    def finish(self):
        self.write(self.held)
        self.held = b""


# ---- output -------------------------------------------------------------------------------------


def pieces(path):
    """The files of a sink, oldest first."""
    folder, base = os.path.split(path)
    found = []
    for name in os.listdir(folder):
        match = STAMP.search(name)
        if match and name[: match.start()] == base:
            found.append((match.group(1), int(match.group(2) or 0), os.path.join(folder, name)))
    ordered = [name for _, _, name in sorted(found)]
    return ordered + [path] if os.path.exists(path) else ordered


def content(path):
    data = b""
    try:
        for piece in pieces(path):
            with open(piece, "rb") as file:
                data += file.read()
    except FileNotFoundError:
        raise Bad("%s was rotated meanwhile" % path) from None
    return data


def records(path, exact):
    """The output's messages. A kill may tear a line, but not where it must be exact."""
    found = []
    for line in content(path).split(b"\n")[:-1]:
        try:
            found.append(json.loads(line))
        except ValueError:
            if exact:
                raise Bad("%s: not a message: %r" % (path, line[:80])) from None
    return found


def check_sequence(what, expected, actual, exact):
    if exact:
        if actual != expected:
            at = next(
                (i for i, pair in enumerate(zip(expected, actual)) if pair[0] != pair[1]),
                min(len(expected), len(actual)),
            )
            raise Bad(
                "%s: %d expected, %d found, differ at %d: %s instead of %s"
                % (what, len(expected), len(actual), at, actual[at : at + 4], expected[at : at + 4])
            )
        return
    first = list(dict.fromkeys(actual))
    if first != expected:
        lost = sorted(set(expected) - set(first), key=str)
        raise Bad("%s: %d lost (%s), or out of order" % (what, len(lost), lost[:5]))


# ---- shapes -------------------------------------------------------------------------------------


class Round:
    """One DAG, its files and what has to be in them."""

    sources = ("a",)
    outputs = ("one", "two")
    may_be_exact = True

    def __init__(self, folder, rng, exact):
        self.folder = folder
        self.rng = rng
        self.exact = exact
        self.inputs = [Source(folder, name, rng) for name in self.sources]
        self.journal = self.pick_journal()
        rotate = rng.choice((0, 0, 20000, 100000))
        self.sink_options = {"rotate_size": rotate} if rotate else {}
        self.files = []
        for dag in self.dags():
            path = os.path.join(folder, dag["name"] + ".json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(dag, file, indent=1)
            self.files.append(path)

    def pick_journal(self):
        depth = self.rng.choice(("order", "events"))
        sync = self.rng.choice(("always", "interval"))
        if self.exact and not self.needs_journal() and self.rng.random() < 0.3:
            return False
        if not self.exact and self.rng.random() < 0.5:
            return False
        return {"depth": depth, "sync": sync}

    def needs_journal(self):
        return len(self.sources) > 1

    def out(self, name):
        return os.path.join(self.folder, "out", name + ".jsonl")

    def subscriber(self, name, source):
        return {"name": name, "config": {"source": source}}

    def publisher(self, name):
        config = dict(destination="file://" + self.out(name), **self.sink_options)
        return {"name": name, "config": config}

    def dag(self, name, nodes, edges, inputs=None):
        dag = {
            "name": name,
            "delivery": "exactly_once" if self.exact else "at_least_once",
            "errors": "letters",
            "subscribers": inputs
            or [self.subscriber(each.name, "file://" + each.path) for each in self.inputs],
            "publishers": [self.publisher(each) for each in self.outputs + ("letters",)],
            "nodes": nodes,
            "edges": [{"from_node": start, "to_node": end} for start, end in edges],
        }
        if self.journal:
            dag["journal"] = self.journal
        return dag

    def dags(self):
        raise NotImplementedError

    def check(self):
        raise NotImplementedError

    def numbers(self, output, source):
        return [
            each["n"]
            for each in records(self.out(output), self.exact)
            if each.get("source") == source.name
        ]

    def check_letters(self):
        found = []
        for letter in records(self.out("letters"), self.exact):
            found.append(base64.b64decode(letter.get("raw_base64", "")).decode())
        for source in self.inputs:
            mine = [text for text in found if '"source":"%s"' % source.name in text]
            check_sequence("dead letters of " + source.name, source.bad, mine, self.exact)


class FanOut(Round):
    """One file, two branches, one of them with a calculation."""

    def dags(self):
        nodes = [
            {"name": "read", "type": "SubscriptionNode", "subscriber": "a"},
            {"name": "left", "type": "PublicationNode", "publishers": ["one"]},
            {"name": "right", "type": "PublicationNode", "publishers": ["two"]},
        ]
        return [self.dag("fan_out", nodes, [("read", "left"), ("read", "right")])]

    def check(self):
        source = self.inputs[0]
        expected = list(range(1, source.count + 1))
        for name in self.outputs:
            check_sequence(name, expected, self.numbers(name, source), self.exact)
        if self.exact and content(self.out("one")) != content(self.out("two")):
            raise Bad("the two branches differ")
        self.check_letters()


class FanIn(Round):
    """Two files into one sink."""

    sources = ("a", "b")
    outputs = ("one",)

    def dags(self):
        nodes = [
            {"name": "read_a", "type": "SubscriptionNode", "subscriber": "a"},
            {"name": "read_b", "type": "SubscriptionNode", "subscriber": "b"},
            {"name": "write_a", "type": "PublicationNode", "publishers": ["one"]},
            {"name": "write_b", "type": "PublicationNode", "publishers": ["one"]},
        ]
        return [self.dag("fan_in", nodes, [("read_a", "write_a"), ("read_b", "write_b")])]

    def check(self):
        for source in self.inputs:
            expected = list(range(1, source.count + 1))
            check_sequence(source.name, expected, self.numbers("one", source), self.exact)
        self.check_letters()


class Merge(Round):
    """Two files; a join of the latest of each, so that an output shows the node's state."""

    sources = ("a", "b")

    def dags(self):
        nodes = [
            {"name": "read_a", "type": "SubscriptionNode", "subscriber": "a"},
            {"name": "read_b", "type": "SubscriptionNode", "subscriber": "b"},
            {"name": "join", "type": "CalculationNode"},
            {"name": "write", "type": "PublicationNode", "publishers": ["one", "two"]},
        ]
        dag = self.dag("merge", nodes, [("read_a", "join"), ("read_b", "join"), ("join", "write")])
        for edge in dag["edges"][:2]:
            edge["pname"] = edge["from_node"][-1]
        return [dag]

    def check(self):
        latest = [source.count for source in self.inputs]
        for name in self.outputs:
            pairs = [
                tuple(each.get(source.name, {}).get("n", 0) for source in self.inputs)
                for each in records(self.out(name), self.exact)
            ]
            self.check_pairs(name, pairs)
            if not pairs or list(pairs[-1]) != latest:
                raise Bad("%s ends with %s instead of %s" % (name, pairs[-1:], latest))
        if self.exact and content(self.out("one")) != content(self.out("two")):
            raise Bad("the two sinks differ")
        self.check_letters()

    def check_pairs(self, name, pairs):
        last = (0, 0)
        for pair in pairs if self.exact else []:
            steps = [new - old for new, old in zip(pair, last)]
            if min(steps) < 0 or max(steps) != 1:
                raise Bad("%s: %s follows %s" % (name, pair, last))
            last = pair
        for i, source in enumerate(self.inputs):
            seen = list(dict.fromkeys(pair[i] for pair in pairs if pair[i] > 0))
            check_sequence(
                "%s of %s" % (source.name, name), list(range(1, source.count + 1)), seen, False
            )


class Metronome(Round):
    """A file and a metronome, joined: each tick repeats the latest message."""

    def needs_journal(self):
        return True

    def dags(self):
        nodes = [
            {"name": "read", "type": "SubscriptionNode", "subscriber": "a"},
            {"name": "beat", "type": "MetronomeNode", "config": {"interval": 0.01}},
            {"name": "join", "type": "CalculationNode"},
            {"name": "write", "type": "PublicationNode", "publishers": ["one", "two"]},
        ]
        edges = [("read", "join"), ("beat", "join"), ("join", "write")]
        return [self.dag("metronome", nodes, edges)]

    def check(self):
        source = self.inputs[0]
        expected = list(range(1, source.count + 1))
        for name in self.outputs:
            numbers = self.numbers(name, source)
            check_sequence(name, expected, numbers, False)
            if self.exact and numbers != sorted(numbers):
                raise Bad("%s is out of order" % name)
            if not numbers or numbers[-1] != source.count:
                raise Bad("%s ends with %s" % (name, numbers[-1:]))
        if self.exact and content(self.out("one")) != content(self.out("two")):
            raise Bad("the two sinks differ")
        self.check_letters()


class Queue(Round):
    """A DAG feeds a queue in memory from a file; another reads it with a journal of the events."""

    outputs = ("one",)
    may_be_exact = False

    def pick_journal(self):
        return {"depth": "events", "sync": self.rng.choice(("always", "interval"))}

    def dags(self):
        nodes = [
            {"name": "read", "type": "SubscriptionNode", "subscriber": "q"},
            {"name": "write", "type": "PublicationNode", "publishers": ["one"]},
        ]
        queue = [self.subscriber("q", "mem://queue/kill")]
        reader = self.dag("reads_queue", nodes, [("read", "write")], queue)
        reader["ack"] = "journal"
        nodes = [
            {"name": "read", "type": "SubscriptionNode", "subscriber": "a"},
            {"name": "write", "type": "PublicationNode", "publishers": ["q"]},
        ]
        feeder = self.dag("feeds_queue", nodes, [("read", "write")])
        feeder["publishers"] = [
            {"name": "q", "config": {"destination": "mem://queue/kill"}},
            self.publisher("letters"),
        ]
        feeder.pop("journal")
        del reader["errors"], reader["publishers"][1]
        return [feeder, reader]

    def check(self):
        source = self.inputs[0]
        expected = list(range(1, source.count + 1))
        check_sequence("one", expected, self.numbers("one", source), False)
        self.check_letters()


SHAPES = {
    "fan_out": FanOut,
    "fan_in": FanIn,
    "merge": Merge,
    "metronome": Metronome,
    "queue": Queue,
}


# ---- killing ------------------------------------------------------------------------------------


def names_below(folder):
    return {
        os.path.join(where, name) for where, _, names in os.walk(folder) for name in names
    }


class Program:
    """Starts and ends the process of one round."""

    def __init__(self, dagd, round_, extra):
        self.round = round_
        self.data = os.path.join(round_.folder, "data")
        self.log = os.path.join(round_.folder, "log.txt")
        os.makedirs(os.path.join(round_.folder, "out"), exist_ok=True)
        interval = round_.rng.choice(("5ms", "30ms", "300ms"))
        self.command = [dagd, "run", *round_.files, "--data", self.data]
        self.command += ["--checkpoint-interval", interval, *extra]
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def check_runs(self):
        code = self.process.poll()
        if code is not None:
            raise Bad("the program ended by itself with %d" % code)

    def feed(self, rng):
        for source in self.round.inputs:
            if rng.random() < 0.7:
                source.grow(rng.randrange(1, LINES_MAX // 10))
        if rng.random() < 0.05 and self.is_known():
            rng.choice(self.round.inputs).rotate()

    def is_known(self):
        """The first checkpoint says where the sources begin: a file rotated before is nobody's."""
        known = set()
        for path in names_below(os.path.join(self.data, "dags")):
            name = os.path.basename(path)
            if name.startswith("checkpoint-") and "." not in name:
                known.add(os.path.dirname(path))
        return len(known) == len(self.round.files)

    def kill(self, rng):
        """Feeds, and kills at some instant."""
        how = rng.randrange(3)
        until = time.monotonic() + rng.random() * (0.03 if how == 0 else 0.5)
        changes = rng.randrange(1, 8)
        before = names_below(self.round.folder) if how == 2 else None
        fed = 0
        while time.monotonic() < until:
            if fed < 10 and rng.random() < 0.3:
                self.feed(rng)
                fed += 1
            if how == 2:
                now = names_below(self.round.folder)
                changes -= len(now ^ before)
                before = now
                if changes <= 0:
                    break
            time.sleep(0.001 if how == 2 else 0.005)
        self.check_runs()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def finish(self):
        """Runs until all is out, then ends it in peace."""
        for source in self.round.inputs:
            source.finish()
        self.start()
        until = time.monotonic() + DRAIN_SECONDS
        wait = 0.05
        while True:
            time.sleep(wait)
            self.check_runs()
            try:
                self.round.check()
                break
            except Bad:
                if time.monotonic() > until:
                    raise
            wait = min(wait * 1.5, 1)
        self.end()
        self.round.check()
        self.start()  # and once more: nothing is left to do
        time.sleep(0.2)
        self.end()
        self.round.check()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(DRAIN_SECONDS)
        if code not in (0, 3):
            raise Bad("the program ended with %d" % code)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def run_round(options, shape, exact, kills, seed):
    """One round. True: good."""
    folder = tempfile.mkdtemp(prefix="dagd-kill-")
    rng = random.Random(seed)
    what = "%s %s" % (shape, "exactly_once" if exact else "at_least_once")
    round_ = SHAPES[shape](folder, rng, exact)
    program = Program(options.dagd, round_, options.extra)
    try:
        for _ in range(kills):
            program.start()
            program.kill(rng)
        program.finish()
    except (Bad, subprocess.TimeoutExpired) as error:
        print("FAILED  %s, seed %d: %s (all is kept in %s)" % (what, seed, error, folder))
        with open(program.log, encoding="utf-8", errors="replace") as log:
            print("".join(log.readlines()[-8:]), end="")
        return False
    finally:
        program.stop()
    lines = sum(len(source.order) for source in round_.inputs)
    journal = json.dumps(round_.journal)
    print("ok      %s, journal %s: %d kills, %d lines" % (what, journal, kills, lines))
    if not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return True


def main():
    parser = argparse.ArgumentParser(description="kills dagd and looks whether anything is lost")
    parser.add_argument("--dagd", default=os.environ.get("DAGD"))
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shape", choices=sorted(SHAPES))
    parser.add_argument("--seconds", type=float, default=3600, help="no new round after these")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("extra", nargs="*", help="more options for dagd run, behind --")
    options = parser.parse_args()
    if not options.dagd:
        parser.error("--dagd PROGRAM is needed")
    kinds = [
        (name, exact)
        for name, shape in SHAPES.items()
        for exact in (True, False)
        if (shape.may_be_exact or not exact) and options.shape in (None, name)
    ]
    started = time.monotonic()
    kills = bad = rounds = 0
    each = max(1, min(10, options.kills // len(kinds)))
    while kills < options.kills and time.monotonic() - started < options.seconds:
        name, exact = kinds[rounds % len(kinds)]
        count = min(each, options.kills - kills)
        bad += not run_round(options, name, exact, count, options.seed * 1000 + rounds)
        rounds += 1
        kills += count
    print(
        "%d kills of %d in %d s: %d passed, %d failed"
        % (kills, options.kills, time.monotonic() - started, rounds - bad, bad)
    )
    print("%d passed, %d failed" % (rounds - bad, bad))
    return 0 if bad == 0 and kills == options.kills else 1


if __name__ == "__main__":
    sys.exit(main())
