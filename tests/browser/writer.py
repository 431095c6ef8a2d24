"""A language model that says what a test wants: OpenAI's protocol, on this machine."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

USAGE = {"prompt_tokens": 1200, "completion_tokens": 80, "total_tokens": 1280}
SIGNS = 6  # in a piece
LONGEST_PAUSE = 20  # seconds; a test that fails must end
PACE = 0.01  # seconds for a piece after the pause, or all would be on its way at once


@dataclass
class Writer:
    """What it says, and what it heard.

    Attributes:
        says: The next answer.
        pauses_after: It waits after so many pieces, until `goes_on`; 0 means never.
        goes_on: Set it to let the answer be finished.
        left: Set when somebody went before the end.
        asked: The bodies of all requests.
    """

    says: str = ""
    pauses_after: int = 0
    goes_on: Event = field(default_factory=Event)
    left: Event = field(default_factory=Event)
    asked: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""

    def will_say(self, text: str, *, pauses_after: int = 0) -> None:
        """Set what comes next."""
        self.says, self.pauses_after = text, pauses_after
        self.goes_on.clear()
        self.left.clear()

    def pieces(self) -> Iterator[str]:
        """The answer in pieces, the pause included."""
        for number, start in enumerate(range(0, len(self.says), SIGNS)):
            if self.pauses_after and number == self.pauses_after:
                self.goes_on.wait(LONGEST_PAUSE)
            elif self.pauses_after and number > self.pauses_after:
                time.sleep(PACE)
            yield self.says[start : start + SIGNS]


def _chunk(delta: dict[str, str], reason: str | None, usage: object = None) -> bytes:
    choices = [] if usage else [{"index": 0, "delta": delta, "finish_reason": reason}]
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "test"}
    return f"data: {json.dumps({**body, 'choices': choices, 'usage': usage})}\n\n".encode()


def _handler(writer: Writer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            writer.asked.append(body)
            self.send_response(200)
            self.send_header("Connection", "close")
            if body.get("stream"):
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                self._stream()
            else:
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(self._whole()).encode())

        def _stream(self) -> None:
            try:
                for piece in writer.pieces():
                    self.wfile.write(_chunk({"content": piece}, None))
                self.wfile.write(_chunk({}, "stop") + _chunk({}, None, USAGE))
                self.wfile.write(b"data: [DONE]\n\n")
            except OSError:
                writer.left.set()

        def _whole(self) -> dict[str, Any]:
            """Answer a follow-up's rewriting, which wants an object with one field."""
            message = {"role": "assistant", "content": json.dumps({"question": writer.says})}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            body = {"id": "c", "object": "chat.completion", "created": 1, "model": "test"}
            return {**body, "choices": [choice], "usage": USAGE}

    return Handler


@contextlib.contextmanager
def writing() -> Iterator[Writer]:
    """Serve a writer until the end of the block."""
    writer = Writer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(writer))
    server.daemon_threads = True
    writer.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield writer
    finally:
        writer.goes_on.set()
        server.shutdown()
        server.server_close()
        thread.join()
