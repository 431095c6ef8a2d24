"""Asking one service: bounded, at the address that was judged, with no redirect followed."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from scaffold.evidence.reading import UnreadableError, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.check.live.addresses import Address

SECONDS = 10.0
COLD_SECONDS = 60.0
MOST_BYTES = 2_000_000
PROBE = {"X-Probe": "1"}
"""A service that sees it answers, and neither stores nor counts the answer."""


class SilentError(Exception):
    """Why a service gave no answer, in one line that follows its address."""


@dataclass(frozen=True)
class Reply:
    """What came back: the status, and JSON where it is that, else text."""

    status: int
    body: Any


@dataclass
class Live:
    """A service that is being asked.

    Attributes:
        address: Where; None when it must not be asked.
        refused: Why it must not be asked; empty when it may.
        unready: Why it is not ready, where that is known before.
        attested: Reports that this repository's CI measured again.
        attesting: Why that is not known; empty when it is.
    """

    address: Address | None
    refused: str = ""
    unready: str = ""
    attested: frozenset[str] = frozenset()
    attesting: str = ""
    _said: dict[str, Reply] = field(default_factory=dict)

    def get(self, path: str) -> Reply:
        """Ask once; the answer is remembered.

        Raises:
            SilentError: There was none.
        """
        if path not in self._said:
            self._said[path] = self.ask("GET", path)
        return self._said[path]

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Ask now.

        Raises:
            SilentError: There was no answer.
        """
        if self.address is None:
            raise SilentError(self.refused)
        return _ask(self.address, method, path, body, dict(headers or {}))

    @cached_property
    def ready(self) -> str:
        """Why it is not ready; empty when it is. A host that was asleep gets a minute."""
        if self.address is None:
            return self.refused
        return self.unready or unready(self.address)


def unready(address: Address) -> str:
    """Why a service is not ready; empty when it is. A host that was asleep gets a minute."""
    ends = time.monotonic() + COLD_SECONDS
    while True:
        try:
            reply = _ask(address, "GET", "/health/ready", None, {})
            if reply.status == http.HTTPStatus.OK:
                return ""
            problem = f"says {reply.status} at /health/ready"
            if reply.status not in {502, 503, 504}:
                return problem
        except SilentError as error:
            problem = str(error)
            if not problem.startswith("did not answer"):
                return problem
        if time.monotonic() > ends:
            return problem
        time.sleep(min(2.0, COLD_SECONDS / 10))


class _Alarm:
    """Cuts a connection off when its time is over, however slowly bytes keep coming."""

    def __init__(self, seconds: float) -> None:
        self.rang = False
        self.wire: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _ring(self) -> None:
        self.rang = True
        if self.wire is not None:
            with contextlib.suppress(OSError):  # it may be closed already
                socket.socket.shutdown(self.wire, socket.SHUT_RDWR)


def _ask(address: Address, method: str, path: str, body: object, headers: dict[str, str]) -> Reply:
    content = None if body is None else json.dumps(body).encode()
    sent = {"Accept": "application/json", "User-Agent": "scaffold-check", **headers}
    if content is not None:
        sent["Content-Type"] = "application/json"
    connection = http.client.HTTPConnection(address.host, address.port, timeout=SECONDS)
    late = SilentError(f"did not answer {path} within {SECONDS:g} s")
    with _Alarm(SECONDS) as alarm:
        try:
            with contextlib.closing(connection):
                _connect(connection, address, alarm)
                connection.request(method, f"{address.base}{path}", content, sent)
                response = connection.getresponse()
                said = b""
                while len(said) <= MOST_BYTES and (part := response.read1(65_536)):
                    said += part
        except TimeoutError:
            raise late from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise late if alarm.rang else SilentError(_why(error)) from None
    if alarm.rang:
        raise late
    if response.status in range(300, 400):
        where = response.headers.get("Location", "nowhere")
        raise SilentError(f"sends its visitors to {where[:100]}: name that address instead")
    if len(said) > MOST_BYTES:
        raise SilentError(f"answers {path} with more than {MOST_BYTES // 1_000_000} MB")
    text = said.decode("utf-8", "replace")
    try:
        return Reply(response.status, parse(text))
    except UnreadableError:
        return Reply(response.status, text)


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"has no valid certificate: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"speaks no TLS that can be trusted: {error.reason or error}"
    return f"did not answer: {str(error) or type(error).__name__}"


def _connect(connection: http.client.HTTPConnection, address: Address, alarm: _Alarm) -> None:
    """Connect to one of the numbers that were judged; TLS checks the name all the same."""
    failure: OSError = OSError("it has no address")
    for number in address.numbers:
        if alarm.rang:
            raise TimeoutError
        try:
            wire = socket.create_connection((number, address.port), timeout=SECONDS)
        except OSError as error:
            failure = error
            continue
        connection.sock = alarm.wire = wire
        if address.scheme == "https":
            context = ssl.create_default_context()
            safe = context.wrap_socket(
                wire, server_hostname=address.host, do_handshake_on_connect=False
            )
            connection.sock = alarm.wire = safe
            safe.do_handshake()
        return
    raise failure
