"""The HTTP core over sockets: malformed requests, slow clients, limits, TLS, streams.

usage: test_http.py SERVER
"""
import contextlib
import json
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import malformed  # pylint: disable=wrong-import-position

SERVER = None
DEADLINE_S = 20
HOST = b"Host: 127.0.0.1\r\n"


class Server:
    def __init__(self, **settings):
        arguments = [SERVER] + [f"{name}={value}" for name, value in settings.items()]
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.port = int(self.process.stdout.readline().split()[1])
        self.counters = {}

    def stop(self):
        if self.process.stdin.closed:
            return self.counters
        self.process.stdin.close()
        words = self.process.stdout.read().split()
        self.counters = dict(zip(words[::2], map(int, words[1::2])))
        assert self.process.wait(DEADLINE_S) == 0, "the server failed"
        self.process.stdout.close()
        return self.counters

    def connect(self, source="127.0.0.1"):
        return socket.create_connection(("127.0.0.1", self.port), DEADLINE_S, (source, 0))

    def send(self, data):
        """One connection: sends, then reads to its end."""
        with self.connect() as client:
            with contextlib.suppress(ConnectionError):
                client.sendall(data)
            return read_all(client)

    def post(self, path, body, kind=b"application/json"):
        reply = self.send(b"POST %s HTTP/1.1\r\n%sConnection: close\r\nContent-Type: %s\r\n"
                          b"Content-Length: %d\r\n\r\n%s" % (path, HOST, kind, len(body), body))
        return status_of(reply), json.loads(body_of(reply) or b"null")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def read_all(client):
    data = b""
    with contextlib.suppress(ConnectionError):
        while piece := client.recv(65536):
            data += piece
    return data


def read_until(client, mark):
    data = b""
    while mark not in data:
        piece = client.recv(65536)
        if not piece:
            raise AssertionError(f"closed after {data!r}")
        data += piece
    return data


def wait_for(condition):
    end = time.monotonic() + DEADLINE_S
    while not (result := condition()):
        assert time.monotonic() < end, "it didn't come about in time"
    return result


def status_of(reply):
    assert reply.startswith(b"HTTP/1.1 "), reply
    return int(reply[9:12])


def header_of(reply, name):
    head = reply.split(b"\r\n\r\n")[0].decode()
    found = re.findall(rf"^{name}: (.*?)\r?$", head, re.M | re.I)
    return found[0] if len(found) == 1 else None


def body_of(reply):
    return reply.split(b"\r\n\r\n", 1)[1]


GET = b"GET /api/echo/a HTTP/1.1\r\n"
POST = b"POST /api/echo HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
MALFORMED = [(400, data) for data in malformed.malformed(b"/api/echo/a", b"/api/echo")]
MALFORMED += malformed.refused(b"/api/echo/a", b"/api/echo")
MALFORMED += [
    (405, b"PATCH /api/echo HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"),
    (404, b"GET /api/nothing HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"),
]


class Malformed(unittest.TestCase):
    def test_each_is_refused_and_nothing_behind_it_is_taken(self):
        with Server() as server:
            for status, data in MALFORMED:
                with self.subTest(data=data[:120]):
                    reply = server.send(data)
                    self.assertEqual(status_of(reply), status)
                    self.assertEqual(len(re.findall(rb"HTTP/1\.1 \d", reply)), 1)
                    self.assertEqual(header_of(reply, "Connection"), "close")
                    self.assertEqual(header_of(reply, "Content-Type"), "application/problem+json")
                    problem = json.loads(body_of(reply))
                    self.assertEqual(problem["status"], status)
                    self.assertEqual(problem["request_id"], header_of(reply, "X-Request-Id"))
                    if status == 405:
                        self.assertEqual(header_of(reply, "Allow"), "POST, PUT")
            counters = server.stop()
            self.assertEqual(counters["clean"], 1)
            self.assertEqual(counters["malformed"], sum(s == 400 for s, _ in MALFORMED))

    def test_a_smuggled_request_never_runs(self):
        inner = b"GET /api/echo/smuggled HTTP/1.1\r\n" + HOST + b"\r\n"
        with Server() as server:
            for data in malformed.smuggled(b"/api/echo"):
                reply = server.send(data + inner)
                self.assertEqual(status_of(reply), 400)
                self.assertNotIn(b"smuggled", reply)


