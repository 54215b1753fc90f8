"""What a careless or hostile client sends to `dagd serve`: refused, told of, and nobody held up.

usage: test_malformed.py DAGD
"""
import contextlib
import json
import pathlib
import re
import select
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import malformed  # pylint: disable=wrong-import-position
import serving  # pylint: disable=wrong-import-position
from serving import (  # pylint: disable=wrong-import-position
    DEADLINE_S, Serve, adder, linger, wait_for)

AT_ONCE_S = DEADLINE_S / 10  # how long an honest client may have to wait
GET, POST = b"/api/v1/dags", b"/api/v1/validate"
PER_ADDRESS, IN_ALL = 64, 1024
CLIENT_TIMEOUT_S = 10  # what the server allows for a head, a handshake, a pause in a body


def read_all(client):
    data = b""
    with contextlib.suppress(ConnectionError):
        while piece := client.recv(65536):
            data += piece
    return data


def statuses(reply):
    return [int(status) for status in re.findall(rb"^HTTP/1\.1 (\d+)", reply, re.M)]


class Wire(unittest.TestCase):
    arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.serve = Serve("--log-level", "debug", *cls.arguments).start()
        cls.addClassCleanup(cls.serve.__exit__)
        cls.credential = b"Authorization: Bearer %s\r\n" % cls.serve.secret.encode()

    def connect(self, source="127.0.0.1"):
        return socket.create_connection(("127.0.0.1", self.serve.port), DEADLINE_S, (source, 0))

    def send(self, data, source="127.0.0.1"):
        """One connection: sends, then reads to its end."""
        with self.connect(source) as client:
            with contextlib.suppress(ConnectionError):
                client.sendall(data)
            return read_all(client)

    def assert_others_go_on(self):
        start = time.monotonic()
        client = self.serve.client(self.serve.secret, source="127.0.0.99")
        self.assertEqual(client.get("/server").status, 200)
        client.close()
        self.assertLess(time.monotonic() - start, AT_ONCE_S)

    def metrics(self):
        with contextlib.closing(self.serve.client(source="127.0.0.98").connect()) as connection:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        return {name: float(value) for name, value in re.findall(
            r'^(dagd_http_[^ ]+) ([^ ]+)$', text, re.M)}

    def log(self):
        return (self.serve.root / "log").read_text(errors="replace")


class Malformed(Wire):
    def assert_refused(self, data, status):
        reply = self.send(data)
        self.assertEqual(statuses(reply), [status], reply)
        problem = json.loads(reply.split(b"\r\n\r\n", 1)[1])
        self.assertEqual(problem["status"], status)
        self.assertIn(b"Connection: close", reply)
        return problem

    def test_each_is_refused_counted_and_named_in_the_log(self):
        before = self.metrics()
        cases = malformed.malformed(GET, POST, self.credential)
        hidden = malformed.get(b"/api/v1/users", malformed.HOST + self.credential) + b"\r\n"
        for data in cases:
            with self.subTest(data=data[:200]):
                # what stands behind it is never taken for a request
                problem = self.assert_refused(data + hidden, 400)
                self.assertIn(problem["code"],
                              ("malformed_request", "malformed_body", "malformed_target"))
                self.assert_others_go_on()
        after = self.metrics()
        self.assertEqual(after["dagd_http_malformed_total"] - before["dagd_http_malformed_total"],
                         len(cases))
        self.assertNotIn("/api/v1/users", self.log())
        for code in ("malformed_request", "malformed_body", "malformed_target"):
            self.assertIn(f"127.0.0.1: refused with 400 {code}: ", self.log())

    def test_what_is_too_large_or_of_another_kind(self):
        before = self.metrics()['dagd_http_replies_total{class="4xx"}']
        cases = malformed.refused(GET, POST, self.credential)
        for status, data in cases:
            with self.subTest(data=data[:200]):
                problem = self.assert_refused(data, status)
                self.assertIn(f"refused with {status} {problem['code']}: ", self.log())
                self.assert_others_go_on()
        self.assertEqual(self.metrics()['dagd_http_replies_total{class="4xx"}'] - before,
                         sum(status < 500 for status, _ in cases))

    def test_a_body_by_chunks_that_grows_too_large(self):
        chunk = b"40000\r\n" + b" " * 0x40000 + b"\r\n"
        self.assert_refused(malformed.post(POST, self.credential) +
                            b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 17, 413)
        self.assert_others_go_on()

    def test_requests_behind_a_good_one_stop_at_the_bad_one(self):
        good = malformed.get(b"/api/v1/server", malformed.HOST + self.credential) + b"\r\n"
        bad = good.replace(b"\r\n", b"\n", 1)
        reply = self.send(good + good + bad + good)
        self.assertEqual(statuses(reply), [200, 200, 400])


