"""A change as a person reads it before it is made: a unified diff."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.update.files import File
    from scaffold.update.transaction import Change

_MOST_LINES = 4_000


def unified(changes: Iterable[Change]) -> str:
    """The diff of some changes, in the order of their paths."""
    return "".join(
        line for change in sorted(changes, key=lambda one: one.path) for line in _of(change)
    )


def _of(change: Change) -> Iterator[str]:
    if change.before == change.after:
        return
    sides = change.before, change.after
    names = [
        f"{side}/{change.path}" if file else "/dev/null"
        for side, file in zip("ab", sides, strict=True)
    ]
    if any(file is not None and file.binary for file in sides):
        yield f"Binary files {names[0]} and {names[1]} differ\n"
        return
    before, after = map(_lines, sides)
    if max(len(before), len(after)) > _MOST_LINES:
        yield f"--- {names[0]}\n+++ {names[1]}\n@@ {len(before)} lines, then {len(after)} @@\n"
        return
    if change.before and change.after and change.before.executable != change.after.executable:
        yield f"mode of {change.path}: {change.before.mode} to {change.after.mode}\n"
    for line in difflib.unified_diff(before, after, names[0], names[1]):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(file: File | None) -> list[str]:
    """The lines of a file; a lone carriage return ends none, as for git."""
    text = "" if file is None else file.data.decode("utf-8", "replace")
    pieces = text.split("\n")
    return [f"{line}\n" for line in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])
