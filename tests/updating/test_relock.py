"""The lock follows packages whose tested version moved, and nothing else moves."""

from __future__ import annotations

import tomllib

import pytest

from scaffold import interpreters, scratch
from scaffold.lock import LOCK, lock_to
from scaffold.update.relock import UNCHANGED, Before, relock

pytestmark = pytest.mark.skipif(interpreters.uv() is None, reason="uv is not installed")

PYPROJECT = b"""\
[project]
name = "mine"
version = "0.1.0"
requires-python = ">=3.11,<3.14"
dependencies = ["packaging>=24", "idna>=3.6"]
"""


def locked(*pins: str) -> bytes:
    """A lock with just these versions."""
    with scratch.folder("scaffold-test-") as folder:
        (folder / "pyproject.toml").write_bytes(PYPROJECT)
        done = lock_to(folder, list(pins))
        assert done.done, done
        return (folder / LOCK).read_bytes()


def versions(lock: bytes | None) -> dict[str, str]:
    packages = tomllib.loads((lock or b"").decode())["package"]
    return {one["name"]: one["version"] for one in packages if one["name"] != "mine"}


def test_a_pin_that_moved_is_followed_and_its_neighbour_stays() -> None:
    old = b"packaging==24.0\nidna==3.6\n"
    lock = locked("packaging==24.0", "idna==3.6")
    assert versions(lock) == {"packaging": "24.0", "idna": "3.6"}
    found = relock(
        Before(lock, PYPROJECT, old), {"pyproject.toml": PYPROJECT}, b"packaging==24.1\nidna==3.6\n"
    )
    assert found.state == "refreshed"
    now = versions(found.content)
    assert now["idna"] == "3.6"
    assert tuple(map(int, now["packaging"].split("."))) >= (24, 1)


def test_a_version_that_the_owner_raised_is_not_lowered() -> None:
    lock = locked("packaging==25.0", "idna==3.6")
    found = relock(
        Before(lock, PYPROJECT, b"packaging==24.0\nidna==3.6\n"),
        {"pyproject.toml": PYPROJECT},
        b"packaging==24.1\nidna==3.6\n",
    )
    assert found == UNCHANGED  # 25.0 is at least 24.1


def test_a_new_dependency_gets_the_tested_version() -> None:
    lock = locked("packaging==24.0", "idna==3.6")
    more = PYPROJECT.replace(b'"idna>=3.6"]', b'"idna>=3.6", "sniffio>=1.2"]')
    found = relock(
        Before(lock, PYPROJECT, b"packaging==24.0\nidna==3.6\n"),
        {"pyproject.toml": more},
        b"packaging==24.0\nidna==3.6\nsniffio==1.3.0\n",
    )
    assert versions(found.content) == {"packaging": "24.0", "idna": "3.6", "sniffio": "1.3.0"}


def test_an_owner_who_wants_more_of_a_new_dependency_gets_it() -> None:
    lock = locked("packaging==24.0", "idna==3.6")
    more = PYPROJECT.replace(b'"idna>=3.6"]', b'"idna>=3.6", "sniffio>=1.3.1"]')
    found = relock(
        Before(lock, PYPROJECT, b""), {"pyproject.toml": more}, b"packaging==24.0\nsniffio==1.3.0\n"
    )
    assert versions(found.content)["sniffio"] >= "1.3.1"


def test_nothing_is_asked_of_uv_when_no_dependency_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scaffold.update.relock.lock_to", pytest.fail)
    pins = b"packaging==24.0\n"
    other = PYPROJECT + b"\n[tool.ruff]\nline-length = 99\n"
    before = Before(b"version = 1\n", PYPROJECT, pins)
    assert relock(before, {"pyproject.toml": other}, pins) == UNCHANGED
    assert relock(Before(None, PYPROJECT, b""), {"pyproject.toml": PYPROJECT}, pins) == UNCHANGED


def test_a_set_that_cannot_be_had_keeps_the_lock_and_says_why() -> None:
    lock = locked("packaging==24.0", "idna==3.6")
    wrong = PYPROJECT.replace(b'"idna>=3.6"', b'"idna<3"')
    found = relock(
        Before(lock, PYPROJECT, b""), {"pyproject.toml": wrong}, b"packaging==24.0\nidna==3.6\n"
    )
    assert (found.state, found.content) == ("kept", None)
    assert found.reason