class Requests(unittest.TestCase):
    def test_headers_of_every_reply(self):
        with Server() as server:
            reply = server.send(GET + HOST + b"Connection: close\r\n\r\n")
        self.assertEqual(status_of(reply), 200)
        policy = header_of(reply, "Content-Security-Policy")
        self.assertTrue(policy.startswith("default-src 'none'; script-src 'self'; "))
        self.assertEqual(header_of(reply, "X-Content-Type-Options"), "nosniff")
        self.assertEqual(header_of(reply, "Referrer-Policy"), "same-origin")
        self.assertEqual(header_of(reply, "Cross-Origin-Opener-Policy"), "same-origin")
        self.assertEqual(header_of(reply, "Cache-Control"), "no-store")
        self.assertIsNone(header_of(reply, "Strict-Transport-Security"))

    def test_pipelined_requests_are_answered_in_order(self):
        data = b"".join(b"GET /api/echo/n%d HTTP/1.1\r\n%s\r\n" % (i, HOST) for i in range(50))
        with Server() as server:
            reply = server.send(data + GET + HOST + b"Connection: close\r\n\r\n")
        self.assertEqual(re.findall(rb'"name":"(\w+)"', reply),
                         [b"n%d" % i for i in range(50)] + [b"a"])

    def test_bodies_by_length_and_by_chunks(self):
        with Server() as server:
            self.assertEqual(server.post(b"/api/echo", b"[1]")[1]["body"], "[1]")
            self.assertEqual(server.post(b"/api/echo", b"x" * 4194304)[1]["size"], 4194304)
            reply = server.send(POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                                b"2\r\n[1\r\n1;a=b\r\n]\r\n0\r\nX: y\r\n\r\n")
            self.assertEqual(json.loads(body_of(reply))["body"], "[1]")
            chunks = b"40000\r\n" + b"x" * 0x40000 + b"\r\n"
            self.assertEqual(status_of(server.send(
                POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks * 17)), 413)

    def test_head_options_http10_and_expectations(self):
        with Server() as server:
            reply = server.send(b"HEAD /api/echo/a HTTP/1.1\r\n" + HOST +
                                b"Connection: close\r\n\r\n")
            self.assertEqual((status_of(reply), body_of(reply)), (200, b""))
            self.assertGreater(int(header_of(reply, "Content-Length")), 10)
            reply = server.send(b"OPTIONS /api/echo HTTP/1.1\r\n" + HOST +
                                b"Connection: close\r\n\r\n")
            self.assertEqual((status_of(reply), header_of(reply, "Allow")), (204, "POST, PUT"))
            self.assertEqual(status_of(server.send(b"GET /api/echo/a HTTP/1.0\r\n" + HOST +
                                                   b"\r\n")), 200)
            with server.connect() as client:
                client.sendall(POST + b"Connection: close\r\nExpect: 100-continue\r\n"
                               b"Content-Length: 3\r\n\r\n")
                self.assertEqual(read_until(client, b"\r\n\r\n"), b"HTTP/1.1 100 Continue\r\n\r\n")
                client.sendall(b"[1]")
                self.assertEqual(status_of(read_all(client)), 200)
            reply = server.send(POST + b"Expect: 100-continue\r\nContent-Length: 9999999\r\n\r\n")
            self.assertEqual(status_of(reply), 413)
            reply = server.send(POST + b"X-Refuse: 1\r\nContent-Length: 100\r\n\r\n")
            self.assertEqual(status_of(reply), 403)

    def test_only_a_listed_proxy_tells_of_its_client(self):
        told = (GET + HOST + b"X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"
                b"Connection: close\r\n\r\n")
        with Server() as server:
            seen = json.loads(body_of(server.send(told)))
        self.assertEqual((seen["peer"], seen["tls"], seen["loopback"]), ("127.0.0.1", False, True))
        with Server(proxy="127.0.0.1") as server:
            seen = json.loads(body_of(server.send(told)))
        self.assertEqual((seen["peer"], seen["tls"], seen["loopback"]),
                         ("203.0.113.9", True, False))
        # a proxy that adds a header of its own behind what the client made up
        twice = told.replace(b"\r\n\r\n", b"\r\nX-Forwarded-For: 203.0.113.10, 127.0.0.1\r\n\r\n")
        with Server(proxy="127.0.0.1") as server:
            self.assertEqual(json.loads(body_of(server.send(twice)))["peer"], "203.0.113.10")

    def test_a_client_that_goes_is_told(self):
        with Server() as server:
            with server.connect() as client:
                client.sendall(b"GET /api/hold HTTP/1.1\r\n" + HOST + b"\r\n")
            wait_for(lambda: server.post(b"/api/release?x=look", b"")[1]["gone"] == 1)

    def test_files_of_a_folder_and_none_outside(self):
        with tempfile.TemporaryDirectory() as folder:
            web = pathlib.Path(folder, "web")
            web.mkdir()
            (web / "index.html").write_text("page")
            (web / "a.js").write_text("script")
            (web / "out.js").symlink_to("/etc/passwd")
            with Server(web=web) as server:
                def get(path):
                    return server.send(b"GET %s HTTP/1.1\r\n%sConnection: close\r\n\r\n"
                                       % (path, HOST))
                self.assertEqual(body_of(get(b"/")), b"page")
                self.assertEqual(body_of(get(b"/dags/x")), b"page")
                self.assertEqual(body_of(get(b"/a.js")), b"script")
                self.assertEqual(status_of(get(b"/out.js")), 404)
                self.assertEqual(status_of(get(b"/b.js")), 404)
                self.assertEqual(status_of(get(b"/api/x")), 404)
                self.assertEqual(status_of(get(b"/../secret")), 400)


    def test_embedded_files_in_the_coding_that_the_client_takes(self):
        with Server() as server:
            def get(path, headers=b""):
                return server.send(b"GET %s HTTP/1.1\r\n%s%sConnection: close\r\n\r\n"
                                   % (path, HOST, headers))
            for accepted, coding, body in ((b"gzip, br", "br", b"br"),
                                           (b"gzip;q=0.5, br;q=0", "gzip", b"gzipped"),
                                           (b"deflate", None, b"plain"), (b"*", "br", b"br")):
                reply = get(b"/app-1.js", b"Accept-Encoding: %s\r\n" % accepted)
                self.assertEqual((header_of(reply, "Content-Encoding"), body_of(reply)),
                                 (coding, body))
                self.assertEqual(header_of(reply, "Vary"), "Accept-Encoding")
            self.assertEqual(header_of(reply, "Cache-Control"),
                             "public, max-age=31536000, immutable")
            self.assertEqual(header_of(reply, "ETag"), '"e1-br"')
            reply = get(b"/app-1.js", b'Accept-Encoding: br\r\nIf-None-Match: "e1-br"\r\n')
            self.assertEqual((status_of(reply), body_of(reply)), (304, b""))
            reply = get(b"/dags/x", b"Accept-Encoding: gzip\r\n")
            self.assertEqual((body_of(reply), header_of(reply, "Cache-Control")),
                             (b"page", "no-cache"))


