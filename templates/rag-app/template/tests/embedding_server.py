"""A server on this machine that speaks the embeddings part of OpenAI's protocol."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DIMENSIONS = 4
Json = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """An answer that is not the usual one; `body` may be no JSON at all."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def vector(text: str) -> list[float]:
    """Letters counted in four places: the same for the same text."""
    counts = [0.0] * DIMENSIONS
    for letter in text.lower():
        counts[ord(letter) % DIMENSIONS] += 1
    return counts


def embedded(texts: list[str]) -> Json:
    data = [
        {"object": "embedding", "index": place, "embedding": vector(text)}
        for place, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    return {"object": "list", "data": data, "model": "small", "usage": usage}


def wrong(body: Json) -> str:
    """What a strict provider would say against a request; empty if nothing."""
    texts = body.get("input")
    if body.keys() != {"input", "model", "encoding_format"} or body["encoding_format"] != "float":
        return f"unexpected fields: {sorted(body)}"
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) for t in texts):
        return "input must be a list of texts"
    if any(not text.strip() for text in texts):
        return "input must not be empty"
    return "" if body["model"] == "small" else f"the model {body['model']} does not exist"


@dataclass
class Server:
    """What was asked, and what to answer: `script` first, then the truth."""

    address: str = ""
    script: list[Reply] = field(default_factory=list)
    bodies: list[Json] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    change: Callable[[Json], Json] | None = None

    def reply(self, path: str, body: Json) -> Reply:
        if self.script:
            return self.script.pop(0)
        if path != "/v1/embeddings":
            return Reply(404, b'{"error": {"message": "no such page"}}')
        if problem := wrong(body):
            status = 404 if "exist" in problem else 400
            return Reply(status, json.dumps({"error": {"message": problem}}).encode())
        answer = embedded(body["input"])
        return Reply(body=json.dumps(self.change(answer) if self.change else answer).encode())


@contextmanager
def running() -> Iterator[Server]:
    """A server on a free port of this machine, until the end of the block."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(length))
            server.bodies.append(body)
            server.keys.append(self.headers["Authorization"])
            server.times.append(time.monotonic())
            reply = server.reply(self.path, body)
            time.sleep(reply.seconds)
            try:
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)
            except OSError:  # who asked has given up
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        server.address = f"http://127.0.0.1:{listening.server_port}/v1"
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
