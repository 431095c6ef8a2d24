"""What is asked of a collected repository, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.check.examine import Online
    from scaffold.check.facts.own import Own
    from scaffold.check.signals import Next, Signal


@dataclass(frozen=True)
class Question:
    """What is asked of one clone; it travels between processes.

    Attributes:
        folder: The clone; nothing is there where it was never collected.
        must_pass: Rules, or beginnings of their names, that have to pass.
        due: Until when, if a date is past; None otherwise.
        online: What other machines may be asked.
    """

    folder: Path
    must_pass: tuple[str, ...] = ()
    due: datetime.datetime | None = None
    online: Online | None = None


@dataclass(frozen=True)
class Work:
    """What its author committed, the starter's commits and its updates left out.

    Attributes:
        commits: How many.
        first: When the first of them was committed.
        last: And the last.
        late: How many after the due date.
        stood: Whether everything that must pass did so in the last commit before the due date;
            None where that was not asked or can't be told.
        early: How many are dated more than a day before the commit that began the repository.
        tree: Id of all that HEAD holds.
        handouts: Marks of the hand-outs that its commits name.
    """

    commits: int = 0
    first: datetime.datetime | None = None
    last: datetime.datetime | None = None
    late: int = 0
    stood: bool | None = None
    early: int = 0
    tree: str = ""
    handouts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What a clone shows; texts in it are plain already.

    Attributes:
        missing: Whether nothing was collected.
        trouble: Why nothing is known, and what to do; both empty otherwise.
        template: Id of its starter.
        version: The release that it records.
        source: Where it says that it came from.
        own: What is its author's; None where that is not known.
        signals: The state of each.
        rungs: How many numbers of the README stand on which rung.
        rules: State of each rule; `switched off` unless such a rule passes.
        live: The address in its README.
        answers: Whether that address answers as this repository; None where nobody asked.
        failing: Rules that must pass and do not.
        unknown: Rules that must pass and of which that is not known: they are about the live
            address, which nobody asked, or the starter is not known.
        work: Its commits.
        next: What to do next; what must pass comes first.
        questions: To ask its author.
        notes: What else a reader should know.
    """

    missing: bool = False
    trouble: tuple[str, str] = ("", "")
    template: str = ""
    version: str = ""
    source: str = ""
    own: Own | None = None
    signals: tuple[Signal, ...] = ()
    rungs: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    live: str = ""
    answers: bool | None = None
    failing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    work: Work = field(default_factory=Work)
    next: Next | None = None
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
