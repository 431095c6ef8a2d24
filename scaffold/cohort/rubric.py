"""`rubric.toml`: what a class gives points for, where it has one."""

from __future__ import annotations

import difflib
import math
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeGuard

from scaffold import strangers
from scaffold.check.rule import FAMILIES
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

FILE = "rubric.toml"
LIVE, UPDATED, IN_TIME = "live", "updated", "in time"
WORDS = (LIVE, UPDATED, IN_TIME)
_MOST_BYTES = 1_000_000
_MOST_POINTS = 10_000
_ALL_PERCENT = 100
_KEYS = {
    "": ("criteria", "late"),
    "criteria": ("title", "points", "needs", "assignments"),
    "late": ("percent", "percent_per_day", "most"),
}
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


def read(folder: Path, assignments: Collection[str]) -> Rubric | None:
    """The rubric of a class; None where it has none.

    Args:
        folder: Of the class.
        assignments: Ids of the class's assignments.

    Raises:
        RequestError: It can't be read or is wrong; everything that is wrong is named at once.
    """
    path = folder / FILE
    try:
        text = strangers.read(path, _MOST_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise RequestError(f"{path} can't be read: {error}.", "It is a UTF-8 text.") from error
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RequestError(
            f"{path} is no TOML: {error}.", "docs/cohort.md has a rubric to begin with."
        ) from error
    complaints = list(_complaints(content, assignments))
    if complaints:
        raise RequestError(
            f"{path}: {'; '.join(complaints)}.",
            "Correct each of them; docs/cohort.md says what a rubric holds.",
        )
    late = content.get("late", {})
    return Rubric(
        tuple(
            Criterion(
                one["title"].strip(),
                float(one["points"]),
                tuple(one["needs"]),
                tuple(one.get("assignments", ())),
            )
            for one in content["criteria"]
        ),
        Late(
            float(late.get("percent", 0)),
            float(late.get("percent_per_day", 0)),
            float(late.get("most", _ALL_PERCENT)),
        ),
    )


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
    taken = full * min(percent, late.most) / _ALL_PERCENT if shown.due == "late" else 0.0
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


def _complaints(content: Mapping[str, Any], assignments: Collection[str]) -> Iterator[str]:
    yield from _unknown_keys(content, "", "")
    late = content.get("late", {})
    if isinstance(late, dict):
        yield from _unknown_keys(late, "late", "late: ")
        for key in _KEYS["late"]:
            if not _is_number(late.get(key, 0)) or not 0 <= late.get(key, 0) <= _ALL_PERCENT:
                yield f"late.{key} is a number of percent from 0 to {_ALL_PERCENT}"
    else:
        yield "late is a table: [late]"
    criteria = content.get("criteria")
    if not isinstance(criteria, list) or not criteria:
        yield "it has no [[criteria]]"
        return
    titles: set[str] = set()
    for number, one in enumerate(criteria, 1):
        name = f"criteria {number}"
        if not isinstance(one, dict):
            yield f"{name} is a table: [[criteria]]"
            continue
        yield from _criterion(one, name, assignments)
        title = one.get("title")
        if isinstance(title, str) and title.strip():
            if title.strip() in titles:
                yield f"{name}: the title {title.strip()!r} is there already"
            titles.add(title.strip())


def _criterion(one: Mapping[str, Any], name: str, assignments: Collection[str]) -> Iterator[str]:
    yield from _unknown_keys(one, "criteria", f"{name}: ")
    title = one.get("title")
    if not isinstance(title, str) or not title.strip():
        yield f"{name} needs a title"
    points = one.get("points")
    if not _is_number(points) or not 0 < points <= _MOST_POINTS:
        yield f"{name} needs points, a number above 0"
    needs = one.get("needs")
    if not isinstance(needs, list) or not needs:
        yield f"{name} needs a list of needs, such as ['PF', 'DP101', 'live']"
    else:
        yield from _named(needs, (*WORDS, *FAMILIES, *_rules()), f"{name}: needs")
    counted = one.get("assignments", [])
    if not isinstance(counted, list):
        yield f"{name}: assignments is a list of their ids"
    else:
        yield from _named(counted, assignments, f"{name}: assignments")


def _named(words: Iterable[Any], known: Collection[str], where: str) -> Iterator[str]:
    for word in words:
        if word not in known:
            near = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.4)
            yield f"{where} names {word!r}, which is none" + (
                f"; did you mean {near[0]!r}?" if near else ""
            )


def _rules() -> tuple[str, ...]:
    from scaffold.check.rules import catalogue

    return tuple(catalogue())


def _unknown_keys(found: Mapping[str, Any], kind: str, where: str) -> Iterator[str]:
    for key in found:
        if key not in _KEYS[kind]:
            near = difflib.get_close_matches(key, _KEYS[kind], n=1, cutoff=0.5)
            yield f"{where}there is no key {key!r}" + (
                f"; did you mean {near[0]!r}?" if near else ""
            )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