class Slow(Wire):
    """All of them at once: each waits for the server's own deadline."""

    def test_each_slow_client_is_closed_and_nobody_waits(self):
        begun = malformed.post(POST, self.credential)
        opened = {
            "head": (b"GET / HTTP/1.1\r\nX: ", 408),
            "silent": (b"", None),
            "body": (begun + b"Content-Length: 100000\r\n\r\n", 408),
            "chunks": (begun + b"Transfer-Encoding: chunked\r\n\r\n2;", 408),
        }
        before = self.metrics()["dagd_http_timeouts_total"]
        waiting, replies, ends = {}, {}, {}
        start = time.monotonic()
        with contextlib.ExitStack() as stack:
            for kind, (data, _) in opened.items():
                client = stack.enter_context(self.connect())
                client.sendall(data)
                waiting[client] = kind
            while waiting:
                readable = select.select(list(waiting), [], [], 0.2)[0]
                for client in readable:
                    kind = waiting.pop(client)
                    replies[kind] = read_all(client)
                    ends[kind] = time.monotonic() - start
                for client, kind in waiting.items():
                    if kind != "silent":  # bytes that trickle don't move a deadline
                        with contextlib.suppress(ConnectionError):
                            client.sendall(b"0")
                self.assert_others_go_on()
                self.assertLess(time.monotonic() - start, DEADLINE_S)
        for kind, (_, status) in opened.items():
            with self.subTest(kind):
                self.assertEqual(statuses(replies[kind]), [status] if status else [])
                self.assertGreater(ends[kind], CLIENT_TIMEOUT_S - 1)
        self.assertEqual(self.metrics()["dagd_http_timeouts_total"] - before, 3)
        self.assertIn("refused with 408 request_timeout: ", self.log())


