"""The lock after an update: packages whose tested version moved follow, nothing else does."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from scaffold import scratch, unbuilt
from scaffold.lock import LOCK, PYPROJECT, lock_to, pins_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from scaffold.lock import Locked

COMMAND = "uv lock"


@dataclass(frozen=True)
class Relocked:
    """What becomes of `uv.lock`.

    Attributes:
        state: `unchanged`, `refreshed`, or `kept` where it should have been refreshed; where there
            was none, `made`, or `missing` where it should have been made.
        content: The new lock; None where it stays.
        reason: Why it was kept, or is missing.
    """

    state: Literal["unchanged", "refreshed", "kept", "made", "missing"]
    content: bytes | None = None
    reason: str = ""


UNCHANGED = Relocked("unchanged")


@dataclass(frozen=True)
class Before:
    """A repository's dependencies before an update.

    Attributes:
        lock: Its `uv.lock`; None where there is none.
        pyproject: Its `pyproject.toml`.
        pins: The tested set of the release that it has.
        foreign: Whether its templates are not those of this package: then nothing is built.
    """

    lock: bytes | None
    pyproject: bytes | None
    pins: bytes
    foreign: bool = False


def relock(
    before: Before,
    files: Mapping[str, bytes],
    pins: bytes,
    step: Callable[[str], None] = lambda text: None,  # noqa: ARG005
    locking: Callable[[Path, list[str]], Locked] | None = None,
) -> Relocked:
    """The lock that fits a repository after an update.

    A package whose pin moved goes to at least that pin; one that its owner raised further stays.

    Args:
        before: What was.
        files: `pyproject.toml` and `README.md` as they will be.
        pins: The tested set of the new release.
        step: Is told that uv is at work.
        locking: How, where neither of the usual ways will do.
    """
    if before.lock is None or PYPROJECT not in files:
        return UNCHANGED
    moved = [line for line in _lines(pins) if line not in set(_lines(before.pins))]
    if not moved and declared(before.pyproject) == declared(files[PYPROJECT]):
        return UNCHANGED
    step("Locking the versions that moved")
    known = _locked(before.lock)
    reason = ""
    follow = locking or (unbuilt.lock_to if before.foreign else lock_to)
    for exactly in (True, False):
        with scratch.folder("scaffold-relock-") as folder:
            for name, content in {**files, LOCK: before.lock}.items():
                (folder / name).write_bytes(content)
            done = follow(folder, list(_at_least(moved, known, exactly=exactly)))
            if done.done:
                content = (folder / LOCK).read_bytes()
                if content == before.lock:
                    return UNCHANGED
                return Relocked("refreshed", content)
            reason = reason or done.reason
    return Relocked("kept", reason=reason)


def _lines(pins: bytes) -> list[str]:
    return pins_in(pins.decode("utf-8", "replace"))


def _at_least(moved: Iterable[str], known: frozenset[str], *, exactly: bool) -> Iterable[str]:
    """Requirements for the pins that moved: a package that is new gets the tested version."""
    for line in moved:
        try:
            name = canonicalize_name(Requirement(line).name)
        except InvalidRequirement:
            continue
        yield line if exactly and name not in known else line.replace("==", ">=", 1)


def _locked(lock: bytes) -> frozenset[str]:
    """The packages in a lock."""
    packages = _read(lock).get("package")
    packages = packages if isinstance(packages, list) else []
    return frozenset(str(one.get("name")) for one in packages if isinstance(one, dict))


def declared(pyproject: bytes | None) -> Any:
    """Everything in a `pyproject.toml` that a lock depends on."""
    content = _read(pyproject or b"")
    project, tool = _table(content, "project"), _table(content, "tool")
    about = ("name", "version", "requires-python", "dependencies", "optional-dependencies")
    return (
        {key: project.get(key) for key in about},
        content.get("dependency-groups"),
        tool.get("uv"),
    )


def _read(text: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}


def _table(content: dict[str, Any], name: str) -> dict[str, Any]:
    found = content.get(name)
    return found if isinstance(found, dict) else {}
