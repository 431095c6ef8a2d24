"""Runs a server that stands for a provider, over HTTP, on a free port of this machine."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

from .model_server import Asked, Json, ModelServer, Reply

Server = TypeVar("Server", bound=ModelServer)


class _Listening(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *request: Any) -> None:  # noqa: ANN401 - a socket and an address
        if not isinstance(sys.exception(), ConnectionError):  # who asked has given up
            super().handle_error(*request)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server on a free port, until the end of the block."""

    class Handler(_Handler):
        answering = server

    with _Listening(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        server.address = f"http://127.0.0.1:{listening.server_port}{server.base}"
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    answering: ModelServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        server = self.answering
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        server.requests.append(body)
        server.keys.append(server.key_in(headers))
        server.times.append(time.monotonic())
        reply = server.reply(self.path, headers, body)
        time.sleep(reply.seconds)
        try:
            if reply.status == 200 and reply.body is None and body.get("stream"):
                self._stream(reply, server.asked(body))
            else:
                self._whole(reply, body)
        except OSError:  # who asked has given up
            server.hung_up.set()
            self.close_connection = True

    def _whole(self, reply: Reply, body: Json) -> None:
        if reply.status != 200:
            sent = json.dumps(self.answering.error(reply.status, reply.message)).encode()
        elif reply.body is None:
            sent = json.dumps(self.answering.whole(reply, self.answering.asked(body))).encode()
        else:
            sent = reply.body
        kind = "text/event-stream" if reply.body and body.get("stream") else "application/json"
        self._head(reply, {"Content-Type": kind, "Content-Length": str(len(sent))})
        self.wfile.write(sent)

    def _stream(self, reply: Reply, asked: Asked) -> None:
        self._head(reply, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        for text in self.answering.events(reply, asked):
            time.sleep(reply.pause)
            self._chunk(text)
        if reply.breaks == "lost":
            self.close_connection = True
            return
        if reply.breaks == "error":
            self._chunk(self.answering.error_event(reply.message))
        self._chunk("")

    def _head(self, reply: Reply, headers: dict[str, str]) -> None:
        self.send_response(reply.status)
        for name, value in {**headers, **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def log_message(self, *_: object) -> None:
        pass
