"""The report as one page: it works offline, sorts and filters, prints, and reads without script."""

from __future__ import annotations

import base64
import datetime
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.check.rule import FAMILIES
from scaffold.check.telling.html import codes
from scaffold.cohort import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.cohort.class_file import Assignment
    from scaffold.cohort.report import Report
    from scaffold.cohort.standing import Standing

_TEMPLATE = Path(__file__).with_name("page.html.j2")
_SCRIPT = Path(__file__).with_name("page.js")
DUE = ("overdue", "late", "not known", "not begun", "under way", "in time", "no date")
"""What needs somebody first."""
UNREAD = {
    "gone": "The repository is not there",
    "denied": "May not be read",
    "not collected": "Not collected",
    "unreadable": "Can't be read",
}
FILTERS = {
    **{one: one.capitalize() for one in DUE},
    "missing": "Something that must pass does not",
    "behind": "Behind the newest release",
    "conflicts": "Update in conflict",
    "waits": "Update waits to be merged",
    "unread": "Could not be read",
}
"""What the page can show alone, by the word that rows carry."""


@dataclass(frozen=True)
class Cell:
    """What a column is sorted by, for each row; the template says how it is shown."""

    due: int
    behind: int
    signals: int
    own: int
    numbers: int
    live: int
    last: int
    points: float


@dataclass(frozen=True)
class Row:
    """One row of the page.

    Attributes:
        one: The standing.
        sort: What its columns are sorted by.
        words: What it is found by.
        marks: Of `FILTERS`, what it shows alone.
        place: Of its assignment, in the class.
    """

    one: Standing
    sort: Cell
    words: str
    marks: str
    place: int


@dataclass(frozen=True)
class Sum:
    """What a class did of one assignment: how many are in each state."""

    assignment: Assignment
    due: dict[str, int]
    unread: int
    missing: int
    behind: int


def text(found: Report) -> str:
    """The page."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    script = _SCRIPT.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    made = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["codes"] = codes
    made.filters["day"] = day
    made.filters["minute"] = minute
    made.filters["plain"] = said.plain
    order = {name: at for at, name in enumerate(found.klass.assignments)}
    seen = {one.task.assignment.id: one.task.assignment for one in found.standings}
    return made.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        report=found,
        collected=_read(found.collected),
        rows=[_row(one, order) for one in found.standings],
        sums=[_sum(seen[name], found.standings) for name in order if name in seen],
        filters=_used(found.standings),
        learners=len({one.task.learner.username for one in found.standings}),
        scored=any(one.score for one in found.standings),
        families=FAMILIES,
        unread=UNREAD,
        titles=_titles(),
        script=Markup(script),  # noqa: S704 - our own file; the page's policy names its hash
        digest=digest,
    )


def day(time: datetime.datetime | None, zone: datetime.tzinfo | None = None) -> str:
    """`2027-02-01`, in the zone of the due date."""
    return f"{time.astimezone(zone) if zone else time:%Y-%m-%d}" if time else ""


def minute(time: datetime.datetime | None, zone: datetime.tzinfo | None = None) -> str:
    """`2027-02-01 23:59 UTC+01:00`."""
    return f"{time.astimezone(zone) if zone else time:%Y-%m-%d %H:%M %Z}" if time else ""


def _read(time: str) -> str:
    """A journal's time as `minute` has it; as it stands where it is none."""
    try:
        return minute(datetime.datetime.fromisoformat(time))
    except ValueError:
        return time


def marks(one: Standing) -> tuple[str, ...]:
    """What a standing is, of `FILTERS`."""
    found: list[str] = [one.due]
    if one.must_pass:
        found.append("missing")
    if one.behind:
        found.append("behind")
    if one.pending.startswith("conflicts"):
        found.append("conflicts")
    elif one.pending:
        found.append("waits")
    if one.state != "read":
        found.append("unread")
    return tuple(found)


def _row(one: Standing, order: dict[str, int]) -> Row:
    learner = one.task.learner
    words = (learner.username, learner.name, learner.section, one.task.assignment.id)
    rungs = one.rungs
    return Row(
        one=one,
        sort=Cell(
            due=DUE.index(one.due),
            behind=-1 if one.behind is None else one.behind,
            signals=sum(signal.state == "shown" for signal in one.signals) if one.signals else -1,
            own=-1 if one.own_code is None else one.own_code + (one.own_tests or 0),
            numbers=rungs.get("consistent", 0) + rungs.get("attested", 0) if rungs else -1,
            live=(2 if one.answers else 1 if one.answers is None else 0) if one.live else -1,
            last=int(one.last_own.timestamp()) if one.last_own else 0,
            points=-1.0 if one.points is None else one.points,
        ),
        words=said.plain(" ".join(words).casefold(), 600),
        marks=" ".join(mark.replace(" ", "-") for mark in marks(one)),
        place=order.get(one.task.assignment.id, len(order)),
    )


def _sum(assignment: Assignment, standings: Sequence[Standing]) -> Sum:
    its = [one for one in standings if one.task.assignment.id == assignment.id]
    counted: Counter[str] = Counter(one.due for one in its)
    return Sum(
        assignment,
        {name: counted[name] for name in reversed(DUE) if counted[name]},
        sum(one.state != "read" for one in its),
        sum(bool(one.must_pass) for one in its),
        sum(bool(one.behind) for one in its),
    )


def _used(standings: Sequence[Standing]) -> dict[str, str]:
    used = {mark for one in standings for mark in marks(one)}
    return {name.replace(" ", "-"): title for name, title in FILTERS.items() if name in used}


def _titles() -> dict[str, str]:
    from scaffold.check.rule import texts
    from scaffold.check.rules import catalogue

    return {name: texts(rule).title.rstrip(".") for name, rule in catalogue().items()}
