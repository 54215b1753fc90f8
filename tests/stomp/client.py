"""A STOMP client for tests, as small as can be: it does nothing by itself."""
import socket
import ssl

ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", ":": "\\c"}
UNESCAPES = {"\\": "\\", "n": "\n", "r": "\r", "c": ":"}


def escape(text):
    return "".join(ESCAPES.get(letter, letter) for letter in text)


def unescape(text):
    letters = iter(text)
    return "".join(UNESCAPES[next(letters)] if letter == "\\" else letter for letter in letters)


class Frame:
    def __init__(self, command, headers, body):
        self.command, self.headers, self.body = command, headers, body

    def __repr__(self):
        return f"{self.command} {self.headers} {self.body[:200]!r}"


class Client:
    """A session, logged in."""

    def __init__(self, port, login="test", passcode="test", timeout=30, context=None, **headers):
        self.peer = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context:
            self.peer = context.wrap_socket(self.peer, server_hostname="localhost")
        self.bytes = b""
        self.number = 0
        self.early = []  # frames that came while something else was waited for
        self.send("CONNECT", {"accept-version": "1.2", "host": "/", "login": login,
                              "passcode": passcode, **headers})
        answer = self.receive()
        if answer.command != "CONNECTED":
            raise ConnectionError(repr(answer))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.peer.close()

    def send(self, command, headers=None, body=b""):
        lines = [command] + [f"{escape(name)}:{escape(str(value))}" if command != "CONNECT"
                             else f"{name}:{value}" for name, value in (headers or {}).items()]
        if body:
            lines.append(f"content-length:{len(body)}")
        self.peer.sendall("\n".join(lines).encode() + b"\n\n" + body + b"\0")

    def fill(self):
        piece = self.peer.recv(1 << 20)
        if not piece:
            raise ConnectionError("closed")
        self.bytes += piece

    def receive(self):
        """The next frame."""
        while True:
            self.bytes = self.bytes.lstrip(b"\r\n")
            head, blank, rest = self.bytes.partition(b"\n\n")
            if not blank:
                self.fill()
                continue
            command, *lines = head.decode().split("\n")
            headers = {}
            for line in lines:
                name, _, value = line.partition(":")
                plain = command == "CONNECTED"
                headers.setdefault(name if plain else unescape(name),
                                   value if plain else unescape(value))
            length = headers.get("content-length")
            end = rest.find(b"\0") if length is None else int(length)
            if end < 0 or len(rest) <= end:
                self.fill()
                continue
            self.bytes = rest[end + 1:]
            return Frame(command, headers, rest[:end])

    def until(self, command):
        while (frame := self.receive()).command != command:
            if frame.command == "ERROR":
                raise ConnectionError(repr(frame))
        return frame

    def put(self, destination, bodies, **headers):
        """Sends all bodies in one transaction, and waits until the broker has them."""
        self.number += 1
        name = f"t{self.number}"
        self.send("BEGIN", {"transaction": name})
        for body in bodies:
            self.send("SEND", {"destination": destination, "persistent": "true",
                               "transaction": name, "amq-msg-type": "text", **headers},
                      body if isinstance(body, bytes) else body.encode())
        self.send("COMMIT", {"transaction": name, "receipt": name})
        self.until("RECEIPT")

    def subscribe(self, destination, **headers):
        self.send("SUBSCRIBE", {"id": "0", "destination": destination, "ack": "client-individual",
                                "receipt": "subscribed", "activemq.prefetchSize": "100", **headers})

    def take(self, count=None, quiet=1.0):
        """Messages, acknowledged: so many, or until none has come for `quiet` seconds."""
        messages = []
        self.peer.settimeout(quiet if count is None else 60)
        try:
            while count is None or len(messages) < count:
                frame = self.early.pop(0) if self.early else self.receive()
                if frame.command == "ERROR":
                    raise ConnectionError(repr(frame))
                if frame.command == "MESSAGE":
                    messages.append(frame)
                    self.send("ACK", {"id": frame.headers["ack"]})
        except TimeoutError:
            if count is not None:
                raise
        self.peer.settimeout(60)
        self.settle()
        return messages

    def settle(self):
        """Waits until the broker has everything; messages that come meanwhile are kept."""
        self.number += 1
        name = f"settle{self.number}"
        self.send("BEGIN", {"transaction": name, "receipt": name})
        while (frame := self.receive()).headers.get("receipt-id") != name:
            self.early.append(frame)
        self.send("ABORT", {"transaction": name})


def drain(port, destination, count=None, quiet=1.0):
    """The bodies that wait in a queue, which is empty then."""
    with Client(port) as client:
        client.subscribe(destination)
        return [frame.body for frame in client.take(count, quiet)]


def trusting(ca_file):
    return ssl.create_default_context(cafile=ca_file)
