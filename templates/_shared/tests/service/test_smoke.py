"""What the look from outside sends, so that it changes nothing and is let in."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.service.smoke import post_json, smoke

ANSWERS = {
    "/health/ready": {},
    "/version": {"git_sha": "abc"},
    "/openapi.json": {
        "paths": {
            "/do": {
                "post": {
                    "requestBody": {
                        "content": {"application/json": {"examples": {"one": {"value": {"x": 1}}}}}
                    }
                }
            }
        }
    },
    "/do": {"done": True},
}


class _Service(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps(ANSWERS[self.path]).encode("utf-8")
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        _Service.posted.append((self.headers["X-Probe"], self.headers["X-API-Key"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    posted: list[tuple[str | None, str | None]]


@pytest.fixture
def address() -> Iterator[str]:
    _Service.posted = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_look_says_that_it_is_one(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("API_KEY", raising=False)
    smoke(address, "/do", "abc", 5, lambda _: None)
    assert _Service.posted == [("1", None)]


def test_a_service_with_a_key_gets_it(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "secret")
    smoke(address, "/do", None, 5, lambda _: None)
    assert post_json(f"{address}/do", {}) == {"done": True}
    assert _Service.posted == [("1", "secret"), (None, "secret")]