class Connections(Wire):
    def keep(self, stack, source):
        """A connection that stays open; the status that it got."""
        client = stack.enter_context(self.connect(source))
        with contextlib.suppress(ConnectionError):
            client.sendall(malformed.get(b"/healthz") + b"\r\n")
            return statuses(client.recv(65536))[0]
        return 503  # closed so fast that the reply was lost

    def test_too_many_of_an_address_and_in_all(self):
        before = self.metrics()["dagd_http_connections_refused_total"]
        with contextlib.ExitStack() as stack:
            got = [self.keep(stack, "127.0.3.1") for _ in range(PER_ADDRESS + 5)]
            self.assertEqual(got, [200] * PER_ADDRESS + [503] * 5)
            self.assert_others_go_on()
            for host in range(2, 2 + IN_ALL // PER_ADDRESS):
                got += [self.keep(stack, f"127.0.3.{host}") for _ in range(PER_ADDRESS)]
            # fewer by those that this test keeps besides
            self.assertLess(IN_ALL - 8, got.count(200))
            self.assertLessEqual(got.count(200), IN_ALL)
            self.assertEqual(self.keep(stack, "127.0.4.1"), 503)
        wait_for(lambda: self.metrics()["dagd_http_connections_open"] < 20, "their end")
        refused = self.metrics()["dagd_http_connections_refused_total"] - before
        self.assertGreaterEqual(refused, got.count(503) + 1)
        self.assertIn("has 64 connections open already", self.log())
        self.assertEqual(self.log().count("a connection is refused"), 1)  # a minute
        self.assert_others_go_on()

    def test_a_stuck_stream_holds_up_nobody(self):
        reply = self.serve.admin.post("/dags?start=1", adder("stuck", "stuck"))
        self.assertEqual(reply.status, 201, reply)
        with contextlib.closing(socket.socket()) as stuck:
            linger(stuck)
            stuck.settimeout(DEADLINE_S)
            stuck.connect(("127.0.0.1", self.serve.port))
            stuck.sendall(malformed.get(b"/api/v1/events?topics=log,dags,dag:stuck",
                                        malformed.HOST + self.credential) + b"\r\n")
            with self.serve.admin.stream("/events?topics=dag:stuck") as other:
                self.assertEqual(other.status, 200)
                for _ in range(100):  # each adds to the log that the stuck one ought to read
                    self.assert_others_go_on()
                other.next_of("snapshot")
        self.assert_others_go_on()


class Tls(Wire):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="dagd-tls-")
        cls.addClassCleanup(folder.cleanup)
        cls.certificate, key = f"{folder.name}/cert.pem", f"{folder.name}/key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
                        cls.certificate], check=True, capture_output=True)
        cls.serve = Serve("--log-level", "debug", "--tls-cert", cls.certificate, "--tls-key", key)
        cls.serve.set_up = lambda token: None  # its clients speak plain HTTP
        cls.serve.start()
        cls.addClassCleanup(cls.serve.__exit__)

    def ask(self, path, **options):
        context = ssl.create_default_context(cafile=self.certificate)
        for name, value in options.items():
            setattr(context, name, value)
        with context.wrap_socket(self.connect(), server_hostname="127.0.0.1") as client:
            client.sendall(malformed.get(path, malformed.HOST + b"Connection: close\r\n") + b"\r\n")
            return read_all(client).decode()

    def assert_others_go_on(self):
        start = time.monotonic()
        self.assertIn("200 OK", self.ask(b"/healthz"))
        self.assertLess(time.monotonic() - start, AT_ONCE_S)

    def failures(self):
        return int(re.search(r"^dagd_http_tls_failures_total (\d+)", self.ask(b"/metrics"),
                             re.M).group(1))

    def test_what_is_no_handshake_is_closed_counted_and_named(self):
        cases = [
            ("http request", malformed.get(GET) + b"\r\n"),
            ("wrong version number", b"\x99" * 64),
            ("", b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"),
            ("", b"\x16\x03\x01\x40\x01" + b"\x01" * 200),
        ]
        for reason, data in cases:
            with self.subTest(data=data[:20]):
                before = self.failures()
                self.assertNotIn(b"HTTP/1.1", self.send(data))
                self.assertEqual(self.failures(), before + 1)
                self.assertIn(f"127.0.0.1: the TLS handshake failed: {reason}", self.log())
                self.assert_others_go_on()

    def test_old_versions_are_refused(self):
        before = self.failures()
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                self.ask(b"/healthz", minimum_version=version, maximum_version=version)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            self.assertIn("200 OK", self.ask(b"/healthz", minimum_version=version,
                                             maximum_version=version))
        self.assertGreaterEqual(self.failures(), before)

    def test_a_handshake_that_stops_half_way_is_ended(self):
        with self.connect() as client:
            client.sendall(b"\x16\x03\x01\x00\xff\x01")
            before = self.failures()
            while not select.select([client], [], [], 0.2)[0]:
                self.assert_others_go_on()
            self.assertEqual(read_all(client), b"")
        self.assertEqual(self.failures(), before + 1)


if __name__ == "__main__":
    serving.DAGD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
