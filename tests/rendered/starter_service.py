"""A starter's service as `app smoke` sees it, for stand-ins of the places where it runs."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# The route of each starter that `app smoke` asks, and a body that it takes.
EXAMPLES = {
    "/predict": {"age": 41},
    "/ask": {"question": "How big should a chunk be?"},
    "/runs": {"question": "Who pulls in certifi?", "wait": 8},
}
OPENAPI = {
    "paths": {
        route: {
            "post": {
                "requestBody": {
                    "content": {"application/json": {"examples": {"one": {"value": body}}}}
                }
            }
        }
        for route, body in EXAMPLES.items()
    }
}


class Answering(BaseHTTPRequestHandler):
    """Answers in JSON; what, its `answer` says."""

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        """Answer one request."""
        raise NotImplementedError

    def body(self) -> Any:
        """Return what came with the request."""
        length = int(self.headers.get("Content-Length") or 0)
        return json.loads(self.rfile.read(length) or "null")

    def is_probe(self, path: str) -> bool:
        """Return whether this is a look that is not to be stored as a real question."""
        return path in EXAMPLES and self.headers["X-Probe"] == "1"

    def service(self, path: str, commit: str | None, *, wrong: bool) -> tuple[int, Any]:
        """Return what the service of a commit answers; None: there is none."""
        if commit is None:
            return 502, "no service"
        if path in EXAMPLES:
            return (500, "broken") if wrong else (200, {"answered": path})
        known = {
            "/health/ready": {"status": "ready"},
            "/version": {"git_sha": commit},
            "/openapi.json": OPENAPI,
        }
        return (200, known[path]) if path in known else (404, None)

    def send(self, status: int, body: Any) -> None:
        """Send an answer."""
        encoded = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def listening(server: ThreadingHTTPServer) -> Iterator[int]:
    """Answer while the block runs; yield the port."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
