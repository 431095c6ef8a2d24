"""`scaffold cohort report` and `scaffold cohort nudge`, which the group of `cohort` registers."""

from __future__ import annotations

import datetime
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli import options, terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.layout import Task
    from scaffold.cohort.report import Watch
    from scaffold.cohort.standing import Asked

Assignments = Annotated[
    list[str] | None, typer.Argument(metavar="ASSIGNMENT", help="Default: all of them.")
]
ClassFile = Annotated[
    Path, typer.Option("--class", metavar="FILE|DIR", help="The class.toml, or its folder.")
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="USERNAME", help="Only these learners; may be repeated."),
]
Online = Annotated[
    bool, typer.Option("--online", help="Ask each live address, and GitHub about attestations.")
]
_HERE = Path()
_SAID = 20


def report(
    assignments: Assignments = None,
    class_file: ClassFile = _HERE,
    only: Only = None,
    online: Online = False,
    as_json: options.Json = False,
) -> None:
    """Say where everybody stands, from what was collected.

    It writes a page, a spreadsheet and a document into reports/. Those of some learners or some
    assignments have names of their own, and the class's stay as they were.
    """
    from scaffold.cli import told_report
    from scaffold.cohort import report as reports

    klass, tasks, every = _tasks(class_file, assignments, only)
    asked = _asked(klass, online=online)
    called = reports.name(tasks, every)
    with terminal.steps(quiet=as_json) as step:
        found = reports.make(klass, tasks, asked, _watch(klass, step), called)
    if as_json:
        terminal.document(reports.document(found))
    else:
        told_report.tell(found)


def nudge(
    assignments: Assignments = None,
    class_file: ClassFile = _HERE,
    only: Only = None,
    online: Online = False,
    as_json: options.Json = False,
) -> None:
    """Write a message to each learner: the one next thing.

    It tells the update that waits and the date too.
    """
    from scaffold.cli import told_report
    from scaffold.cohort import nudge as nudges

    klass, tasks, _ = _tasks(class_file, assignments, only)
    asked = _asked(klass, online=online)
    with terminal.steps(quiet=as_json) as step:
        found = nudges.make(klass, tasks, asked, _watch(klass, step))
    if as_json:
        terminal.document(dict(_nudged(found)))
    else:
        told_report.nudged(klass, found)


def _tasks(
    class_file: Path, assignments: list[str] | None, only: list[str] | None
) -> tuple[Class, tuple[Task, ...], tuple[Task, ...]]:
    """The class, what is asked about, and all of it."""
    from scaffold.cohort import class_file as classes
    from scaffold.cohort import layout, roster

    klass = classes.read(class_file)
    learners = roster.read_roster(klass.roster)
    wanted = layout.tasks(klass, learners, assignments or (), only or ())
    return klass, wanted, layout.tasks(klass, learners)


def _asked(klass: Class, *, online: bool) -> Asked:
    from scaffold.check import examine
    from scaffold.cohort import rubric_file
    from scaffold.cohort.standing import Asked

    now = datetime.datetime.now(tz=datetime.UTC)
    kept = rubric_file.read(klass.folder, klass.assignments)
    return Asked(now, kept, examine.Online() if online else None)


def _watch(klass: Class, step: Callable[[str], None]) -> Watch:
    from scaffold.cohort.report import Watch

    waiting = f"Waiting: another `scaffold cohort` is at work on {klass.name}"
    return Watch(
        _counting(step, "Looked at {} of {}"),
        _counting(step, "Waited for {} of {} live addresses"),
        lambda: step(waiting),
    )


def _counting(step: Callable[[str], None], words: str) -> Callable[[int, int], None]:
    first: list[float] = []  # when the first was done: something else may come before it

    def told(done: int, of: int) -> None:
        first.append(time.monotonic())
        del first[1:]
        if done in {1, of} or done % max(1, of // _SAID) == 0:
            left = (time.monotonic() - first[0]) / max(1, done - 1) * (of - done)
            step(words.format(done, of) + (f", about {left:.0f} s left" if left >= 1 else ""))

    return told


def _nudged(found: Any) -> Iterator[tuple[str, Any]]:
    yield (
        "nudges",
        [
            {
                "assignment": one.task.assignment.id,
                "username": one.task.learner.username,
                "file": str(file),
            }
            for one, file in found.written
        ],
    )
    yield "left_out", [one.task.key for one in found.left_out]
