"""Stands between a browser and a service, and breaks the first stream of events after one event."""

from __future__ import annotations

import contextlib
import http.client
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSED_ON = ("Content-Type", "Last-Event-ID")
STREAM = "/events"


@dataclass
class Relay:
    """Attributes: `last_ids`, with which streams of events were asked for, oldest first."""

    address: str = ""
    last_ids: list[str | None] = field(default_factory=list)


@contextlib.contextmanager
def relaying(target: str) -> Iterator[Relay]:
    """Relay to the service at an address."""
    relay = Relay()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else None
            headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
            connection = http.client.HTTPConnection(urlsplit(target).netloc, timeout=30)
            connection.request(self.command, self.path, body, headers)
            self._answer(connection.getresponse())
            connection.close()

        do_POST = do_GET  # noqa: N815 - the library's name

        def _answer(self, response: http.client.HTTPResponse) -> None:
            self.send_response(response.status)
            self.send_header("Content-Type", response.headers["Content-Type"])
            self.end_headers()
            if not self.path.endswith(STREAM):
                self.wfile.write(response.read())
                return
            relay.last_ids.append(self.headers.get("Last-Event-ID"))
            if len(relay.last_ids) == 1:
                self.wfile.write(b"retry: 100\n")
            for line in response:
                self.wfile.write(line)
                if not line.strip() and len(relay.last_ids) == 1:
                    return

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        relay.address = f"http://127.0.0.1:{server.server_address[1]}/"
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield relay
        finally:
            server.shutdown()
            thread.join()
