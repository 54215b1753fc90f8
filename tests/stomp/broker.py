"""A real ActiveMQ of the tests' own, and DAGs that use it."""
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import time

SERVICE = pathlib.Path(__file__).parent.parent / "services" / "activemq.sh"
DEADLINE_S = 60 * float(os.environ.get("TESTS_PATIENCE", "1"))


def is_installed():
    return os.path.exists("/usr/share/activemq/bin/activemq.jar")


def free_ports():
    """Two that follow each other."""
    for _ in range(100):
        port = random.randrange(20000, 32000)
        try:
            for number in (port, port + 1):
                with socket.create_server(("127.0.0.1", number)):
                    pass
        except OSError:
            continue
        return port
    raise RuntimeError("no free port was found")


def eventually(holds, what, seconds=DEADLINE_S):
    end = time.monotonic() + seconds
    while not (result := holds()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.02)
    return result


class Broker:
    def __init__(self, folder, **settings):
        self.folder = pathlib.Path(folder)
        self.port = free_ports()
        self.environment = {**os.environ, **settings}

    def call(self, *arguments):
        done = subprocess.run([SERVICE, *map(str, arguments)], text=True, capture_output=True,
                              env=self.environment, timeout=150)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)

    def start(self):
        self.call("start", self.folder, self.port)
        return self

    def stop(self):
        self.call("stop", self.folder)

    def kill(self):
        self.call("kill", self.folder)


class Dag:
    """`dagd run` of one DAG in a folder."""

    def __init__(self, program, folder, name, source, sink, **more):
        self.program, self.folder, self.name = program, pathlib.Path(folder), name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = None
        self.definition = {
            "name": name, "errors": "letters",
            "subscribers": [{"name": "in", "config": source}],
            "publishers": [
                {"name": "out", "config": {"retry_min": 0.02, "retry_max": 0.2, **sink}},
                {"name": "letters", "config": {"destination": f"file://{self.folder}/letters"}}],
            "nodes": [{"name": "take", "type": "SubscriptionNode", "subscriber": "in"},
                      {"name": "give", "type": "PublicationNode", "publishers": ["out"]}],
            "edges": [{"from_node": "take", "to_node": "give"}], **more}
        self.log = open(self.folder / "log", "ab")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def start(self, *arguments):
        path = self.folder / "dag.json"
        path.write_text(json.dumps(self.definition))
        self.process = subprocess.Popen([self.program, "run", path, *map(str, arguments)],
                                        stdout=self.log, stderr=self.log)
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Drains it."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_S)

    def wait(self):
        return self.process.wait(DEADLINE_S)

    def said(self, text):
        return text in (self.folder / "log").read_text(errors="replace")

    def lines(self, name="out.jsonl"):
        """The whole lines of an output."""
        try:
            text = (self.folder / name).read_text()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in text.split("\n")[:-1]]
