"""`dagd ctl` against a real server: every subcommand, roles, failures, TLS, and a terminal.

usage: test_ctl.py DAGD
"""
import fcntl
import http.server
import json
import os
import pathlib
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
import unittest

import serving
from populated import relay
from serving import DEADLINE_S, PASSWORD, Serve, adder, wait_for

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "publish"))
from receiver import Receiver  # pylint: disable=wrong-import-position

# Each subcommand, with arguments that are complete.
EVERY = {
    "apply": ["FILE", "--yes"], "audit": [], "clone": ["one", "--name", "two"],
    "cycle": ["one", "1"], "diff": ["FILE"], "dlq": ["ls", "one"], "drain": ["--yes"],
    "errors": ["one", "add"], "log-level": [], "logs": [], "ls": [],
    "publish": ["one", "in", "{}", "--retry-for", "0"], "restart": ["one"], "resume": ["one"],
    "revisions": ["one"], "rm": ["one", "--yes"], "rollback": ["one", "1", "--yes"],
    "runs": ["one"], "server": [], "show": ["one"], "start": ["one"], "step": ["one", "in", "{}"],
    "stop": ["one"], "suspend": ["one"], "tap": ["one", "add"], "top": ["--once"], "why": ["one"],
}


def clean_environment():
    return {name: value for name, value in os.environ.items()
            if not name.startswith("DAGD_") and name not in ("http_proxy", "NO_COLOR")}


