"""What a class gives points for, where it has a rubric, and the points that somebody gets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scaffold.check.rule import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

LIVE, UPDATED, IN_TIME = "live", "updated", "in time"
WORDS = (LIVE, UPDATED, IN_TIME)
ALL_PERCENT = 100
Held = Literal["yes", "no", "not known"]


@dataclass(frozen=True)
class Criterion:
    """One thing that points are given for: all of them, or none.

    Attributes:
        title: For people.
        points: More than 0.
        needs: Rules (`PF103`), families (`PF`) and the words `live`, `updated` and `in time`; all
            of them have to hold.
        assignments: Of which it counts; of all when empty.
    """

    title: str
    points: float
    needs: tuple[str, ...]
    assignments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Late:
    """What is taken off an assignment that is late, in percent of its points.

    Attributes:
        percent: At once.
        percent_per_day: For each day that was begun, up to the last own commit.
        most: Never more than this.
    """

    percent: float = 0.0
    percent_per_day: float = 0.0
    most: float = 100.0


@dataclass(frozen=True)
class Rubric:
    """What a class gives points for."""

    criteria: tuple[Criterion, ...]
    late: Late = Late()


@dataclass(frozen=True)
class Met:
    """A criterion and whether it is met; `why` names the needs that do not hold."""

    title: str
    points: float
    held: Held
    why: str = ""


@dataclass(frozen=True)
class Score:
    """What an assignment gets.

    Attributes:
        points: For what is met, the deduction taken off.
        out_of: All points of the criteria that count for it.
        open: Points of criteria of which it is not known; `points` are without them.
        deducted: What being late took.
        criteria: Each of them.
    """

    points: float
    out_of: float
    open: float
    deducted: float
    criteria: tuple[Met, ...]


@dataclass(frozen=True)
class Shown:
    """What the needs are held against.

    Attributes:
        rules: State of each rule: `pass`, `fail`, `unknown`, `human`, `switched off`.
        signals: State of each family: `shown`, `not yet`, `not known`.
        live: Whether its live address answers; None where nobody asked.
        behind: Releases that it is behind; None where that is not known.
        due: As `standing.Standing.due` has it.
        days_late: Days begun between the due date and the last own commit.
    """

    rules: Mapping[str, str]
    signals: Mapping[str, str]
    live: bool | None
    behind: int | None
    due: str
    days_late: int = 0


def score(rubric: Rubric, assignment: str, shown: Shown) -> Score:
    """The points of one assignment."""
    met = tuple(
        _met(one, shown)
        for one in rubric.criteria
        if not one.assignments or assignment in one.assignments
    )
    full = sum(one.points for one in met if one.held == "yes")
    late = rubric.late
    percent = late.percent + late.percent_per_day * shown.days_late
    taken = full * min(percent, late.most) / ALL_PERCENT if shown.due == "late" else 0.0
    return Score(
        points=round(full - taken, 2),
        out_of=sum(one.points for one in met),
        open=sum(one.points for one in met if one.held == "not known"),
        deducted=round(taken, 2),
        criteria=met,
    )


def days_late(due: datetime | None, last: datetime | None) -> int:
    """Days begun after the due date; 0 where there is no date or no commit after it."""
    if due is None or last is None or last <= due:
        return 0
    return math.ceil((last - due).total_seconds() / 86_400)


def _met(one: Criterion, shown: Shown) -> Met:
    held = {need: _holds(need, shown) for need in one.needs}
    broken = [need for need, state in held.items() if state == "no"]
    unknown = [need for need, state in held.items() if state == "not known"]
    if broken:
        return Met(one.title, one.points, "no", f"missing: {_told(broken)}")
    if unknown:
        return Met(one.title, one.points, "not known", f"not known: {_told(unknown)}")
    return Met(one.title, one.points, "yes")


def _told(needs: Iterable[str]) -> str:
    """Needs in a reader's words: families by their titles."""
    return ", ".join(FAMILIES[one].lower() if one in FAMILIES else one for one in needs)


def _holds(need: str, shown: Shown) -> Held:
    if need == LIVE:
        return "not known" if shown.live is None else "yes" if shown.live else "no"
    if need == UPDATED:
        return "not known" if shown.behind is None else "no" if shown.behind else "yes"
    if need == IN_TIME:
        known: dict[str, Held] = {
            "in time": "yes",
            "no date": "yes",
            "late": "no",
            "overdue": "no",
        }
        return known.get(shown.due, "not known")
    if need in FAMILIES:
        signals: dict[str, Held] = {"shown": "yes", "not yet": "no"}
        return signals.get(shown.signals.get(need, ""), "not known")
    rules: dict[str, Held] = {"pass": "yes", "fail": "no", "switched off": "no"}
    return rules.get(shown.rules.get(need, ""), "not known")
