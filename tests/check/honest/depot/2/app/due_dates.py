"""When an inspection is due: months from the day in the book."""

from calendar import monthrange
from datetime import date
from typing import Annotated

from pydantic import Field

from app.desk.found import Found, ToolRefusedError

MOST_MONTHS = 60


def add_months(day: date, months: int) -> date:
    """Returns the day so many months later; where that month is shorter, its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def inspection_due(
    inspected: Annotated[str, Field(description="day of the last one, as 2026-03-31")],
    months: Annotated[int, Field(description="how many months lie between two")],
) -> Found:
    """Work out on which day the next inspection is due.

    Raises:
        ToolRefusedError: That is no day, or no number of months.
    """
    try:
        day = date.fromisoformat(inspected)
    except ValueError:
        raise ToolRefusedError(f"{inspected} is no day.", "Write it as 2026-03-31.") from None
    if not 0 < months <= MOST_MONTHS:
        raise ToolRefusedError(f"{months} months are no period.", f"1 to {MOST_MONTHS}.")
    due = add_months(day, months).isoformat()
    return {"rows": [{"due": due}], "row_count": 1, "truncated": False}
