"""Whether an assignment is in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from scaffold.cohort.class_file import Assignment
    from scaffold.cohort.seen import Work

Due = Literal["no date", "not known", "not begun", "under way", "in time", "late", "overdue"]


def due(assignment: Assignment, work: Work, failing: Sequence[str], now: datetime.datetime) -> Due:
    """Whether an assignment is in time.

    Where something must pass, what counts is whether it passed in the last commit before the
    date. Where nothing must, only commits can tell: any own commit after the date is late.
    """
    if assignment.due is None:
        return "no date"
    over = now > assignment.due
    if not work.commits:
        return "overdue" if over else "not begun"
    if not over:
        return "in time" if assignment.must_pass and not failing else "under way"
    if not assignment.must_pass:
        return "late" if work.late else "in time"
    stood = not failing if not work.late else work.stood
    if stood:
        return "in time"
    return "overdue" if failing else "late"
