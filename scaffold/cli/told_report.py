"""What `scaffold cohort report` and `nudge` say at a terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich.table import Table

from scaffold.cli import terminal
from scaffold.cohort import again, said
from scaffold.cohort.page import DUE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.nudge import Nudges
    from scaffold.cohort.report import Report
    from scaffold.cohort.standing import Standing

MOST_ROWS = 40
"""From there on a terminal shows counts only; the page has everybody."""
_STYLES = {"overdue": "red", "late": "red", "not begun": "yellow", "in time": "green"}


def tell(found: Report) -> None:
    """Print an overview, and where the reports are."""
    printer = terminal.console()
    printer.print(terminal.cell(said.plain(found.klass.name), "bold"))
    printer.print()
    printer.print(_counts(found.standings))
    printer.print()
    if len(found.standings) <= MOST_ROWS:
        printer.print(_rows(found.standings))
        printer.print()
    for line in _notes(found):
        printer.print(terminal.cell(line))
    for file in found.files:
        terminal.out(_shown(file))


def nudged(klass: Class, found: Nudges) -> None:
    """Print how many messages there are, and where."""
    terminal.out(f"{len(found.written)} messages in {_shown(klass.folder / 'nudges')}")
    untried = [one for one in found.left_out if one.reason.startswith("Run ")]
    if untried:
        keys = ", ".join(one.task.key for one in untried[:6])
        more = f" and {len(untried) - 6} more" if len(untried) > 6 else ""  # noqa: PLR2004
        collect = again.command(klass, "collect")
        terminal.out(f"None to {keys}{more}: never collected. Run `{collect}`.")
    alike: dict[str, list[str]] = {}
    for one in found.left_out:
        if one not in untried:
            alike.setdefault(one.reason, []).append(one.task.key)
    for reason, whose in alike.items():
        terminal.out(f"None to {', '.join(whose)}: {reason}")


def _counts(standings: Sequence[Standing]) -> Table:
    """A line for each assignment."""
    states = [name for name in reversed(DUE) if any(one.due == name for one in standings)]
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Assignment", overflow="fold")
    for name in (*states, "behind", "not read"):
        table.add_column(name.capitalize(), justify="right")
    for name in dict.fromkeys(one.task.assignment.id for one in standings):
        its = [one for one in standings if one.task.assignment.id == name]
        numbers = [sum(one.due == state for one in its) for state in states]
        numbers += [sum(bool(one.behind) for one in its), sum(one.state != "read" for one in its)]
        table.add_row(terminal.cell(name), *map(str, numbers))
    return table


def _rows(standings: Sequence[Standing]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Learner", overflow="fold")
    table.add_column("Assignment", overflow="fold")
    table.add_column("Due", no_wrap=True)
    table.add_column("Release", no_wrap=True)
    if any(one.score for one in standings):
        table.add_column("Points", no_wrap=True, justify="right")
    table.add_column("Next")
    for one in standings:
        points = [f"{one.points:g}" if one.points is not None else ""] if one.score else []
        table.add_row(
            terminal.cell(one.task.learner.username),
            terminal.cell(one.task.assignment.id),
            terminal.cell(one.due, _STYLES.get(one.due, "")),
            terminal.cell(_release(one)),
            *points,
            terminal.cell(_next(one)),
        )
    return table


def _release(one: Standing) -> str:
    if not one.version:
        return "?"
    return f"{one.version}, {one.behind} behind" if one.behind else one.version


def _next(one: Standing) -> str:
    if one.state != "read":
        return f"{one.state}: {one.reason}"
    if one.conflicts:
        return f"{one.pending}: {', '.join(one.conflicts[:3])}"
    if one.next is not None:
        return one.next.finding.message
    return one.pending or "nothing that files can tell"


def _notes(found: Report) -> list[str]:
    notes = []
    if not found.collected:
        notes.append(f"Nothing was collected yet: `{again.command(found.klass, 'collect')}`.")
    waiting = sum(bool(one.pending) and not one.conflicts for one in found.standings)
    conflicts = sum(bool(one.conflicts) for one in found.standings)
    if waiting or conflicts:
        notes.append(f"Updates: {waiting} to be merged, {conflicts} with conflicts.")
    return notes


def _shown(path: Path) -> str:
    """A path, from here where that is shorter."""
    try:
        near = os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)
    return min(near, str(path), key=len)
