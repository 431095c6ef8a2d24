"""Clients that ask again as soon as they have an answer, whatever it was.

By hand, over connections that stay open: a client library would need more time than the server.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CUT = "cut off"
REFUSALS = (429, 503)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LATER = re.compile(rb"\r\nretry-after: *\d+\r\n", re.IGNORECASE)
_LINGER_SECONDS = 40.0  # for what is on its way when the time is over


@dataclass
class Seen:
    """What clients got.

    Attributes:
        seconds: In which they asked.
        statuses: How often each came; `CUT` where a connection ended without an answer.
        took: Seconds until each answer, by status.
        without_later: Refusals that did not say when to come back.
    """

    seconds: float = 0.0
    statuses: Counter[int | str] = field(default_factory=Counter)
    took: dict[int | str, list[float]] = field(default_factory=dict)
    without_later: int = 0

    def add(self, status: int | str, seconds: float, head: bytes) -> None:
        """Count an answer that took so long."""
        self.statuses[status] += 1
        self.took.setdefault(status, []).append(seconds)
        if status in REFUSALS and not _LATER.search(head + b"\r\n"):
            self.without_later += 1


class _Client:
    """One connection with at most one request on its way."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self._port, self._requests = port, requests
        self._answer, self._sent = b"", 0.0
        self.socket = self._connected()

    def _connected(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self._port), timeout=30)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def reconnect(self) -> None:
        self.socket.close()
        self.socket = self._connected()

    def send(self) -> None:
        self._answer, self._sent = b"", time.perf_counter()
        self.socket.sendall(next(self._requests))

    def receive(self, seen: Seen) -> bool:
        """Read what is there; return whether that ends the request, one way or the other."""
        try:
            received = self.socket.recv(262_144)
        except ConnectionError:
            received = b""
        self._answer += received
        head, _, body = self._answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        whole = length is not None and len(body) >= int(length[1])
        if received and not whole:
            return False
        status = int(head.split(b" ", 2)[1]) if whole else CUT
        seen.add(status, time.perf_counter() - self._sent, head)
        return True


def post(path: str, body: bytes) -> bytes:
    """Return the bytes of a request that sends JSON."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def ask(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Seen:
    """Let clients ask for so long; what is on its way then is waited for.

    Raises:
        OSError: Nobody listens any more.
    """
    seen, turns = Seen(), cycle(requests)
    crowd = [_Client(port, turns) for _ in range(clients)]
    try:
        with selectors.DefaultSelector() as ready:
            started = time.perf_counter()
            for client in crowd:
                ready.register(client.socket, selectors.EVENT_READ, client)
                client.send()
            _go_on(ready, seen, started + seconds)
            seen.seconds = time.perf_counter() - started
    finally:
        for client in crowd:
            client.socket.close()
    return seen


def _go_on(ready: selectors.BaseSelector, seen: Seen, until: float) -> None:
    while ready.get_map() and time.perf_counter() < until + _LINGER_SECONDS:
        for key, _ in ready.select(timeout=1):
            client = key.data
            if not client.receive(seen):
                continue
            if time.perf_counter() >= until:
                ready.unregister(client.socket)
                continue
            if seen.statuses[CUT]:
                ready.unregister(client.socket)
                client.reconnect()
                ready.register(client.socket, selectors.EVENT_READ, client)
            client.send()
    seen.statuses[CUT] += len(ready.get_map())
