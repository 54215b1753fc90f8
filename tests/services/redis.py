"""redis.py - a private Redis server (Debian's package "redis-server") for tests, on 127.0.0.1.

A Server is used in a `with`; start(), stop(), kill() may be called in between, and keep its data.
Client speaks just enough of the protocol to set up and to look.
"""
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

START_S = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RedisError(Exception):
    """An error reply."""


class Client:
    """One connection. `tls`: an SSLContext."""

    def __init__(self, port, tls=None, timeout=START_S):
        peer = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.peer = tls.wrap_socket(peer, server_hostname="localhost") if tls else peer
        self.file = self.peer.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.peer.close()

    def reply(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("closed")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest
        if int(rest) < 0:
            return None
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        return self.file.read(int(rest) + 2)[:-2]

    def __call__(self, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.peer.sendall(b"*%d\r\n" % len(words) +
                          b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
        return self.reply()


class Server:
    """`arguments`: redis-server's own, such as "--requirepass", "x"."""

    def __init__(self, *arguments, tls_port=None):
        self.program = shutil.which("redis-server")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dagd-redis-"))
        self.port = free_port()
        self.tls_port = tls_port
        self.arguments = arguments
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder)

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                 "--dir", str(self.folder), *self.arguments], stdout=log, stderr=log)
        until = time.monotonic() + START_S
        while True:
            try:
                with Client(self.port) as client:
                    client("PING")
                return
            except RedisError as error:
                if not str(error).startswith("LOADING"):
                    return  # it wants a password: it is there
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.01)

    def end(self, number):
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(START_S)

    def stop(self):
        self.end(signal.SIGTERM)

    def kill(self):
        self.end(signal.SIGKILL)

    def client(self, **how):
        return Client(self.port, **how)
