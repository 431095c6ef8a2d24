"""A stand-in for a deployed starter, on this machine's loopback."""

from __future__ import annotations

import contextlib
import json
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Service:
    """What a stand-in for a deployed starter says."""

    commit: str = ""
    template: str = "supervised-api"
    answers: dict[tuple[str, str], float] = field(default_factory=dict)
    off_by: float = 0.0
    ready_after: float = 0.0
    seconds: float = 0.0
    drips: bool = False
    redirect: str = ""
    counts: bool = True
    key: bool = False
    predictions: int = 0
    asked: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def reply(self, method: str, path: str, body: dict[str, Any], *, probe: bool) -> Any:
        """Status and body."""
        self.asked.append(path)
        late = time.monotonic() - self.began < self.ready_after
        said: dict[str, Any] = {
            "/health/ready": (503 if late else 200, {}),
            "/version": (200, {"git_sha": self.commit, "template": self.template}),
            "/openapi.json": (200, OPENAPI),
            "/metrics": (
                200,
                f"predictions_total {self.predictions}\nprocess_x_total {len(path)}\n",
            ),
        }
        if path != "/predict" or method != "POST":
            return said.get(path, (404, {}))
        if self.key:
            return 401, {}
        self.predictions += self.counts and not probe
        output = self.answers.get((str(body["station"]), str(body["bikes_before"])), 0.5)
        return 200, {"probability": output + self.off_by, "decision": True}


OPENAPI = {
    "paths": {
        "/predict": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Features"},
                            "examples": {"one": {"value": {"station": 1, "bikes_before": 2}}},
                        }
                    }
                }
            }
        }
    },
    "components": {
        "schemas": {
            "Features": {
                "properties": {
                    "station": {"type": "integer"},
                    "bikes_before": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                    "district": {"type": "string", "enum": ["hill"]},
                }
            }
        }
    },
}


@contextlib.contextmanager
def serving(service: Service, certificate: Path | None = None) -> Iterator[str]:
    """Serve on a free port; the address. With a certificate and its key, over TLS."""

    class Handler(BaseHTTPRequestHandler):
        def _say(self, method: str) -> None:
            time.sleep(service.seconds)
            if service.drips:
                self._drip()
                return
            if service.redirect:
                self.send_response(301)
                self.send_header("Location", service.redirect)
                self.end_headers()
                return
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            probe = self.headers.get("X-Probe") == "1"
            status, said = service.reply(method, self.path, body, probe=probe)
            text = (said if isinstance(said, str) else json.dumps(said)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def _drip(self) -> None:
            """A head that never ends, a byte now and then."""
            with contextlib.suppress(OSError):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
                while True:
                    self.wfile.write(b"a")
                    time.sleep(0.2)

        def do_GET(self) -> None:
            self._say("GET")

        def do_POST(self) -> None:
            self._say("POST")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    scheme = "https" if certificate else "http"
    try:
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def certificate(folder: Path, *names: str) -> Path:
    """A certificate that signs itself for these names, and its key, in one file."""
    words = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    whose = ("-subj", f"/CN={names[0]}")
    also = ("-addext", f"subjectAltName={','.join(f'DNS:{one}' for one in names)}")
    key, cert = folder / "key.pem", folder / "cert.pem"
    files = ("-keyout", str(key), "-out", str(cert))
    subprocess.run(("openssl", *words, *whose, *also, *files), check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text(key.read_text() + cert.read_text())
    return both