class Base(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.serve = self.enterContext(Serve())
        self.url = f"http://127.0.0.1:{self.serve.port}"
        self.token = self.serve.secret

    def environment(self, **changes):
        return {**clean_environment(), "DAGD_URL": self.url, "DAGD_TOKEN": self.token, **changes}

    def begin(self, *arguments, **options):
        """Starts it; the caller waits."""
        process = subprocess.Popen([serving.DAGD, "ctl", *map(str, arguments)], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment(), **options)
        self.addCleanup(process.__exit__, None, None, None)
        self.addCleanup(process.kill)
        return process

    def ctl(self, *arguments, code=0, given="", **changes):
        """Runs it to its end; returns what it wrote to standard output."""
        result = subprocess.run([serving.DAGD, "ctl", *map(str, arguments)], text=True, input=given,
                                capture_output=True, timeout=DEADLINE_S * 2, check=False,
                                env=self.environment(**changes))
        self.assertEqual(result.returncode, code, result)
        self.assertNotIn("\033", result.stdout + result.stderr, "colour without a terminal")
        self.errors = result.stderr
        return result.stdout

    def write(self, dag):
        path = self.serve.root / f"{dag['name']}.json"
        path.write_text(json.dumps(dag, indent=1))
        return path

    def to_file(self, name, **more):
        dag = adder(name, name, more)
        dag["publishers"][0]["config"] = {"destination": f"file://{name}.jsonl"}
        return dag

    def start(self, name, **more):
        path = self.write(self.to_file(name, **more))
        self.ctl("apply", path, "--yes", "--start")
        self.ctl("start", name, "--wait")
        return path

    def written(self, name):
        path = self.serve.root / "files" / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class Subcommands(Base):
    def test_definitions_are_planned_applied_and_rolled_back(self):
        dag = self.to_file("prices")
        path = self.write(dag)
        self.assertIn("prices: new", self.ctl("apply", path, "--dry-run"))
        self.assertEqual(self.ctl("ls", "--json"), '{"items":[],"next_cursor":null,"total":0}\n')
        self.ctl("apply", path, code=2)
        self.assertIn("--yes", self.errors)
        self.assertIn("revision 1", self.ctl("apply", path, "--yes"))
        self.assertIn("unchanged", self.ctl("apply", path, "--yes"))
        self.assertEqual(json.loads(self.ctl("show", "prices", "--definition")), dag)

        dag["memory_limit"] = "64MiB"
        self.write(dag)
        self.assertIn('+ "memory_limit": "64MiB"', self.ctl("diff", path))
        self.ctl("diff", path, "--exit-code", code=3)
        self.assertRegex(self.ctl("apply", path, "--yes"), r"keep +node +add")
        self.ctl("diff", path, "--exit-code")
        self.assertRegex(self.ctl("revisions", "prices"), r"(?s)\n +2 .*\n +1 ")
        self.assertIn("memory_limit", self.ctl("revisions", "prices", "2"))
        self.assertEqual(json.loads(self.ctl("revisions", "prices", "2", "--definition")), dag)
        self.assertIn("revision 3",
                      self.ctl("rollback", "prices", "1", "--yes", "--comment", "why"))
        self.assertIn("why", self.ctl("revisions", "prices"))
        self.ctl("rollback", "prices", "first", "--yes", code=2)
        self.ctl("rollback", "prices", "99", "--yes", code=1)
        self.assertIn("prices: removed", self.ctl("rm", "prices", "--yes"))
        self.ctl("rm", "prices", "--yes", code=1)
        self.assertIn("dag_not_found", self.errors)

    def test_what_is_wrong_with_a_definition_is_told_with_its_place(self):
        dag = self.to_file("wrong")
        dag["nodes"][0]["subscriber"] = "inn"
        self.ctl("apply", self.write(dag), "--yes", code=1)
        self.assertRegex(self.errors, r"\(invalid_definition, status 422, request \w+\)")
        self.assertRegex(self.errors, r"/nodes/0\S* line \d+:\d+: .*inn")
        path = self.serve.root / "broken.json"
        path.write_text('{"name": "broken",\n "nodes": [}')
        self.ctl("apply", path, "--yes", code=1)
        self.assertIn("broken.json: line 2, column 12", self.errors)
        self.ctl("diff", self.serve.root / "nothing.json", code=6)

    def test_a_life_from_start_to_stop(self):
        self.start("life")
        self.assertEqual(self.ctl("suspend", "life", "--wait"),
                         "life: suspended, suspended by root\n")
        self.assertEqual(self.ctl("resume", "life", "--wait"), "life: running\n")
        self.assertEqual(self.ctl("restart", "life", "--wait=20s"), "life: running\n")
        self.ctl("stop", "life", "--now", "--timeout", "3s", code=2)
        self.assertIn("life: stopped", self.ctl("stop", "life", "--now", "--wait"))
        self.start("live")
        stopped = self.ctl("stop", "li*", "--timeout", "10s", "--wait", "--json").splitlines()
        states = {row["name"]: row["state"] for row in map(json.loads, stopped)}
        self.assertEqual(states, {"life": "stopped", "live": "stopped"})
        self.assertEqual(self.ctl("start", "life", "live", "--wait"),
                         "life: running\nlive: running\n")
        self.ctl("start", "no*", code=1)
        self.assertIn("no DAG matches 'no*'", self.errors)
        self.ctl("start", "life", "nosuch", code=1)
        self.assertIn("dag_not_found", self.errors)

    def test_what_does_not_get_there_is_told(self):
        dag = self.to_file("absent")
        dag.update(start_time="0000", end_time="2359",
                   schedule={"holiday_calendars": ["absent.json"]})
        self.ctl("apply", self.write(dag), "--yes")
        self.ctl("start", "absent", "--wait=2s", code=1)
        self.assertIn("dagd ctl why absent", self.errors)
        self.assertIn("->", self.ctl("why", "absent"))
        self.ctl("why", "absent", "--exit-code", code=3)

    def test_lists_and_details(self):
        self.start("shown")
        self.assertRegex(self.ctl("ls"), r"(?m)^DAG +STATE .*\nshown +running ")
        self.assertRegex(self.ctl("ls", "sho", "--state", "running", "--sort", "-name"), "shown")
        self.ctl("ls", "other")
        self.assertIn("no such DAG", self.errors)
        self.assertEqual(json.loads(self.ctl("ls", "--json"))["items"][0]["name"], "shown")
        text = self.ctl("show", "shown")
        self.assertRegex(text, r"^shown is running\n")
        self.assertRegex(text, r"(?m)^in +InMemoryDataSubscriber +mem://queue/shown_in ")
        self.assertRegex(text, r"(?m)^add +CalculationNode .* read$")
        self.assertIn("calculator", self.ctl("show", "shown", "add"))
        self.assertEqual(json.loads(self.ctl("show", "shown", "--json"))["name"], "shown")
        self.ctl("show", "shown", "nosuch", code=1)
        self.assertIn("never", self.ctl("runs", "shown", "--count", "3"))
        self.ctl("runs", "shown", "--count", "0", code=2)
        self.ctl("errors", "shown", "add")
        self.ctl("errors", "shown", "add", "--clear")
        self.assertRegex(self.ctl("server"), r"(?s)dagd .*ready: yes.*audit +yes")
        self.ctl("server", "--exit-code")
        self.assertEqual(self.ctl("log-level"), "info\n")
        self.assertEqual(self.ctl("log-level", "warning"), "warning\n")
        self.ctl("log-level", "loud", code=2)
        self.assertIn("putLogLevels", self.ctl("audit", "--count", "5", "--who", "root"))
        self.ctl("cycle", "shown", "1", code=1)
        self.assertIn("no_journal", self.errors)

    def test_a_long_list_comes_whole(self):
        for i in range(3):
            self.ctl("apply", self.write(self.to_file(f"d{i}")), "--yes")
        whole = json.loads(self.ctl("ls", "--json"))
        self.assertEqual((len(whole["items"]), whole["total"]), (3, 3))

    def test_a_clone_has_its_own_window_and_keys(self):
        self.ctl("apply", self.write(self.to_file("first")), "--yes")
        said = self.ctl("clone", "first", "--name", "second", "--window", "0900-1730", "--set",
                        "in.max_depth=500", "--dry-run")
        self.assertIn("would make 'second'", said)
        self.assertEqual(json.loads(self.ctl("ls", "--json"))["total"], 1)
        self.ctl("clone", "first", "--name", "second", "--window", "0900-1730", "--set",
                 "in.max_depth=500", "--set", 'out.destination="file://second.jsonl"', "--start")
        clone = json.loads(self.ctl("show", "second", "--definition"))
        self.assertEqual((clone["start_time"], clone["end_time"]), ("0900", "1730"))
        self.assertEqual(clone["subscribers"][0]["config"]["max_depth"], 500)
        self.ctl("clone", "first", "--window", "early", code=2)
        self.ctl("clone", "first", "--set", "nothing", code=2)
        self.ctl("clone", "first", "--set", "in.max_deep=1", code=1)

    def test_step_shows_every_node_and_publishes_nothing(self):
        self.start("steps")
        self.assertRegex(self.ctl("step", "steps", "in", '{"a":1,"b":2}'),
                         r'(?s)add CalculationNode\n  in +\{.*out +\{"sum":3\}.*out would get\n')
        path = self.serve.root / "message.json"
        path.write_text('{"a":2,"b":2}')
        step = json.loads(self.ctl("step", "steps", "in", f"@{path}", "--json"))
        self.assertEqual(step["publishers"][0]["messages"], [{"sum": 4}])
        self.assertIn('"sum":5', self.ctl("step", "steps", "in", given='{"a":1,"b":4}'))
        self.assertEqual(self.written("steps"), [])

    def test_dead_letters(self):
        self.start("letters")
        self.ctl("dlq", "ls", "letters")
        self.ctl("publish", "letters", "in", "[1]")
        listed = wait_for(lambda: json.loads(self.ctl("dlq", "ls", "letters", "--json"))["items"],
                          "a dead letter")
        number = listed[0]["id"]
        self.assertIn(number, self.ctl("dlq", "ls", "letters", number))
        self.assertEqual(json.loads(self.ctl("dlq", "show", "letters", number))["id"], number)
        self.ctl("dlq", "show", "letters", "99999", code=1)
        self.ctl("dlq", "redrive", "letters", code=2)
        self.ctl("dlq", "burn", "letters", code=2)
        self.ctl("dlq", "redrive", "letters", number, code=1)  # it isn't a message as it came in
        self.assertIn("cannot_redrive", self.errors)
        self.ctl("dlq", "discard", "letters", "--all", code=2)
        self.assertIn("1 dead letters discarded",
                      self.ctl("dlq", "discard", "letters", "--all", "--yes"))
        self.assertIn("0 dead letters fed in again", self.ctl("dlq", "redrive", "letters", "--all"))

    def test_dead_letters_get_there_once_their_sink_is_mended(self):
        with Receiver(refuses=lambda message: message["n"] < 3) as receiver:
            self.ctl("apply", self.write(relay("mended", receiver.url)), "--yes", "--start")
            self.ctl("start", "mended", "--wait")
            self.ctl("publish", "mended", "in", given="".join(f'{{"n":{n}}}\n' for n in range(5)))
            letters = wait_for(lambda: self.listed_letters("mended", 3), "three dead letters")
            receiver.refuses = lambda message: False
            self.assertIn("1 dead letters fed in again",
                          self.ctl("dlq", "redrive", "mended", letters[0]["id"]))
            self.assertIn("2 dead letters fed in again",
                          self.ctl("dlq", "redrive", "mended", "--all"))
            self.assertEqual(sorted(message["n"] for message in receiver.accepted),
                             list(range(5)))
            self.assertEqual(self.listed_letters("mended", 0), [])

    def listed_letters(self, dag, count):
        """Those that wait; None while there are not so many."""
        items = json.loads(self.ctl("dlq", "ls", dag, "--json"))["items"]
        return items if len(items) == count else None

    def test_a_drain_waits_for_all(self):
        self.start("drained")
        self.assertEqual(self.ctl("drain", "--yes", "--wait"), "drained\n")
        self.ctl("start", "drained", code=1)
        self.assertIn("(draining,", self.errors)


class Messages(Base):
    def test_messages_come_from_arguments_files_and_pipes(self):
        self.start("sums")
        self.assertEqual(self.ctl("publish", "sums", "in", '{"a":1,"b":0}'),
                         "1 message accepted, in the server's memory only, as this DAG promises\n")
        path = self.serve.root / "in.jsonl"
        path.write_text("".join(f'{{"a":{i},"b":0}}\n' for i in range(2, 2502)))
        self.assertIn("2500 messages", self.ctl("publish", "sums", "in", "--file", path))
        said = self.ctl("publish", "sums", "in", "-", "--json", "--batch", "2",
                        given='\n\n{"a":2502,"b":0}\n\n{"a":2503,"b":0}')
        self.assertEqual([json.loads(line)["accepted"] for line in said.splitlines()], [1, 1])
        wait_for(lambda: len(self.written("sums")) == 2503, "all messages")
        self.assertEqual([row["sum"] for row in self.written("sums")], list(range(1, 2504)))
        self.ctl("publish", "sums", "in", "{}", "--file", path, code=2)
        self.ctl("publish", "sums", "in", "--file", "/nonexistent", code=6)
        self.ctl("publish", "sums", "nosuch", "{}", code=1)

    def test_a_pipe_is_sent_as_it_comes(self):
        self.start("pipe")
        process = self.begin("publish", "pipe", "in", stdin=subprocess.PIPE)
        for i in range(3):
            process.stdin.write(f'{{"a":{i},"b":0}}\n')
            process.stdin.flush()
            wait_for(lambda: len(self.written("pipe")) == i + 1, f"message {i}")
        process.stdin.close()
        self.assertEqual(process.wait(DEADLINE_S), 0)

    def test_a_refused_line_is_named_and_where_to_go_on(self):
        self.start("lines")
        self.ctl("publish", "lines", "in", code=1, given='{"a":1,"b":1}\n\n{"a":\n{"a":2,"b":2}\n')
        self.assertIn('line 3 of the input is refused (bad_message): {"a":', self.errors)
        self.assertIn("1 messages were accepted; go on behind line 2", self.errors)
        self.assertIn("2 messages accepted", self.ctl(
            "publish", "lines", "in", "--keep-going", code=3,
            given='nothing\n{"a":3,"b":3}\n{]\n{"a":4,"b":4}\n'))
        self.assertIn("2 lines were refused", self.errors)
        wait_for(lambda: [row["sum"] for row in self.written("lines")] == [2, 6, 8], "the rest")

    def test_no_room_is_waited_for_and_only_the_rest_is_sent_again(self):
        full = {"status": 429, "code": "queue_full", "detail": "no room", "request_id": "r"}
        stub = self.enterContext(Stub([
            (429, {**full, "accepted": 0, "line": 1}), (429, {**full, "accepted": 2, "line": 3}),
            (202, {"accepted": 2, "is_safe": True, "sequence": "4"})]))
        lines = [f'{{"a":{i}}}\n' for i in range(4)]
        self.assertEqual(self.ctl("publish", "full", "in", given="".join(lines),
                                  DAGD_URL=f"http://127.0.0.1:{stub.port}"),
                         "4 messages accepted\n")
        keys, bodies = zip(*stub.requests)
        self.assertEqual(list(bodies), ["".join(lines)] * 2 + ["".join(lines[2:])])
        self.assertEqual(keys[0], keys[1], "the same batch has the same key")
        self.assertNotEqual(keys[1], keys[2], "what is left has another")

        stub.replies = [(429, {**full, "accepted": 1, "line": 2})] + [
            (429, {**full, "accepted": 0, "line": 1})] * 9
        self.ctl("publish", "full", "in", "--retry-for", "1500ms", given="".join(lines), code=6,
                 DAGD_URL=f"http://127.0.0.1:{stub.port}")
        self.assertIn("go on behind line 1: tail -n +2", self.errors)

    def test_a_reply_that_got_lost_makes_no_message_come_twice(self):
        self.start("lost")
        relay = self.enterContext(Relay(self.serve.port))
        self.assertIn("3 messages", self.ctl(
            "publish", "lost", "in", DAGD_URL=f"http://127.0.0.1:{relay.port}",
            given="".join(f'{{"a":{i},"b":0}}\n' for i in range(3))))
        self.assertEqual(relay.lost, 1)
        self.ctl("publish", "lost", "in", '{"a":9,"b":0}')
        wait_for(lambda: [row["sum"] for row in self.written("lost")] == [0, 1, 2, 9], "four sums")

    def test_a_tap_ends_at_its_bound_or_by_a_signal(self):
        self.start("tapped")
        process = self.begin("tap", "tapped", "add", "--max", "2", "--rate", "100", "--json")

        def publish_and_look():
            self.ctl("publish", "tapped", "in", '{"a":1,"b":2}')
            return process.poll() is not None
        wait_for(publish_and_look, "the tap to end")
        rows = [json.loads(line) for line in process.stdout]
        self.assertEqual([row["message"] for row in rows], [{"sum": 3}] * 2)
        self.assertEqual(process.returncode, 0, process.stderr.read())

        process = self.begin("tap", "tapped", "add", "--side", "in", "--rate", "100")
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(process.stdout))
        reader.start()

        def publish_and_read():
            self.ctl("publish", "tapped", "in", '{"a":1,"b":2}')
            return lines
        wait_for(publish_and_read, "a line")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(DEADLINE_S), 0)
        reader.join()
        self.assertRegex(lines[0], r'^\d{4}-\S+Z  \d+  \{"a":1,"b":2\}\n$')
        self.ctl("tap", "tapped", "nosuch", code=1)
        self.ctl("tap", "tapped", "add", "--side", "up", code=2)

    def test_the_log_is_followed(self):
        process = self.begin("logs", "--json")
        reader = []
        thread = threading.Thread(target=lambda: reader.extend(process.stdout))
        thread.start()

        def look():
            self.ctl("log-level", "info")
            return any("log-levels" in json.loads(line)["message"] for line in reader)
        wait_for(look, "a line of the log")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(DEADLINE_S), 0)
        thread.join()


