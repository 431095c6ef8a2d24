"""A class on the web, where hosts are slow, cut off, or talk nonsense."""

from __future__ import annotations

import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from scaffold.cohort import joining, published
from scaffold.errors import OutsideError, RequestError
from tests.cohort.school import git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLASS = b"""\
name = "Spring"
where = "https://host.example/school/{username}-{name}.git"
[assignments.one]
template = "supervised-api"
name = "api"
"""


class _Host(BaseHTTPRequestHandler):
    stopping = threading.Event()

    def log_message(self, *words: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        if self.path == "/nonsense":
            self.wfile.write(b"nonsense\r\n\r\n")
            return
        if self.path == "/slow-head":
            self.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
        elif self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
        else:
            self.send_response(200)
            if self.path == "/cut":
                self.send_header("Content-Length", str(len(CLASS) + 100))
            self.end_headers()
            self.wfile.write(b"#" * 1_000_001 if self.path == "/large" else CLASS)
        while self.path.startswith("/slow") and not self.stopping.wait(0.05):
            self.wfile.write(b"#")
            self.wfile.flush()


@pytest.fixture
def host() -> Iterator[str]:
    _Host.stopping.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    _Host.stopping.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/slow", "it was not here after 1 seconds"),
        ("/slow-head", "it was not here after 1 seconds"),
        ("/cut", "100 more expected"),
        ("/nonsense", "nonsense"),
        ("/away", "the host answered 302"),
    ],
)
def test_a_host_that_does_not_answer_well(
    host: str, path: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "_SECONDS", 1.0)
    begun = time.monotonic()
    with pytest.raises(OutsideError) as caught:
        published.fetched(f"{host}{path}")
    assert said in caught.value.problem
    assert time.monotonic() - begun < 5


def test_what_is_large_is_no_class(host: str, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="too large to be a class"):
        published.fetched(f"{host}/large")
    git(tmp_path, "init", "--quiet")
    (tmp_path / "class.toml").write_text("#" * 1_000_001, encoding="utf-8")
    git(tmp_path, "add", "class.toml")
    git(tmp_path, "commit", "--quiet", "-m", "Large")
    with pytest.raises(RequestError, match="too large to be a class"):
        published.fetched(tmp_path.as_uri())


@pytest.mark.parametrize("url", ["https://[x/class.toml", "http://localhost:1/a\nb", "https:///x"])
def test_what_is_no_address_is_no_bug(url: str) -> None:
    with pytest.raises(OutsideError, match="cannot be fetched"):
        published.fetched(url)


def test_an_address_may_hold_any_letter(host: str) -> None:
    assert published.fetched(f"{host}/Übung 1/class.toml?a=b%20c").name == "Spring"


def test_a_learner_is_told_where_the_class_looks(host: str, tmp_path: Path) -> None:
    joined = joining.join(f"{host}/class.toml", "one")
    place = "https://host.example/school/<you>-api.git"
    assert f"Your class looks for it at {place}" in joined.told()
    assert joined.facts()["place"] == place
    here = CLASS.replace(b"https://host.example/school/", b"out/")
    (tmp_path / "class.toml").write_bytes(here)
    joined = joining.join(os.fspath(tmp_path), "one")
    assert "looks for it" not in "".join(joined.told())
    assert joined.facts()["place"] is None
