"""What the report must say of each repository, as it follows from what was done."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.cohort.term.sites import RELEASES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.cohort.term.learners import Repository


@dataclass(frozen=True)
class Row:
    """What is known of one repository.

    Attributes:
        state: `read`, `gone` or `denied`.
        version: The release that it has.
        newest: The newest one.
        behind: Releases between them.
        pending: What the last update left.
        conflicts: In which files.
        commits: The learner's.
        last: When the last was made.
        due: Whether it is in time.
        prompts: Whether a question of the README has no answer: `open` or `answered`.
    """

    state: str
    version: str
    newest: str
    behind: int
    pending: str
    conflicts: tuple[str, ...]
    commits: int
    last: datetime.datetime | None
    due: str
    prompts: str


def expected_row(
    one: Repository, newest: str, due: datetime.datetime | None, now: datetime.datetime
) -> Row:
    """What a report must say.

    Args:
        one: The repository.
        newest: The newest release.
        due: Until when it counts as in time.
        now: The time of the report.
    """
    pending = ""
    if one.conflicts:
        count = len(one.conflicts)
        pending = f"conflicts in {count} file" + ("s" if count > 1 else "")
    elif one.waiting:
        pending = f"branch {one.waiting[-1]} waits"
    return Row(
        state=one.reach,
        version=one.release,
        newest=newest,
        behind=RELEASES.index(newest) - RELEASES.index(one.release),
        pending=pending,
        conflicts=tuple(sorted(one.conflicts)),
        commits=one.commits,
        last=one.last,
        due=_due(one, due, now),
        prompts="open" if one.asks_still() else "answered",
    )


def _due(one: Repository, due: datetime.datetime | None, now: datetime.datetime) -> str:
    if due is None:
        return "no date"
    if one.last is None:
        return "overdue" if due < now else "not begun"
    if now <= due:
        return "under way"
    return "late" if one.last > due else "in time"


def report_complaints(document: Mapping[str, Any], right: Mapping[str, Row]) -> Iterator[str]:
    """Yield one line for each thing that a report gets wrong.

    Args:
        document: `report.json`.
        right: Task -> what must stand there.
    """
    told = {f"{one['assignment']}/{one['username']}": one for one in document["learners"]}
    if told.keys() != right.keys() or len(document["learners"]) != len(right):
        yield f"{len(document['learners'])} rows, and there are {len(right)} repositories"
        return
    order = [one["username"] for one in document["learners"]]
    if order != sorted(order):
        yield "the rows are not sorted by username"
    for key, row in right.items():
        found = _row(told[key])
        for name in Row.__dataclass_fields__:
            if getattr(found, name) != getattr(row, name):
                yield f"{key}: {name} is {getattr(found, name)!r}, not {getattr(row, name)!r}"


def _row(told: Mapping[str, Any]) -> Row:
    last = told["last_own"]
    return Row(
        state=told["state"],
        version=told["version"],
        newest=told["newest"],
        behind=told["behind"],
        pending=told["pending"],
        conflicts=tuple(sorted(told["conflicts"])),
        commits=told["commits_own"],
        last=datetime.datetime.fromisoformat(last) if last else None,
        due=told["due"],
        prompts={"fail": "open", "pass": "answered"}.get(told["rules"].get("PF101"), "not told"),
    )
