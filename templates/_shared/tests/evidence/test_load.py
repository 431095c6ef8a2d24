"""The generator of load: it counts and times real answers, and accepts no other."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from app.evidence.load import drive, post
from app.service.errors import UserError


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # the connection stays open

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self.client_address)  # type: ignore[attr-defined]
        self.send_response(200 if self.path == "/echo" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:  # it would fill the terminal
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.asked = []  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_answer_is_timed_over_connections_that_stay_open(
    server: ThreadingHTTPServer,
) -> None:
    body = b"x" * 400_000  # more than arrives at once
    seconds, took = drive(server.server_port, post("/echo", body, "key"), 12, 3)
    assert len(took) == len(server.asked) == 12  # type: ignore[attr-defined]
    assert all(0 < one <= seconds * 1e6 for one in took)
    assert len(set(server.asked)) == 3  # type: ignore[attr-defined]


def test_an_answer_that_is_not_200_stops_the_measurement(server: ThreadingHTTPServer) -> None:
    with pytest.raises(UserError, match="404"):
        drive(server.server_port, post("/other", b"x", "key"), 5, 1)
