"""Kills the server while it loads a folder for the first time: all of it is there afterwards.

usage: kill_first_load.py DAGD [--files N] [--rounds N] [--seed N]

A round has files of new DAGs, and some SIGKILLs at random instants of the first start, which begins
again each time. Then each DAG is there, with one revision that holds what its file does, and
nothing else is; a second start finds the same.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
import serving  # pylint: disable=wrong-import-position
from serving import Client, Serve, adder  # pylint: disable=wrong-import-position

PAGE = 200
KILLS = 3  # of each round
LONGEST_S = 0.5


class Patient(Client):
    """Waits where the server asks for it: a user has 50 requests a second."""

    def call(self, *arguments, **headers):
        while (reply := super().call(*arguments, **headers)).status == 429:
            time.sleep(int(reply.headers["retry-after"]))
        return reply


def names_of(api):
    names, path = [], f"/dags?limit={PAGE}"
    while True:
        page = api.get(path).json
        names += [dag["name"] for dag in page["items"]]
        if not page.get("next_cursor"):
            return names
        path = f"/dags?limit={PAGE}&cursor={page['next_cursor']}"


def check(serve, files, rng):
    """All names; of some of them the rest as well."""
    api = Patient(serve.port, serve.secret)
    serve.clients.append(api)
    names = names_of(api)
    assert sorted(names) == sorted(files), (len(names), len(files))
    for name in rng.sample(sorted(files), min(20, len(files))):
        assert api.get(f"/dags/{name}").json == files[name], name
        revisions = [(item["revision"], item["user"])
                     for item in api.get(f"/dags/{name}/revisions").json["items"]]
        assert revisions == [("1", "file")], (name, revisions)
    left = list((serve.root / "data").rglob("*.tmp"))
    assert not left, left


def start_and_kill(serve, delay_s):
    """True: it was killed before it was ready."""
    with subprocess.Popen(
            [serving.DAGD, "serve", "--dags", serve.root / "dags", "--data", serve.root / "data",
             "--file-root", serve.root / "files", "--listen", "127.0.0.1:0", "--log-level",
             "error"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        time.sleep(delay_s)  # the instant is what the test is about
        process.kill()
        return "ready:" not in process.stdout.read()


def write_files(serve, number, count):
    files = {}
    for i in range(count):
        name = f"r{number}d{i}"
        files[name] = adder(name, name)
        (serve.root / "dags" / f"{name}.json").write_text(json.dumps(files[name]))
    return files


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dagd")
    parser.add_argument("--files", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    serving.DAGD = options.dagd
    rng = random.Random(options.seed)
    cut_off = 0
    with Serve("--log-level", "error") as serve:
        files = {}
        for number in range(options.rounds):
            assert serve.stop() == 0
            files |= write_files(serve, number, options.files)
            for _ in range(KILLS):
                cut_off += start_and_kill(serve, rng.random() * LONGEST_S)
            serve.start()
            check(serve, files, rng)
        serve.restart()
        check(serve, files, rng)
        assert serve.stop() == 0
    print(f"{KILLS * options.rounds} kills, seed {options.seed}, {cut_off} of them before the "
          f"server was ready: {len(files)} DAGs are all there")
    assert cut_off > 0
    return 0


sys.exit(main())
