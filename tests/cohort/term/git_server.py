"""A git server over HTTP on loopback, with passwords, permissions and bad weather.

The work is done by `git http-backend`, so what is pushed and fetched is real.
"""

from __future__ import annotations

import base64
import os
import random
import socket
import subprocess
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: What a request meets: an answer, none at all, half of one, or an error of the server's.
Weather = Literal["fair", "drop", "cut", "500"]
_REALM = 'Basic realm="git"'


@dataclass(frozen=True)
class Request:
    """One request that came in.

    Attributes:
        number: Counted from one.
        method: GET or POST.
        path: Without the query.
        service: `git-upload-pack` to fetch, `git-receive-pack` to push, or empty.
        user: Who asked; empty where nobody said.
        status: What was answered; 0 where the connection was dropped.
    """

    number: int
    method: str
    path: str
    service: str
    user: str
    status: int

    @property
    def repository(self) -> str:
        """The repository's name, with `.git`."""
        return self.path.lstrip("/").partition(".git")[0] + ".git"


@dataclass
class GitServer:
    """The server; to be used in a `with` statement.

    Attributes:
        root: Folder of the bare repositories.
        passwords: User to password; empty lets everybody in.
        forbidden: User and repository to the status that they get.
        says: User to what a refusal tells them.
        weather: Asked for each request, given its number.
        requests: What came in.
    """

    root: Path
    passwords: dict[str, str] = field(default_factory=dict)
    forbidden: dict[tuple[str, str], int] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)
    weather: Callable[[int], Weather] = lambda _: "fair"
    requests: list[Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _count: int = 0

    def __enter__(self) -> GitServer:
        self.root.mkdir(parents=True, exist_ok=True)
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.git_server = self
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(timeout=30)

    @property
    def host(self) -> str:
        """Address and port."""
        return f"127.0.0.1:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://{self.host}"

    @property
    def count(self) -> int:
        """How many requests began."""
        return self._count

    def url_for(self, user: str) -> str:
        """The same with a user's password in it."""
        return f"http://{user}:{quote(self.passwords[user], safe='')}@{self.host}"

    def make(self, name: str) -> Path:
        """Make an empty repository."""
        place = self.root / name
        words = ["git", "init", "--quiet", "--bare", "--initial-branch=main", os.fspath(place)]
        subprocess.run(words, check=True, env=_environment())
        return place

    def begin(self) -> int:
        """Count a request that came in."""
        with self._lock:
            self._count += 1
            return self._count


def storm(
    seed: int, share: float, kinds: tuple[Weather, ...] = ("drop", "cut", "500")
) -> Callable[[int], Weather]:
    """Weather in which a share of the requests meets trouble, by seed."""

    def weather(number: int) -> Weather:
        dice = random.Random(f"{seed} {number}")  # noqa: S311 - no secret
        return dice.choice(kinds) if dice.random() < share else "fair"

    return weather


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    git_server: GitServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away, killed perhaps, is nothing to tell."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"
    server: _Http

    def log_message(self, *_: object) -> None:  # type: ignore[override]
        """Requests are counted, not printed."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        git = self.server.git_server
        number = git.begin()
        url = urlsplit(self.path)
        user, password = _credentials(self.headers.get("Authorization", ""))
        service = url.query.removeprefix("service=") or url.path.rpartition("/")[2]
        service = service if service.startswith("git-") else ""
        weather = git.weather(number)
        body = self._body()
        status, answer, headers = 0, b"", {}
        if weather == "500":
            status, answer = 500, b"The server has a bad day.\n"
        elif weather != "drop":
            status, answer, headers = self._look_up(url.path, url.query, user, password, body)
        git.requests.append(Request(number, self.command, url.path, service, user, status))
        if weather == "drop":
            self._hang_up()
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer[: len(answer) // 2] if weather == "cut" else answer)
        self.wfile.flush()
        if weather == "cut":
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts: list[bytes] = []
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _look_up(
        self, path: str, query: str, user: str, password: str, body: bytes
    ) -> tuple[int, bytes, dict[str, str]]:
        git = self.server.git_server
        name = path.lstrip("/").partition(".git")[0] + ".git"
        if git.passwords and (not user or git.passwords.get(user) != password):
            return 401, b"Who are you?\n", {"WWW-Authenticate": _REALM}
        if status := git.forbidden.get((user, name)):
            said = git.says.get(user, "Not for you.")
            return status, f"{said}\n".encode(), {"Content-Type": "text/plain"}
        if not (git.root / name).is_dir():
            return 404, b"There is no such repository.\n", {}
        return self._backend(path, query, user or "anonymous", body)

    def _backend(
        self, path: str, query: str, user: str, body: bytes
    ) -> tuple[int, bytes, dict[str, str]]:
        variables = {
            **_environment(),
            "GIT_PROJECT_ROOT": os.fspath(self.server.git_server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": user,
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=variables, capture_output=True, check=False
        )
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        lines = [line.partition(": ") for line in head.decode("latin-1").split("\r\n") if line]
        headers = {name: value for name, _, value in lines}
        status = int(headers.pop("Status", "200").partition(" ")[0]) if head else 500
        return status, answer, headers


def _credentials(header: str) -> tuple[str, str]:
    kind, _, packed = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    user, _, password = base64.b64decode(packed).decode("utf-8", "replace").partition(":")
    return user, password


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
