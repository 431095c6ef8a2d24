"""Releases of the embedded source, laid out on disk once: reading one then needs no git.

Each lies in a folder named for its commit, beside the bundle, with a list of its files next to it.
A folder that differs from its list (somebody edited or removed a file) is laid out again.
"""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

from scaffold import places, scratch
from scaffold.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_HALF_DONE = ".unpacking-"


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
        lock = kept.parent.with_suffix(".lock")
        with (
            scratch.alone(lock, kept.parent, _HALF_DONE),
            scratch.folder(_HALF_DONE, kept.parent) as half,
        ):
            if _is_intact(kept):  # another command was faster, and may be reading it
                return kept
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
        return None
    return kept


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
