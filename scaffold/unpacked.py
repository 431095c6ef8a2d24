"""Releases of the embedded source, laid out on disk once: reading one then needs no git.

Each lies in a folder named for its commit, beside the bundle, with a list of its files next to it.
A folder that differs from its list (somebody edited or removed a file) is laid out again.
"""

from __future__ import annotations

import json
import os
import stat
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from scaffold import places, scratch
from scaffold.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_HALF_DONE = ".unpacking-"
_LONG_AGO_SECONDS = 600


def lay_out(commit: str, fill: Callable[[Path], None]) -> Path | None:
    """The folder of a release, laid out now if it is not there yet.

    Args:
        commit: The release's commit id.
        fill: Writes the release into the folder it is given, which it makes.

    Returns:
        The folder; None where it cannot be kept (a read-only home, a full disk).
    """
    kept = places.unpacked_releases() / commit
    if _is_intact(kept):
        return kept
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        _sweep(kept.parent)
        with scratch.folder(_HALF_DONE, kept.parent) as half:
            fresh = half / commit
            fill(fresh)
            _list(kept).unlink(missing_ok=True)
            if kept.exists():
                kept.rename(half / "spoilt")
            fresh.rename(kept)
            facts = half / "facts"
            facts.write_text(json.dumps(dict(_facts(kept))), encoding="utf-8")
            facts.replace(_list(kept))
    except (OSError, OutsideError):
        return kept if _is_intact(kept) else None  # another command may have been faster
    return kept


def _sweep(place: Path) -> None:
    """Remove what killed commands left half laid out; a young one may be at work."""
    for left in place.glob(f"{_HALF_DONE}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _LONG_AGO_SECONDS:
                scratch.remove(left)


def _list(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.json")


def _is_intact(folder: Path) -> bool:
    try:
        listed = json.loads(_list(folder).read_text(encoding="utf-8"))
        return isinstance(listed, dict) and listed == dict(_facts(folder))
    except (OSError, ValueError):
        return False


def _facts(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Every file below a folder, with its size and when it was written (in nanoseconds)."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)  # noqa: PTH118 - a hundred files at every start
            known = os.lstat(path)
            size = known.st_size if stat.S_ISREG(known.st_mode) else -1
            yield os.path.relpath(path, folder), [size, known.st_mtime_ns]