class Stub:
    """A server that answers as it is told, and keeps the keys and bodies of what it was asked."""

    def __init__(self, replies):
        stub, self.replies, self.requests = self, list(replies), []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                stub.requests.append((self.headers["Idempotency-Key"], body))
                status, reply = stub.replies.pop(0)
                text = json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                if status == 429:
                    self.send_header("Retry-After", "1")
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Relay:
    """Passes connections on, but of the first publishing it keeps the reply back and hangs up."""

    def __init__(self, port):
        self.target, self.lost = port, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            with near, socket.create_connection(("127.0.0.1", self.target)) as far:
                self.relay(near, far)

    def relay(self, near, far):
        while True:
            for ready in select.select([near, far], [], [])[0]:
                data = ready.recv(65536)
                if ready is far and data.startswith(b"HTTP/1.1 202") and not self.lost:
                    self.lost += 1
                    return
                if not data:
                    return
                (far if ready is near else near).sendall(data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Refusals(Base):
    def arguments(self, name):
        path = self.serve.root / "one.json"
        return [name, *(str(path) if word == "FILE" else word for word in EVERY[name])]

    def test_every_subcommand_is_tried_here(self):
        names = re.findall(r"(?m)^  ([a-z-]+) ", self.ctl("--help"))
        self.assertEqual(sorted(names), sorted(EVERY))
        for name in names:
            self.assertIn(f"usage: dagd ctl {name}", self.ctl(name, "--help"))

    def try_wrong_tokens(self, names):
        """Of fewer subcommands than an address has wrong credentials free (20)."""
        self.write(self.to_file("one"))
        for name in names:
            with self.subTest(name):
                self.ctl(*self.arguments(name), code=1, DAGD_TOKEN="wrong")
                self.assertIn("bad_token, status 401", self.errors)
                self.assertIn("--token-file", self.errors)

    def test_a_wrong_token_is_told(self):
        self.try_wrong_tokens(sorted(EVERY)[::2])
        self.ctl("ls", code=1, DAGD_TOKEN="")
        self.assertIn("not_signed_in", self.errors)
        problem = json.loads(self.ctl("ls", "--json", code=1, DAGD_TOKEN="x"))
        self.assertEqual(problem["status"], 401)

    def test_a_wrong_token_is_told_by_the_other_half(self):
        self.try_wrong_tokens(sorted(EVERY)[1::2])

    def test_a_server_that_is_down_is_told(self):
        self.write(self.to_file("one"))
        self.serve.stop()
        for name in EVERY:
            if name == "logs" or name == "tap":
                continue  # they try again for half a minute
            with self.subTest(name):
                self.ctl(*self.arguments(name), code=6)
                self.assertIn(f"no answer from {self.url}", self.errors)
                self.assertIn("dagd serve", self.errors)

    def test_a_viewer_with_a_scope_sees_its_dags_and_changes_nothing(self):
        self.start("mine")
        self.start("other")
        self.token = self.serve.token("view", role="viewer", scope="min*")
        self.assertEqual([dag["name"] for dag in json.loads(self.ctl("ls", "--json"))["items"]],
                         ["mine"])
        for look in (["show", "mine"], ["why", "mine"], ["runs", "mine"], ["revisions", "mine"],
                     ["top", "mine", "--once"], ["server"], ["errors", "mine", "add"]):
            self.ctl(*look)
        self.assertNotIn("other", self.ctl("top", "--once"))
        for change in (["stop", "mine"], ["publish", "mine", "in", "{}"], ["tap", "mine", "add"],
                       ["rm", "mine", "--yes"], ["step", "mine", "in", "{}"],
                       ["apply", self.serve.root / "mine.json", "--yes"], ["dlq", "ls", "mine"]):
            if change[0] == "apply":
                (self.serve.root / "mine.json").write_text(json.dumps(
                    {**self.to_file("mine"), "memory_limit": "64MiB"}))
            self.ctl(*change, code=1)
            self.assertIn("role_too_low, status 403", self.errors)
        for look in (["show", "other"], ["start", "other"], ["top", "other", "--once"]):
            self.ctl(*look, code=1)

    def test_the_command_line_is_read_with_care(self):
        self.ctl("strat", "one", code=2)
        self.assertIn("did you mean 'start'?", self.errors)
        self.ctl("ls", "--token", "secret", code=2)
        self.assertIn("did you mean '--token-file'?", self.errors)
        self.assertNotIn("secret", self.errors)
        self.ctl("ls", "--stat=running", code=2)
        self.ctl("show", code=2)
        self.ctl("show", "a", "b", "c", code=2)
        self.assertIn("unexpected argument 'c'", self.errors)
        self.ctl(code=2)
        self.ctl("--json", "--url", self.url, "ls", DAGD_URL="")
        self.ctl("ls", code=2, DAGD_URL="ftp://127.0.0.1/")
        self.ctl("ls", code=2, DAGD_URL="http://root:x@127.0.0.1/")
        self.ctl("ls", code=2, DAGD_URL="http://192.0.2.1:5000")
        self.assertIn("in the clear", self.errors)
        self.ctl("ls", code=2, DAGD_TOKEN="a\nb: c")

    def test_the_token_may_be_in_a_file(self):
        path = self.serve.root / "token"
        path.write_text(self.token + "\n")
        self.ctl("ls", "--token-file", path, DAGD_TOKEN="wrong")
        self.ctl("ls", "--token-file", self.serve.root / "none", code=6)
        help_text = subprocess.run([serving.DAGD, "help", "ctl", "tap"], text=True, check=True,
                                   capture_output=True).stdout
        self.assertIn("--side in|out", help_text)

    def test_a_locked_folder_names_what_the_server_can_do(self):
        for command, wanted in ((["dlq", "discard", "one", "1"], "dagd ctl dlq discard one"),
                                (["run", self.write(self.to_file("one"))], "dagd ctl apply")):
            if command[0] == "dlq":
                self.start("one")
            result = subprocess.run([serving.DAGD, *command, "--data", self.serve.root / "data"],
                                    text=True, capture_output=True, check=False, timeout=DEADLINE_S)
            self.assertEqual(result.returncode, 5, result)
            self.assertIn(wanted, result.stderr)


class Terminal(Base):
    def begin_in_terminal(self, *arguments):
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(serving.DAGD, [serving.DAGD, "ctl", *map(str, arguments)],
                      self.environment(TERM="xterm"))
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 90, 0, 0))
        self.addCleanup(os.close, terminal)
        self.shown = ""
        return pid, terminal

    def read_until(self, terminal, wanted):
        """Reads what is shown until it has `wanted`, a pattern; gives all since the last call."""
        until = time.monotonic() + DEADLINE_S
        self.shown = ""
        while not re.search(wanted, self.shown):
            self.assertLess(time.monotonic(), until, f"no {wanted!r} in {self.shown!r}")
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    self.shown += os.read(terminal, 65536).decode(errors="replace")
                except OSError:
                    self.fail(f"it ended before {wanted!r}: {self.shown!r}")
        return self.shown

    def end_of(self, pid, terminal):
        """Its exit code; what it wrote last is added to what was shown."""
        while True:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            self.shown += data.decode(errors="replace")
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def test_top_redraws_sorts_and_gives_the_terminal_back(self):
        self.start("alpha")
        self.start("beta")
        pid, terminal = self.begin_in_terminal("top")
        shown = self.read_until(terminal, r"alpha(?s:.*)beta(?s:.*)by DAG")
        self.assertIn("\033[?1049h", shown)
        self.assertIn("2 DAGs", shown)
        self.assertFalse(termios.tcgetattr(terminal)[3] & termios.ECHO)
        os.write(terminal, b"r")
        self.read_until(terminal, r"beta(?s:.*)alpha(?s:.*)by DAG reversed")
        os.write(terminal, b"e")
        self.read_until(terminal, "by ERRORS")
        os.write(terminal, b"s\033[B\033[A")
        self.read_until(terminal, "by IN ")
        self.ctl("publish", "alpha", "in", given='{"a":1,"b":2}\n' * 50)
        self.read_until(terminal, r"alpha[^\n]*\b50\b")
        os.write(terminal, b"q")
        self.assertEqual(self.end_of(pid, terminal), 0)
        self.assertIn("\033[?1049l", self.shown)

    def test_top_of_one_dag_shows_its_nodes_until_a_signal(self):
        self.start("nodes")
        pid, terminal = self.begin_in_terminal("top", "nodes", "--sort", "count")
        self.read_until(terminal, r"nodes: [^\n]*running(?s:.*)read(?s:.*)by COUNT")
        os.kill(pid, signal.SIGTERM)
        self.assertEqual(self.end_of(pid, terminal), 0)
        self.assertIn("\033[?25h", self.shown)

    def test_top_comes_back_when_the_server_does(self):
        self.start("again")
        pid, terminal = self.begin_in_terminal("top")
        self.read_until(terminal, "by DAG")
        port = self.serve.port
        self.assertEqual(self.serve.stop(), 0)
        self.read_until(terminal, "trying again")
        self.serve.arguments = ("--listen", f"127.0.0.1:{port}")
        self.serve.start()
        self.read_until(terminal, "by DAG")
        os.write(terminal, b"\x03")
        self.assertEqual(self.end_of(pid, terminal), 0)

    def test_a_change_is_asked_for_and_a_faster_one_wins(self):
        dag = self.to_file("asked")
        path = self.start("asked")
        dag["memory_limit"] = "64MiB"
        self.write(dag)
        pid, terminal = self.begin_in_terminal("apply", path)
        self.assertIn("\033[32m+", self.read_until(terminal, r"apply 1 change\? \[y/N\]"))
        os.write(terminal, b"n\n")
        self.assertEqual(self.end_of(pid, terminal), 1)
        self.assertIn("nothing was changed", self.shown)

        pid, terminal = self.begin_in_terminal("apply", path)
        self.read_until(terminal, r"\[y/N\]")
        other = self.serve.admin.get("/dags/asked")
        reply = self.serve.admin.call("PUT", "/dags/asked", {**other.json, "memory_limit": "32MiB"},
                                      If_Match=other.etag)
        self.assertEqual(reply.status, 200, reply)
        os.write(terminal, b"y\n")
        self.assertEqual(self.end_of(pid, terminal), 1)
        self.assertIn("stale_revision", self.shown)
        self.assertIn("32MiB", self.ctl("show", "asked", "--definition"))