class SlowClients(unittest.TestCase):
    def test_a_head_has_a_deadline_that_bytes_do_not_move(self):
        with Server(header_ms=300) as server, server.connect() as client:
            client.sendall(b"GET / HTTP/1.1\r\nX: ")
            client.settimeout(0.05)
            data = b""
            start = time.monotonic()
            while b"408" not in data:
                with contextlib.suppress(socket.timeout):
                    client.sendall(b"y")
                    data += client.recv(4096)
                self.assertLess(time.monotonic() - start, DEADLINE_S)
            self.assertEqual(status_of(data), 408)
            self.assertLess(time.monotonic() - start, 5)

    def test_a_body_has_a_least_rate(self):
        with Server(grace_ms=300) as server, server.connect() as client:
            client.sendall(POST + b"Content-Length: 100000\r\n\r\n")
            client.settimeout(0.05)
            data = b""
            start = time.monotonic()
            while b"408" not in data:
                with contextlib.suppress(socket.timeout):
                    client.sendall(b"y")
                    data += client.recv(4096)
                self.assertLess(time.monotonic() - start, DEADLINE_S)
            self.assertEqual(status_of(data), 408)
            client.close()
            self.assertEqual(server.stop()["timed_out"], 1)

    def test_an_idle_connection_is_closed(self):
        with Server(idle_ms=100) as server, server.connect() as client:
            client.sendall(GET + HOST + b"\r\n")
            self.assertEqual(read_all(client).count(b"HTTP/1.1 200"), 1)

    def test_connections_are_limited_by_address_and_in_all(self):
        with Server(connections=5, per_address=2) as server, contextlib.ExitStack() as stack:
            def open_from(source):
                client = stack.enter_context(server.connect(source))
                client.sendall(GET + HOST + b"\r\n")
                return status_of(read_until(client, b"\r\n\r\n"))
            self.assertEqual([open_from("127.0.0.1") for _ in range(3)], [200, 200, 503])
            self.assertEqual([open_from("127.0.0.2") for _ in range(3)], [200, 200, 503])
            self.assertEqual([open_from("127.0.0.3") for _ in range(2)], [200, 503])


