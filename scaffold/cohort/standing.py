"""What a report says of one learner's repository."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scaffold.cohort import said

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from scaffold.check.examine import Online
    from scaffold.check.signals import Next, Signal
    from scaffold.cohort.due import Due
    from scaffold.cohort.layout import Task
    from scaffold.cohort.rubric import Rubric, Score

State = Literal["read", "not collected", "gone", "denied", "unreadable"]
RUNGS = ("typed", "recorded", "consistent", "attested", "wrong")


@dataclass(frozen=True)
class Standing:
    """Where one learner stands in one assignment; every text in it is plain.

    What is known of a repository that is gone or may not be read any more is what its last good
    clone shows.

    Attributes:
        task: Whose, of what, where.
        state: Whether it could be read.
        reason: Why not, and what to do; empty when it could.
        template: Id of the starter.
        version: The release that it has.
        newest: The newest release of where it comes from; empty when that is not known.
        behind: Releases between the two; None when that is not known.
        pending: What the newest update left: a branch that waits, or conflicts.
        conflicts: Files in which that update met the learner's changes.
        switch: The class's source, where the repository still has the templates inside scaffold.
        own_code: Lines of code that are the learner's; None when that is not known.
        own_tests: The same of tests.
        own_rows: Share of rows, documents or tasks that are the learner's, 0 to 1.
        signals: The state of each.
        rungs: How many numbers of the README stand on which rung.
        rules: State of each rule.
        live: The address that the README names.
        answers: Whether it answers as this repository; None where nobody asked.
        must_pass: Rules that must pass and do not.
        unknown: Rules that must pass and of which that is not known: mostly `--online` tells.
        commits_own: Commits of the learner.
        commits_late: Those after the due date.
        first_own: When the first was committed, as the commit says.
        last_own: And the last.
        due: Whether it is in time.
        next: The next thing to do.
        score: Points, where the class has a rubric.
        questions: To ask the author.
        notes: What else a reader should know.
        tree: Id of all that HEAD holds; empty when that is not known.
    """

    task: Task
    state: State = "read"
    reason: str = ""
    template: str = ""
    version: str = ""
    newest: str = ""
    behind: int | None = None
    pending: str = ""
    conflicts: tuple[str, ...] = ()
    switch: str = ""
    own_code: int | None = None
    own_tests: int | None = None
    own_rows: float | None = None
    signals: tuple[Signal, ...] = ()
    rungs: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    live: str = ""
    answers: bool | None = None
    must_pass: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    commits_own: int = 0
    commits_late: int = 0
    first_own: datetime.datetime | None = None
    last_own: datetime.datetime | None = None
    due: Due = "no date"
    next: Next | None = None
    score: Score | None = None
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tree: str = ""

    @property
    def points(self) -> float | None:
        """What it gets; None without a rubric."""
        return self.score.points if self.score else None

    @property
    def out_of(self) -> float | None:
        """What it could get; None without a rubric."""
        return self.score.out_of if self.score else None

    @property
    def place(self) -> str:
        """Where the repository is, without any password."""
        return said.plain(self.task.place)


@dataclass(frozen=True)
class Asked:
    """What a report is to be about.

    Attributes:
        now: The moment for which due dates are judged.
        rubric: What points are given for; None gives none.
        online: What other machines may be asked; None asks none but the class's source.
    """

    now: datetime.datetime
    rubric: Rubric | None = None
    online: Online | None = None
