"""Many repositories on one screen: a row for each, what stands in the way, and the counts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich.table import Table

from scaffold.cli import terminal
from scaffold.project import Status, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_NAMED = 6
_UNKNOWN = "?"


def show(found: Sequence[Status | Unread]) -> None:
    """Print what is known of each."""
    above, names = _short([_folder(one) for one in found])
    named = list(zip(names, found, strict=True))
    printer = terminal.console()
    if above:
        printer.print(terminal.cell(f"In {above}:\n"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Folder", overflow="fold", min_width=min(16, max(map(len, names))))
    table.add_column("Starter", no_wrap=True, max_width=24)
    table.add_column("Version", no_wrap=True, max_width=34)
    table.add_column("Edited", no_wrap=True, justify="right")
    table.add_column("To answer", no_wrap=True, justify="right")
    for name, one in named:
        table.add_row(*map(terminal.cell, (name, *_cells(one))))
    printer.print(table)
    printer.print()
    for line in (*_notes(named), _counts(found)):
        printer.print(terminal.cell(line))


def _folder(one: Status | Unread) -> Path:
    return one.folder if isinstance(one, Unread) else one.origin.folder


def _short(folders: Sequence[Path]) -> tuple[str, list[str]]:
    """The folder that all of them are in, and their names there; else the folders as they are."""
    above = {folder.absolute().parent for folder in folders}
    if len(above) > 1 or all(len(folder.parts) == 1 for folder in folders):
        return "", [os.fspath(folder) for folder in folders]
    return os.fspath(above.pop()), [folder.absolute().name for folder in folders]


def _cells(one: Status | Unread) -> tuple[str, str, str, str]:
    """Starter, version, edited, to answer."""
    if isinstance(one, Unread):
        return _UNKNOWN, _UNKNOWN, _UNKNOWN, _UNKNOWN
    origin = one.origin
    version = origin.version
    if one.outdated is not False:
        version = f"{version} -> {one.newest or _UNKNOWN}"
    edited = str(len(one.edited)) if not one.trouble else _UNKNOWN
    if one.deleted:
        edited = f"{edited}, {len(one.deleted)} gone"
    return origin.template, version, edited, str(len(one.open_prompts))


def _notes(named: Sequence[tuple[str, Status | Unread]]) -> Iterator[str]:
    """What a person should look at, each reason once."""
    halves = [name for name, one in named if isinstance(one, Status) and one.interrupted]
    if halves:
        yield f"An update was interrupted: `scaffold update` completes it. In {', '.join(halves)}."
    reasons: dict[str, list[str]] = {}
    for name, one in named:
        if isinstance(one, Status) and one.trouble:
            reasons.setdefault(one.trouble, []).append(name)
    for reason, names in reasons.items():
        yield f"Not known, of {_listed(names)}: {reason}"
    for one in (one for _, one in named if isinstance(one, Unread)):
        yield f"Not read: {one.problem} {one.remedy}"


def _listed(names: Sequence[str]) -> str:
    left = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {left} more" if left > 0 else "")


def _counts(found: Sequence[Status | Unread]) -> str:
    read = [one for one in found if isinstance(one, Status)]
    counted = {
        "outdated": sum(one.outdated is True for one in read),
        "edited": sum(bool(one.edited or one.deleted) for one in read),
        "with questions to answer": sum(bool(one.open_prompts) for one in read),
        "interrupted": sum(one.interrupted for one in read),
        "without a lock": sum(not one.locked for one in read),
        "not wholly known": sum(bool(one.trouble) for one in read),
        "not read": len(found) - len(read),
    }
    told = ", ".join(f"{number} {what}" for what, number in counted.items() if number)
    return f"{len(found)} repositories: {told or 'all as they were made'}."
