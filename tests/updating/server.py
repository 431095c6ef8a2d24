"""A git server on this machine's loopback: `git http-backend` behind a few lines of HTTP."""

from __future__ import annotations

import os
import ssl
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACK, REFS = "git-upload-pack", "info/refs"


@dataclass
class GitServer:
    """What a server serves, and how it misbehaves.

    Attributes:
        root: Folder of bare repositories.
        url: Its address, without a `/` at its end.
        status: Answers everything with this status, if it is not 0.
        cut: Ends an answer after so many bytes, and the connection with it; None for never.
        cutting: The requests whose answers are cut: PACK or REFS.
        sizes: Bytes of each answer so far, by kind of request.
    """

    root: Path
    url: str = ""
    status: int = 0
    cut: int | None = None
    cutting: str = PACK
    sizes: dict[str, list[int]] = field(default_factory=lambda: {PACK: [], REFS: []})


def _handler(server: GitServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _answer(self, body: bytes) -> None:
            if server.status:
                self.send_response(server.status)
                if server.status == 401:
                    self.send_header("WWW-Authenticate", 'Basic realm="pack"')
                self.end_headers()
                return
            address = urlsplit(self.path)
            done = subprocess.run(
                ["git", "http-backend"],
                input=body,
                env={
                    "PATH": os.environ["PATH"],
                    "GIT_PROJECT_ROOT": os.fspath(server.root),
                    "GIT_HTTP_EXPORT_ALL": "1",
                    "GIT_CONFIG_GLOBAL": os.devnull,
                    "PATH_INFO": address.path,
                    "QUERY_STRING": address.query,
                    "REQUEST_METHOD": self.command,
                    "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                    "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                    "REMOTE_ADDR": "127.0.0.1",
                },
                capture_output=True,
                check=True,
            )
            head, _, answer = done.stdout.partition(b"\r\n\r\n")
            lines = [line.partition(": ") for line in head.decode().splitlines()]
            status = next((text for name, _, text in lines if name == "Status"), "200 OK")
            self.send_response(int(status.split()[0]))
            for name, _, text in lines:
                if name != "Status":
                    self.send_header(name, text)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            kind = PACK if self.command == "POST" else REFS
            server.sizes[kind].append(len(answer))
            self.wfile.write(answer[: server.cut] if server.cutting == kind else answer)

        def log_message(self, *words: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def serving(root: Path, certificate: Path | None = None) -> Iterator[GitServer]:
    """Serve the repositories in a folder, on a port that is free.

    Args:
        root: The folder.
        certificate: Certificate and key, for https.
    """
    made = GitServer(root)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    made.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def self_signed(folder: Path) -> Path:
    """A certificate for this machine's loopback, with its key, made by openssl."""
    pem = folder / "loopback.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    subject = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    out = ("-keyout", pem, "-out", folder / "certificate.pem")
    command = ["openssl", *words.split(), *subject, *out]
    subprocess.run(command, check=True, capture_output=True)
    with pem.open("ab") as stream:
        stream.write((folder / "certificate.pem").read_bytes())
    return pem
