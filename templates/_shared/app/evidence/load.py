"""Sends one request again and again over connections that stay open, and times each answer.

By hand and not with a client library: that would need more time than the server that is measured.
"""

import re
import selectors
import socket
import time

from app.service.errors import UserError

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class _Caller:
    """One connection with at most one request on its way."""

    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request, self._answer, self._sent = request, b"", 0.0

    def send(self) -> None:
        self._answer, self._sent = b"", time.perf_counter()
        self.socket.sendall(self._request)

    def receive(self) -> int | None:
        """Reads what is there; returns the microseconds it took when the answer is whole."""
        received = self.socket.recv(262_144)
        self._answer += received
        head, _, body = self._answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if (
            not received
            or (body and not length)
            or not head.startswith(b"HTTP/1.1 200"[: len(head)])
        ):
            line = head.partition(b"\r\n")[0].decode("latin-1")
            raise UserError(f"The service answered: {line or 'nothing'}.", "Ask it by hand.")
        if not length or len(body) < int(length[1]):
            return None
        return round((time.perf_counter() - self._sent) * 1e6)


def post(path: str, body: bytes, key: str) -> bytes:
    """Returns the bytes of a request that sends JSON and an API key."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}X-API-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def drive(port: int, request: bytes, requests: int, callers: int) -> tuple[float, list[int]]:
    """Sends a request many times; each caller asks again as soon as it has its answer.

    Args:
        port: Where the service listens on this machine.
        request: All of its bytes.
        requests: How often it is sent.
        callers: How many connections ask at the same time.

    Returns:
        Seconds from the first request to the last answer, and microseconds of each answer.

    Raises:
        UserError: An answer was not 200.
    """
    took: list[int] = []
    waiting = [_Caller(port, request) for _ in range(min(callers, requests))]
    to_send = requests - len(waiting)
    try:
        with selectors.DefaultSelector() as ready:
            started = time.perf_counter()
            for caller in waiting:
                ready.register(caller.socket, selectors.EVENT_READ, caller)
                caller.send()
            while len(took) < requests:
                for key, _ in ready.select():
                    microseconds = key.data.receive()
                    if microseconds is None:
                        continue
                    took.append(microseconds)
                    if to_send:
                        to_send -= 1
                        key.data.send()
            return time.perf_counter() - started, took
    finally:
        for caller in waiting:
            caller.socket.close()
