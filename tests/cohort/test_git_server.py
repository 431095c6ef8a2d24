"""The git server of these tests: passwords, permissions, and bad weather."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cohort.term.git_server import GitServer, storm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    with GitServer(tmp_path / "server", {"ada": "pw-1", "bob": "pw-2"}) as running:
        running.make("one.git")
        yield running


def git(cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run git as nobody."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    return subprocess.run(
        ["git", *who, *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def commit(folder: Path, size: int = 10) -> None:
    """Make a repository with one file of random bytes."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "file.bin").write_bytes(os.urandom(size))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")


@pytest.mark.parametrize("size", [10, 3_000_000], ids=["small", "in pieces"])
def test_what_is_pushed_is_fetched(server: GitServer, tmp_path: Path, size: int) -> None:
    commit(tmp_path / "mine", size)
    pushed = git(tmp_path / "mine", "push", "--quiet", f"{server.url_for('ada')}/one.git", "main")
    assert pushed.returncode == 0, pushed.stderr
    assert (
        git(tmp_path, "clone", "--quiet", f"{server.url_for('bob')}/one.git", "his").returncode == 0
    )
    assert (tmp_path / "his/file.bin").stat().st_size == size
    assert {one.user for one in server.requests if one.status == 200} == {"ada", "bob"}
    assert {one.repository for one in server.requests} == {"one.git"}
    assert {one.service for one in server.requests} == {"git-upload-pack", "git-receive-pack"}
    assert server.count == len(server.requests)


def test_who_is_not_known_is_asked_and_who_may_not_is_told(
    server: GitServer, tmp_path: Path
) -> None:
    asked = git(tmp_path, "ls-remote", f"{server.url}/one.git")
    assert "could not read Username" in asked.stderr
    server.forbidden["ada", "one.git"] = 403
    assert "403" in git(tmp_path, "ls-remote", f"{server.url_for('ada')}/one.git").stderr
    assert git(tmp_path, "ls-remote", f"{server.url_for('bob')}/one.git").returncode == 0
    none = git(tmp_path, "ls-remote", f"{server.url_for('bob')}/two.git").stderr
    assert "not found" in none
    assert [one.status for one in server.requests] == [401, 401, 403, 401, 200, 200, 401, 404]


@pytest.mark.parametrize("kind", ["drop", "cut", "500"])
def test_bad_weather_is_noticed_and_passes(server: GitServer, tmp_path: Path, kind: str) -> None:
    commit(tmp_path / "mine")
    push = ("push", "--quiet", f"{server.url_for('ada')}/one.git", "main")
    server.weather = storm(1, 1.0, (kind,))
    assert git(tmp_path / "mine", *push).returncode != 0
    server.weather = storm(1, 0.0)
    assert git(tmp_path / "mine", *push).returncode == 0


def test_a_storm_is_drawn_by_its_seed() -> None:
    def drawn(seed: int) -> list[str]:
        return [storm(seed, 0.3)(number) for number in range(200)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 30 < sum(one != "fair" for one in drawn(1)) < 90
