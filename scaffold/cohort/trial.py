"""Trying an update out: all of it but the push, in copies that are thrown away.

It fetches and merges what the update itself would, so it takes about as long, and knows which
repositories meet a conflict. Nothing is written where these are, nor into the class's folder.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import scratch
from scaffold.cohort import pool, update
from scaffold.cohort.outcome import Outcome
from scaffold.cohort.running import Start

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.layout import Task
    from scaffold.cohort.log import Log
    from scaffold.cohort.remaining import Left, Manner
    from scaffold.cohort.running import Told
    from scaffold.update.proposal import Proposal

_RUN = "trial"


@dataclass(frozen=True)
class Trial(update.Update):
    """The work of an update, without its end."""

    def log(self, task: Task) -> Path:
        """It goes with the room."""
        return self.room / "logs" / task.assignment.id / f"{task.learner.username}.log"

    def carry_out(
        self,
        task: Task,
        clone: Path,  # noqa: ARG002 - as `Update` has it
        parent: str,
        proposed: Proposal,  # noqa: ARG002
        told: Log,  # noqa: ARG002
    ) -> Outcome:
        """Push nothing."""
        return Outcome(task.key, "done", commit=parent, branch=self.branch)


@dataclass(frozen=True)
class Tried:
    """What an update would come to.

    Attributes:
        to: The release.
        outcomes: Of each task, by key; `done` where a branch would be pushed.
    """

    to: str
    outcomes: Mapping[str, Outcome]


def run(klass: Class, rest: Left, manner: Manner, told: Told) -> Tried:
    """Try an update out.

    Args:
        klass: The class.
        rest: What there is to do.
        manner: How; its `jobs` counts.
        told: Is told how many of how many are done, and what came of the last one.

    Raises:
        RequestError: As `update.prepare`.
        OutsideError: The same.
    """
    ended: dict[str, Outcome] = {}

    def ends(outcome: Outcome) -> None:
        ended[outcome.key] = outcome
        told(len(ended), len(rest.tasks), outcome)

    # Without a lock: it decides no conflict, and takes longest.
    options = {**rest.options, "no_lock": True}
    with scratch.folder("scaffold-trial-") as room, ExitStack() as opened:
        start = Start(_RUN, rest.tasks, options, room, opened)
        work = update.prepare(klass, start, Trial).work
        jobs = manner.jobs or os.cpu_count() or 1
        pool.run(rest.tasks, work, room, jobs, pool.Watch(lambda task: None, ends))  # noqa: ARG005
        assert isinstance(work, Trial)  # noqa: S101 - made by `prepare` just now
        return Tried(work.to, ended)
