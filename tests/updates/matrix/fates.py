"""What must have become of a file after an update, and of a whole repository."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.updates.matrix.tree import Entry

#: `crlf as before`: of all files that were there before; new ones may have either.
LineEnds = Literal["lf", "crlf", "crlf as before", "either"]


@dataclass(frozen=True)
class Fate:
    """One path after an update that saw no conflict there.

    Attributes:
        entries: What may lie there, each as right as the others; None is nothing. Without any
            the contract leaves it open, but no line of the learner's may be missing.
        actions: What the report may say; None is no line about this path.
        source: `from` in the report.
        blank_lines: Whether empty lines count.
    """

    entries: tuple[Entry | None, ...]
    actions: frozenset[str | None]
    source: str | None = None
    blank_lines: bool = True


@dataclass(frozen=True)
class Clash:
    """One path that both sides changed at the same place.

    Attributes:
        mine: The learner's file, as committed.
        theirs: What choosing the template's side everywhere must give.
        had_base: Whether the old release had the file.
    """

    mine: Entry
    theirs: Entry
    had_base: bool = True


def merged(entry: Entry, *others: Entry) -> Fate:
    """Both changed it, and both changes are in it."""
    return Fate((entry, *others), frozenset({"merged"}))


def taken(entry: Entry, *actions: str) -> Fate:
    """It is the release's now, however the report puts that."""
    return Fate((entry,), frozenset(actions or ("changed",)))


def kept(entry: Entry | None) -> Fate:
    """The learner's stays (None: stays deleted), and the report says so."""
    return Fate((entry,), frozenset({"kept"}))


def unmentioned(entry: Entry | None) -> Fate:
    """It is as it was, and there is nothing to say about it."""
    return Fate((entry,), frozenset({None}))


def moved(entry: Entry, source: str) -> Fate:
    """The release moved it here, with the learner's edits."""
    return Fate((entry,), frozenset({"renamed"}), source)


def open_to(*entries: Entry | None, actions: tuple[str | None, ...]) -> Fate:
    """The contract leaves it open which."""
    return Fate(entries, frozenset(actions))


@dataclass(frozen=True)
class Expected:
    """What a state of a repository leads to.

    Every path that is not named follows from the two releases: what the learner did not touch is
    the new release's, what only the learner touched stays, seeded and private files stay.

    Attributes:
        fates: Paths for which that does not say it.
        refused: The request is wrong (exit code 2), and nothing may change; None where a refusal
            is as right as an update.
        refusal: Exit codes of a refusal.
        advice: Questions that were reworded above an answer; None where it is left open.
        answers: Answers that must stand below the anchors of their questions.
        may_clash: Paths in which a conflict is as right as a merge; None is any path.
        line_ends: Of all text files afterwards.
        given_up: Lines of the learner's that a higher pin of the release replaces.
    """

    fates: Mapping[str, Fate | Clash] = field(default_factory=dict)
    refused: bool | None = False
    refusal: frozenset[int] = frozenset({2})
    advice: frozenset[str] | None = frozenset()
    answers: Mapping[str, str] = field(default_factory=dict)
    may_clash: frozenset[str] | None = frozenset()
    line_ends: LineEnds = "lf"
    given_up: frozenset[str] = frozenset()

    @property
    def conflicts(self) -> frozenset[str]:
        """Paths with a conflict, and no others may have one."""
        return frozenset(path for path, fate in self.fates.items() if isinstance(fate, Clash))
