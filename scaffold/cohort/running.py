"""A run: what is left to do is done, one run at a time per class, and stands in a journal."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scaffold import scratch, staging
from scaffold.cohort import journal, layout, pool
from scaffold.cohort.alone import alone
from scaffold.cohort.pacing import Pacing
from scaffold.cohort.remaining import all_ended, left

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.journal import Journal
    from scaffold.cohort.layout import Task
    from scaffold.cohort.outcome import Outcome
    from scaffold.cohort.remaining import Asked, Left, Manner

    Prepare = Callable[["Start"], "Prepared"]
    Told = Callable[[int, int, Outcome], None]

_RUN = "run-"


@dataclass(frozen=True)
class Ran:
    """A run that came to its end.

    Attributes:
        run: `<verb>-<number>`.
        outcomes: Of every task, in their order.
        places: Where each is, by key.
    """

    run: str
    outcomes: tuple[Outcome, ...]
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Start:
    """What a verb prepares its work from.

    Attributes:
        run: `<verb>-<number>`.
        tasks: What is left to do.
        options: That count; of the run that is gone on with, if there is one.
        room: Folder for what lives as long as the run.
        opened: Is closed at the end of the run.
    """

    run: str
    tasks: tuple[Task, ...]
    options: Mapping[str, Any]
    room: Path
    opened: ExitStack


@dataclass(frozen=True)
class Prepared:
    """What a verb will do.

    Attributes:
        work: For the workers.
        options: With what is fixed now for the whole run, so that going on with it does the same.
    """

    work: pool.Work
    options: Mapping[str, Any]


def run(klass: Class, asked: Asked, manner: Manner, prepare: Prepare, told: Told) -> Ran:
    """Do what is left to do. One run at a time per class.

    Args:
        klass: The class.
        asked: What.
        manner: How.
        prepare: Makes the work; what it fetches is fetched once, before any task. Where it fails,
            no run was begun.
        told: Is told how many of how many are done, and what came of the last one.

    Raises:
        RequestError: Another run of this class is at work; see also `remaining.left`.
        OutsideError: The class's folder cannot be written.
        KeyboardInterrupt: Somebody pressed Ctrl-C; the run can be gone on with.
    """
    with alone(klass):
        rest = left(klass, asked, manner)
        with _room(klass) as room, ExitStack() as opened:
            made = _journal(klass, asked, rest)
            opened.callback(made.close)
            try:
                prepared = prepare(Start(made.run, rest.tasks, rest.options, room, opened))
                _sweep(rest.tasks)
            except BaseException:
                made.forget_if_empty()
                raise
            if rest.record is None:
                pairs = tuple((one.key, one.place) for one in rest.tasks)
                made.plan(journal.Planned(asked.verb, prepared.options, pairs))
            ended = _do(klass, asked, rest.tasks, prepared.work, _Run(made, room, manner, told))
            if rest.record is None or all_ended(asked, rest, ended):
                made.complete()
    every = {one.key: one for one in (*rest.before, *ended)}
    outcomes = tuple(every[one.key] for one in asked.tasks if one.key in every)
    return Ran(made.run, outcomes, {one.key: one.place for one in asked.tasks})


@dataclass(frozen=True)
class _Run:
    journal: Journal
    room: Path
    manner: Manner
    told: Told


def _journal(klass: Class, asked: Asked, rest: Left) -> Journal:
    if rest.record is not None:
        return journal.Journal(rest.record.path)
    return journal.fresh(layout.journals(klass), asked.verb)


def _do(
    klass: Class, asked: Asked, tasks: Sequence[Task], work: pool.Work, run: _Run
) -> list[Outcome]:
    ended: list[Outcome] = []

    def begins(task: Task) -> None:
        run.journal.begin(task.key)

    def ends(outcome: Outcome) -> None:
        run.journal.end(outcome)
        ended.append(outcome)
        run.told(len(ended), len(tasks), outcome)

    pacing = Pacing(klass.per_minute if asked.writes else 0)
    jobs = run.manner.jobs or os.cpu_count() or 1
    pool.run(tasks, work, run.room, jobs, pool.Watch(begins, ends, pacing.wait))
    return ended


@contextmanager
def _room(klass: Class) -> Iterator[Path]:
    """A folder for what lives for a moment; what a killed run left is removed."""
    work = layout.work(klass)
    work.mkdir(parents=True, exist_ok=True)
    for old in work.glob(f"{_RUN}*"):
        scratch.remove(old)
    with scratch.folder(_RUN, work) as room:
        before = tempfile.tempdir
        tempfile.tempdir = os.fspath(room)
        try:
            yield room
        finally:
            tempfile.tempdir = before


def _sweep(tasks: Sequence[Task]) -> None:
    """Remove what killed runs left beside the places on this disk."""
    for parent in {_parent(one) for one in tasks if not one.is_remote}:
        if os.path.isdir(parent):  # noqa: PTH112 - no error means no folder
            from pathlib import Path

            staging.sweep(Path(parent))


def _parent(task: Task) -> str:
    return os.path.dirname(task.place)  # noqa: PTH120
