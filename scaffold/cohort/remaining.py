"""Which tasks are left to do: what is asked now, held against what the newest run came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scaffold.cohort import again, journal, layout
from scaffold.cohort.outcome import AGAIN
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.journal import Record
    from scaffold.cohort.layout import Task
    from scaffold.cohort.outcome import Outcome


@dataclass(frozen=True)
class Manner:
    """How somebody wants a run.

    Attributes:
        resume: Go on with the newest run: what it did not do, and what failed in it.
        only_failed: Only what failed in the newest run.
        anew: Do everything, whatever the newest run left.
        jobs: Processes; as many as processors when 0.
    """

    resume: bool = False
    only_failed: bool = False
    anew: bool = False
    jobs: int = 0


@dataclass(frozen=True)
class Asked:
    """What is asked of the tasks.

    Attributes:
        verb: The command's name.
        tasks: Those of the class that were named.
        options: What the verb was given and what was fixed by it, such as the release; on going on
            with a run, those of that run count.
        writes: Whether it writes at the places, so that hosts have to be spared.
        roster: Keys of all tasks of the class, so that nobody waits for who has left it.
    """

    verb: str
    tasks: tuple[Task, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    writes: bool = True
    roster: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Left:
    """What is left to do.

    Attributes:
        tasks: To do now.
        options: That count for them.
        record: The run that is gone on with; None for a new one.
        before: What came of the others in that run.
    """

    tasks: tuple[Task, ...]
    options: Mapping[str, Any]
    record: Record | None = None
    before: tuple[Outcome, ...] = ()


def left(klass: Class, asked: Asked, manner: Manner) -> Left:
    """What is left to do, from the newest journal.

    Raises:
        RequestError: The newest run was interrupted, and nothing says what to do about that; or
            there is no run to go on with.
    """
    if manner.resume + manner.only_failed + manner.anew > 1:
        raise RequestError(
            "--resume, --only-failed and --anew are three different things.", "Choose one of them."
        )
    record = journal.newest(layout.journals(klass), asked.verb)
    if manner.anew or (record is None and not manner.resume and not manner.only_failed):
        return Left(asked.tasks, asked.options)
    if record is None:
        raise RequestError(
            f"No {asked.verb} was begun in this class.", f"Run: {again.command(klass, asked.verb)}"
        )
    if manner.resume:
        return _rest(asked, record)
    if manner.only_failed:
        failed = {key for key, one in record.ended.items() if one.state in AGAIN}
        tasks = tuple(one for one in asked.tasks if one.key in failed)
        return Left(tasks, _same_options(asked, record))
    if not record.complete:
        done, all_of_it = len(record.ended), len(record.planned.tasks)
        raise RequestError(
            f"The last {asked.verb} ({record.run}) was interrupted after {done} of {all_of_it}.",
            f"Go on with it: {again.command(klass, asked.verb, '--resume')}; or begin again, which "
            "does nothing twice: --anew.",
        )
    return Left(asked.tasks, asked.options)


def _rest(asked: Asked, record: Record) -> Left:
    """What a run did not come to, and what failed in it."""
    planned = {key for key, _ in record.planned.tasks}
    mine = [one for one in asked.tasks if one.key in planned]
    ended = record.ended
    todo = [one for one in mine if one.key not in ended or ended[one.key].state in AGAIN]
    left_over = {one.key for one in todo}
    before = tuple(ended[one.key] for one in mine if one.key not in left_over)
    return Left(tuple(todo), _same_options(asked, record), record, before)


def _same_options(asked: Asked, record: Record) -> Mapping[str, Any]:
    """The options of a run that is gone on with; what is now asked must not be another thing."""
    known = {str(key): value for key, value in record.planned.options.items()}
    for key, value in asked.options.items():
        if value and key in known and known[key] and known[key] != value:
            raise RequestError(
                f"{record.run} was for {key} {known[key]}, not for {value}.",
                "Leave that option out to go on with it, or begin again with --anew.",
            )
    return {**asked.options, **{key: value for key, value in known.items() if value}}


def all_ended(asked: Asked, rest: Left, ended: Sequence[Outcome]) -> bool:
    """Whether a run that was gone on with is at its end; perhaps only a part of it was named."""
    record = rest.record
    if record is None:
        return True
    known = {*record.ended, *(one.key for one in ended)}
    return known >= {key for key, _ in record.planned.tasks if key in asked.roster}