class Streams(unittest.TestCase):
    def open(self, server, user="u"):
        client = server.connect()
        client.sendall(b"GET /api/stream?user=%s HTTP/1.1\r\n%s\r\n" % (user.encode(), HOST))
        return client, read_until(client, b"\r\n\r\n")

    def test_a_stuck_client_holds_up_nobody(self):
        with Server() as server, contextlib.ExitStack() as stack:
            stuck = stack.enter_context(server.connect())
            stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stuck.sendall(b"GET /api/stream HTTP/1.1\r\n" + HOST + b"\r\n")
            read_until(stuck, b"hello")
            client, head = self.open(server)
            stack.enter_context(client)
            self.assertEqual(header_of(head, "Content-Type"), "text/event-stream")
            sent = 0
            while True:
                seen = server.post(b"/api/send", b"d" * 65536)[1]
                got = 0
                while got < 65536:
                    got += client.recv(65536).count(b"d")
                if seen["lagged"]:
                    break
                sent += 1
                self.assertLess(sent, 1000)
            self.assertEqual((seen["sent"], seen["lagged"]), (1, 1))
            while True:  # the stuck one reads again, and is told to have room
                stuck.recv(1 << 20)
                if server.post(b"/api/send", b"")[1]["drained"]:
                    break

    def test_streams_are_limited_beat_and_end(self):
        with Server(heartbeat_ms=50, streams=9) as server, contextlib.ExitStack() as stack:
            for _ in range(8):
                client, head = self.open(server)
                stack.enter_context(client)
                self.assertEqual(status_of(head), 200)
            read_until(client, b":\n\n")
            over, head = self.open(server)
            over.close()
            self.assertEqual(status_of(head), 429)
            other, head = self.open(server, "v")
            stack.enter_context(other)
            self.assertEqual(status_of(head), 200)
            over, head = self.open(server, "w")
            over.close()
            self.assertEqual(status_of(head), 503)
            other.close()
            wait_for(lambda: server.post(b"/api/send", b"x")[1]["released"] == 1)
            counters = server.stop()
            self.assertEqual((counters["clean"], counters["streams"]), (1, 0))
            self.assertTrue(read_all(client).endswith(b"0\r\n\r\n"))

    def test_a_client_that_takes_nothing_is_closed(self):
        with Server(stall_ms=200) as server, server.connect() as stuck:
            stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stuck.sendall(b"GET /api/stream HTTP/1.1\r\n" + HOST + b"\r\n")
            read_until(stuck, b"hello")
            wait_for(lambda: server.post(b"/api/send", b"d" * 262144)[1]["closed"] == 1)


class Tls(unittest.TestCase):
    @staticmethod
    def make_certificate(folder, name):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                        "-keyout", f"{folder}/key.new", "-out", f"{folder}/cert.new"],
                       check=True, capture_output=True)
        pathlib.Path(folder, "key.new").rename(f"{folder}/key.pem")
        pathlib.Path(folder, "cert.new").rename(f"{folder}/cert.pem")

    @staticmethod
    def connect(server, **options):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        for name, value in options.items():
            setattr(context, name, value)
        return context.wrap_socket(server.connect())

    def test_a_new_certificate_is_taken_without_a_restart(self):
        with tempfile.TemporaryDirectory() as folder:
            self.make_certificate(folder, "one")
            with Server(tls=folder) as server:
                with self.connect(server) as old:
                    first = old.getpeercert(binary_form=True)
                    self.make_certificate(folder, "two")

                    def is_new():
                        with self.connect(server) as client:
                            return client.getpeercert(binary_form=True) != first
                    wait_for(is_new)
                    old.sendall(GET + HOST + b"Connection: close\r\n\r\n")
                    reply = read_all(old)
                self.assertEqual(status_of(reply), 200)
                self.assertTrue(json.loads(body_of(reply))["tls"])
                self.assertEqual(header_of(reply, "Strict-Transport-Security"), "max-age=31536000")
                pathlib.Path(folder, "key.pem").write_text("broken")
                with self.connect(server) as client:
                    client.sendall(GET + HOST + b"Connection: close\r\n\r\n")
                    self.assertEqual(status_of(read_all(client)), 200)

    def test_large_bodies_both_plain_text_and_old_versions_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            self.make_certificate(folder, "one")
            with Server(tls=folder) as server:
                with self.connect(server) as client:
                    client.sendall(POST + b"Connection: close\r\nContent-Length: 1000000\r\n\r\n"
                                   + b"x" * 1000000)
                    self.assertEqual(json.loads(body_of(read_all(client)))["size"], 1000000)
                self.assertNotIn(b"HTTP", server.send(GET + HOST + b"\r\n"))
                with self.assertRaises((ssl.SSLError, ConnectionError)):
                    self.connect(server, maximum_version=ssl.TLSVersion.TLSv1_1)


if __name__ == "__main__":
    SERVER = sys.argv.pop(1)
    unittest.main()
