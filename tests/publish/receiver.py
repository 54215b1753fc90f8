"""An HTTP server that keeps what is posted to it, and misbehaves on demand."""
import http.server
import json
import socket
import ssl
import struct
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        with self.server.lock:
            self.server.connection_count += 1

    def do_POST(self):
        receiver = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with receiver.lock:
            receiver.number += 1
            number = receiver.number
            receiver.requests.append((time.monotonic(), self.command, self.path,
                                      dict(self.headers), body.decode()))
        receiver.answer(self, number, messages_of(self.headers["Content-Type"], body))

    do_PUT = do_POST

    def reply(self, status, text="", **headers):
        body = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def reset(self):
        """The connection breaks, with an error at the other side."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def reply_in_part(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, *_):
        pass


def messages_of(content_type, body):
    if content_type == "application/x-ndjson":
        return [json.loads(line) for line in body.splitlines()]
    value = json.loads(body)
    return value if isinstance(value, list) else [value]


class Receiver(http.server.ThreadingHTTPServer):
    """Use it with `with`. `faults`: number of a request, from 1: a function that answers it.
    `refuses`: tells of a message whether a request with it gets 422. A request whose
    Idempotency-Key was seen is answered, and not kept."""
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, faults=None, refuses=lambda message: False, tls=None, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.faults = faults or (lambda number: None)
        self.refuses = refuses
        self.lock = threading.Lock()
        self.number = self.connection_count = 0
        self.requests, self.accepted = [], []
        self.keys = set()
        self.repeats = 0
        self.is_tls = tls is not None
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.port = self.server_address[1]
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    def get_request(self):
        try:
            return super().get_request()
        except ssl.SSLError as problem:  # a client that doesn't trust us
            raise OSError(str(problem)) from problem

    def handle_error(self, request, client_address):
        pass  # resets are wanted here

    @property
    def url(self):
        return f"{'https' if self.is_tls else 'http'}://localhost:{self.port}"

    def keep(self, handler, messages):
        key = handler.headers["Idempotency-Key"]
        with self.lock:
            if key and key in self.keys:
                self.repeats += 1
                return
            self.keys.add(key)
            self.accepted += messages

    def answer(self, handler, number, messages):
        fault = self.faults(number)
        if fault:
            fault(handler, messages)
        elif any(self.refuses(message) for message in messages):
            handler.reply(422, "I don't like it")
        else:
            self.keep(handler, messages)
            handler.reply(200, "ok")

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
        self.thread.join()
