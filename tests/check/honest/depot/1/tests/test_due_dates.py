"""The day of the next inspection, whatever day the last one was."""

from datetime import date

import pytest

from app.desk.found import ToolRefusedError
from app.due_dates import add_months, inspection_due


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        (date(2026, 2, 11), 9, date(2026, 11, 11)),
        (date(2025, 12, 31), 1, date(2026, 1, 31)),
        (date(2026, 5, 27), 12, date(2027, 5, 27)),
    ],
)
def test_months_are_added_across_the_year(day: date, months: int, due: date) -> None:
    assert add_months(day, months) == due


@pytest.mark.parametrize(("inspected", "months"), [("soon", 9), ("2026-02-11", 0)])
def test_what_is_no_day_or_period_is_refused(inspected: str, months: int) -> None:
    with pytest.raises(ToolRefusedError):
        inspection_due(inspected, months)
