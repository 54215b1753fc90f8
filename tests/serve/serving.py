"""A `dagd serve` of its own for each test, and clients of its REST API and its streams."""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time

# Under sanitizers everything takes longer: whoever runs the tests there sets the factor.
DEADLINE_S = 30 * int(os.environ.get("TESTS_PATIENCE", "1"))
DRAIN_TIMEOUT = 4  # dagd's exit code when some DAGs did not drain in time
SANITIZER = re.compile(r"(Address|Leak|Thread)Sanitizer|runtime error:")
PASSWORD = "correct horse battery 9"
DAGD = None  # set by main() of each test file


def wait_for(condition, what, deadline_s=DEADLINE_S):
    """Looks until `condition()` is true; returns what it gave."""
    until = time.monotonic() + deadline_s
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > until:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.01)


class Reply:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.text = response.read().decode()

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def etag(self):
        return self.headers["etag"]

    def __repr__(self):
        return f"<{self.status} {self.text[:600]}>"


class Client:
    """Calls the API in one connection, with an API token or a cookie."""

    def __init__(self, port, token=None, headers=None, source="127.0.0.1"):
        self.port, self.source = port, source
        self.headers = dict(headers or {})
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        self.connection = None

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S,
                                          source_address=(self.source, 0))

    def call(self, method, path, body=None, content_type="application/json", **headers):
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        own = dict(self.headers)
        if body is not None:
            own["Content-Type"] = content_type
        own.update({name.replace("_", "-"): value for name, value in headers.items()})
        if not self.connection:
            self.connection = self.connect()
        try:
            self.connection.request(method, "/api/v1" + path, body, own)
            return Reply(self.connection.getresponse())
        except (http.client.HTTPException, OSError):
            self.close()
            raise

    def get(self, path, **headers):
        return self.call("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.call("POST", path, body, **headers)

    def stream(self, path, **headers):
        return Stream(self, path, headers)

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


class Event:
    def __init__(self, kind, data, event_id):
        self.kind, self.data, self.id = kind, data, event_id

    def __repr__(self):
        return f"<{self.kind} {self.id} {self.data}>"


class Stream:
    """Server-sent events, one by one."""

    def __init__(self, client, path, headers):
        self.connection = client.connect()
        self.connection.request("GET", "/api/v1" + path, headers={
            **client.headers, **{name.replace("_", "-"): value for name, value in headers.items()}})
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.retry = self.last_id = None

    def next(self):
        """The next event; None at the end."""
        kind, data = None, ""
        while True:
            line = self.response.readline().decode()
            if not line:
                return None
            line = line.rstrip("\n")
            if not line:
                if kind:
                    return Event(kind, json.loads(data), self.last_id)
                continue
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                data += value
            elif name == "id":
                assert self.last_id is None or int(value) >= int(self.last_id), "ids must rise"
                self.last_id = value
            elif name == "retry":
                self.retry = int(value)

    def next_of(self, kind, condition=lambda data: True):
        """The next event of a kind for which the condition holds; others are passed over."""
        until = time.monotonic() + DEADLINE_S
        while time.monotonic() < until:
            event = self.next()
            assert event, f"the stream ended before '{kind}' came"
            if event.kind == kind and condition(event.data):
                return event
        raise AssertionError(f"no event '{kind}' came")

    def close(self):
        # at once, whatever is on its way
        if self.connection.sock:
            self.connection.sock.close()
        self.response.close()
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Serve:
    """The server on a folder that outlives it."""

    def __init__(self, *arguments):
        self.folder = tempfile.TemporaryDirectory(prefix="dagd-serve-")
        self.root = pathlib.Path(self.folder.name)
        for name in ("dags", "data", "files"):
            (self.root / name).mkdir()
        self.arguments = arguments
        self.process = self.admin = self.secret = None
        self.clients = []

    def start(self):
        self.log = open(self.root / "log", "ab")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [DAGD, "serve", "--dags", self.root / "dags", "--data", self.root / "data",
             "--file-root", self.root / "files", "--listen", "127.0.0.1:0",
             "--drain-timeout", "2s", *self.arguments],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        token = None
        while line := self.process.stdout.readline():
            if match := re.match(r"set up: \S+/setup#(\S+)", line):
                token = match.group(1)
            elif match := re.match(r"ready: \w+://[\w.]+:(\d+)/", line):
                self.port = int(match.group(1))
                break
        else:
            raise AssertionError("the server didn't start: " +
                                 (self.root / "log").read_text(errors="replace"))
        if token:
            self.set_up(token)
        self.admin = self.client(self.secret)
        return self

    def set_up(self, token):
        """Makes the first admin, and an API token for it."""
        reply = self.client().post("/setup", {"token": token, "name": "root",
                                              "password": PASSWORD})
        assert reply.status == 201, reply
        self.browser = self.signed_in(reply)
        self.secret = self.token("tests")

    def signed_in(self, reply):
        """A client with the cookie that a reply has set."""
        cookie = reply.headers["set-cookie"].split(";")[0]
        client = self.client(headers={"Cookie": cookie, "Sec-Fetch-Site": "same-origin"})
        client.headers["X-CSRF-Token"] = client.get("/me").json["csrf_token"]
        return client

    def token(self, name, role="admin", scope="", by=None):
        """The secret of a new API token of the first admin, or of a signed-in client."""
        reply = (by or self.browser).post("/me/tokens", {"name": name, "role": role,
                                                         "scope": scope})
        assert reply.status == 201, reply
        return reply.json["secret"]

    def client(self, token=None, **options):
        client = Client(self.port, token, **options)
        self.clients.append(client)
        return client

    def stop(self, deadline_s=DEADLINE_S):
        """Ends it by a signal; returns its exit code."""
        for client in self.clients:
            client.close()
        self.clients = []
        if not self.process:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(deadline_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process.stdout.close()
            self.log.close()
            self.process = None
        return code

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()
        self.process = None

    def restart(self):
        assert self.stop() == 0, (self.root / "log").read_text(errors="replace")
        return self.start()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind=None, *_):
        """It must end well, too: only then do sanitizers tell what they found."""
        try:
            if not self.process:
                return
            code = self.stop()
            log = (self.root / "log").read_text(errors="replace")
            if not kind and (code not in (0, DRAIN_TIMEOUT) or SANITIZER.search(log)):
                raise AssertionError(f"the server ended with {code}: {log[-20000:]}")
        finally:
            self.folder.cleanup()


def adder(name, queue, more=None, **config):
    """A DAG that adds `a` and `b` of what comes into mem://queue/QUEUE_in."""
    return {
        "name": name, **config,
        "subscribers": [{"name": "in", "config": {"source": f"mem://queue/{queue}_in",
                                                  **(more or {})}}],
        "publishers": [{"name": "out", "config": {"destination": f"mem://queue/{queue}_out"}}],
        "calculators": [{"name": "sum", "type": "AdditionCalculator",
                         "config": {"arguments": ["a", "b"], "output_attribute": "sum"}}],
        "nodes": [{"name": "read", "type": "SubscriptionNode", "subscriber": "in"},
                  {"name": "add", "type": "CalculationNode", "calculator": "sum"},
                  {"name": "send", "type": "PublicationNode", "publishers": ["out"]}],
        "edges": [{"from_node": "read", "to_node": "add"}, {"from_node": "add", "to_node": "send"}],
    }


def linger(sock):
    """A socket that takes hardly anything, so that the other side has to keep it."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