class Tls(unittest.TestCase):
    environment, ctl = Base.environment, Base.ctl

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True,
                       cwd=self.serve.root)

    def test_a_private_ca_is_trusted_when_it_is_named(self):
        self.serve = Serve()
        self.addCleanup(self.serve.__exit__)
        root = self.serve.root
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        self.openssl("req", "-x509", *key, "-days", "2", "-subj", "/CN=A private CA", "-keyout",
                     "ca.key", "-out", "ca.pem")
        self.openssl("req", "-new", *key, "-subj", "/CN=dagd", "-keyout", "key.pem", "-out",
                     "request.pem")
        (root / "names").write_text("subjectAltName=IP:127.0.0.1\n")
        self.openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key",
                     "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "cert.pem")
        data = str(root / "data")
        for arguments in (["user", "add", "root", "--role", "admin", "--password-stdin"],
                          ["token", "create", "root"]):
            made = subprocess.run([serving.DAGD, *arguments, "--data", data], text=True,
                                  input=PASSWORD + "\n", capture_output=True, check=True)
        self.token = made.stdout.strip()
        self.serve.arguments = ["--tls-cert", root / "cert.pem", "--tls-key", root / "key.pem"]
        self.serve.start()
        self.url = f"https://127.0.0.1:{self.serve.port}"
        self.ctl("ls", code=6)
        self.assertIn("--ca-file", self.errors)
        self.ctl("ls", "--ca-file", root / "ca.pem")
        self.ctl("top", "--once", DAGD_CA_FILE=str(root / "ca.pem"))
        self.ctl("ls", "--ca-file", root / "none.pem", code=6)


if __name__ == "__main__":
    serving.DAGD = os.path.realpath(sys.argv.pop(1))
    unittest.main(verbosity=2)
