"""Stands in for a provider of language models that speaks OpenAI's chat completions."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# Cites a passage for what no passage says.
SAID = ("Seven purple ", "walruses juggle ", "43 lanterns [1].")
USAGE = {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200}


class ModelServer(ThreadingHTTPServer):
    """Answers on a free port.

    Attributes:
        away: Refuses every key, as a provider does whose bill was not paid.
    """

    away = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.away:
            self._send(401, "application/json", b'{"error": {"message": "no such key"}}')
        elif asked.get("stream"):
            events = [f"data: {json.dumps(one)}\n\n" for one in _chunks(asked["model"])]
            whole = "".join([*events, "data: [DONE]\n\n"])
            self._send(200, "text/event-stream", whole.encode())
        else:
            self._send(200, "application/json", json.dumps(_whole(asked["model"])).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _chunks(model: str) -> Iterator[dict[str, Any]]:
    head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": model}
    for text in SAID:
        delta = {"role": "assistant", "content": text}
        yield head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield head | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    yield head | {"choices": [], "usage": USAGE}


def _whole(model: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": "".join(SAID)}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    head = {"id": "x", "object": "chat.completion", "created": 1, "model": model}
    return head | {"choices": [choice], "usage": USAGE}


@contextmanager
def model_server(host: str = "127.0.0.1") -> Iterator[ModelServer]:
    """Answer while the block runs; for containers, on a host's every address."""
    with ModelServer((host, 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
