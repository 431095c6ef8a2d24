"""Collecting, reporting and nudging, held against what the script knows."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

from tests.cohort.term.expected_report import expected_row, report_complaints

if TYPE_CHECKING:
    from tests.cohort.term.classroom import Classroom


def look(room: Classroom, name: str, newest: str, code: int = 0) -> None:
    """Collect and report; hold the report against what this script knows."""
    room.bulk("collect", code=code)
    room.run("report", code=0)
    folder = room.instructor.folder / "reports"
    document = json.loads((folder / "report.json").read_text("utf-8"))
    right = {
        one.key: expected_row(one, newest, room.due[one.assignment], room.now)
        for one in room.repositories.values()
    }
    room.reports[name] = right
    room.complain("reports", *(f"{name}: {line}" for line in report_complaints(document, right)))
    with (folder / "report.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))
    if len(rows) != len(right) + 1:
        room.complain("reports", f"{name}: {len(rows)} lines of CSV")
    page = (folder / "report.html").read_text("utf-8")
    absent = [one.username for one in room.repositories.values() if one.username not in page]
    if absent:
        room.complain("reports", f"{name}: the page does not show {absent[:5]}")


def nudge(room: Classroom) -> None:
    """Write everybody a message."""
    room.run("nudge", code=0)
    for one in room.repositories.values():
        file = room.instructor.folder / "nudges" / one.assignment / f"{one.username}.md"
        text = file.read_text("utf-8") if file.is_file() else ""
        if one.reach == "read" and one.username not in text.lower():
            room.complain("nudges", f"{one.key}: {text!r}")
        if one.waiting and one.reach == "read" and one.waiting[-1] not in text:
            room.complain("nudges", f"{one.key} is not told of {one.waiting[-1]}: {text!r}")
