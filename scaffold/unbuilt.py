"""Locking a project that strangers wrote, without running any of their code.

Resolving may run code: a source distribution says what it needs only once its `setup.py` has run.
uv's `--no-build` keeps it from that. Two things it still builds, measured with uv 0.13: the project
itself where its `pyproject.toml` leaves something to a program (`dynamic`), and the members of its
workspace. Such projects are not locked.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from scaffold import lock as locking
from scaffold.lock import PYPROJECT, Locked

if TYPE_CHECKING:
    from pathlib import Path

NO_BUILD = ("--no-build",)
HARMLESS = frozenset(
    {
        *("required-version", "default-groups", "package", "exclude-dependencies", "exclude-newer"),
        *("constraint-dependencies", "override-dependencies", "dev-dependencies", "conflicts"),
        *("environments", "required-environments", "resolution", "prerelease", "fork-strategy"),
    }
)
"""Keys of `[tool.uv]` that name no place, and start nothing."""
PLACES = frozenset(
    {"index", "index-url", "extra-index-url", "index-strategy", "no-index", "find-links"}
)
"""Keys that name places to get packages from, which are asked, and run nothing here."""
UNREAD = "cannot be read"
DYNAMIC = "leaves to a program what it needs"
_REFUSED = re.compile(
    r"Building source distributions for `(?P<first>[^`]+)` is disabled"
    r"|Wheels are required for `(?P<second>[^`]+)` because building"
)


def lock(folder: Path) -> Locked:
    """As `scaffold.lock.lock`, and nothing is built."""
    return _unless_refused(folder) or _plainly(locking.lock(folder, NO_BUILD))


def lock_to(folder: Path, pins: list[str]) -> Locked:
    """As `scaffold.lock.lock_to`, and nothing is built."""
    return _unless_refused(folder) or _plainly(locking.lock_to(folder, pins, NO_BUILD))


def refusal(pyproject: bytes) -> str:
    """What in a `pyproject.toml` could run code in spite of `--no-build`; empty when nothing."""
    try:
        content: Any = tomllib.loads(pyproject.decode("utf-8"))
        if content.get("project", {}).get("dynamic"):
            return DYNAMIC
        odd = content.get("tool", {}).get("uv", {}).keys() - HARMLESS - PLACES
    except (ValueError, RecursionError, AttributeError):
        return UNREAD
    return f"sets {sorted(odd)[0]} of uv" if odd else ""


def _unless_refused(folder: Path) -> Locked | None:
    path = folder / PYPROJECT
    reason = refusal(path.read_bytes()) if path.is_file() else "is missing"
    if not reason:
        return None
    told = "" if reason in {UNREAD, "is missing"} else ", which may run code"
    return Locked(done=False, reason=f"its {PYPROJECT} {reason}{told}")


def _plainly(done: Locked) -> Locked:
    """The same, naming the package that would have to be built."""
    found = _REFUSED.search(done.said)
    if found is None:
        return done
    name = (found["first"] or found["second"]).partition(" @ ")[0]
    return Locked(done=False, reason=f"{name} would have to be built, which runs its code")
