"""A TCP proxy for tests: it delays, stalls, cuts and refuses, as networks do.

    with Proxy(port_of_the_server) as proxy:
        ... connect to proxy.port ...
        proxy.cut()                  # resets all connections; new ones are welcome
        proxy.delay = 0.05           # seconds that each piece is late, both ways
        proxy.stalled = True         # connections stay open and nothing gets through
        proxy.refuses = True         # cuts, and resets whatever connects
        proxy.cut_after = 10_000     # resets a connection once so many bytes went through it
"""
import contextlib
import random
import select
import socket
import struct
import threading
import time

PIECE = 65536


def reset(peer):
    """Closes with RST, so that what is under way is lost."""
    with contextlib.suppress(OSError):
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with contextlib.suppress(OSError):
        peer.shutdown(socket.SHUT_RD)
    peer.close()


class Proxy:
    def __init__(self, target_port, host="127.0.0.1", port=0):
        self.target = (host, target_port)
        self.delay = 0.0
        self.stalled = False
        self.refuses = False
        self.cut_after = None
        self.connections = 0  # ever made
        self.lock = threading.Lock()
        self.pairs = set()
        self.closed = False
        self.listener = socket.create_server((host, port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.closed = True
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()

    def cut(self):
        with self.lock:
            pairs = list(self.pairs)
            self.pairs.clear()
        for pair in pairs:
            for peer in pair:
                reset(peer)

    def cut_at_random(self, seconds, pause=(0.02, 0.3)):
        """Cuts again and again for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(random.uniform(*pause))
            self.cut()

    def _accept(self):
        while not self.closed:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.refuses:
                reset(client)
                continue
            try:
                server = socket.create_connection(self.target, timeout=10)
            except OSError:
                reset(client)
                continue
            for peer in (client, server):
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.connections += 1
                self.pairs.add((client, server))
            threading.Thread(target=self._carry, args=((client, server),), daemon=True).start()

    def _carry(self, pair):
        client, server = pair
        budget = self.cut_after
        try:
            while True:
                if self.refuses:
                    break
                if self.stalled:
                    time.sleep(0.01)
                    continue
                readable, _, _ = select.select(pair, (), (), 0.05)
                for peer in readable:
                    piece = peer.recv(PIECE)
                    if not piece:
                        raise ConnectionError
                    if self.delay:
                        time.sleep(self.delay)
                    if budget is not None:
                        budget -= len(piece)
                        if budget < 0:
                            raise ConnectionError
                    other = server if peer is client else client
                    other.settimeout(None)
                    other.sendall(piece)
        except (OSError, ValueError):
            pass
        with self.lock:
            self.pairs.discard(pair)
        for peer in pair:
            reset(peer)
