"""The report as CSV: RFC 4180, and nothing in it that a spreadsheet would calculate.

A cell that begins as a formula does gets a `'` before it, as OWASP's page on CSV injection says,
and so does one that begins so behind a mark at which some spreadsheet divides cells: where `;`
divides them, an unquoted line of ours is one cell up to a learner's `;=`. The file begins with a
byte order mark, because Excel takes one without it for the machine's old code page and spoils every
name outside ASCII; LibreOffice and pandas (`utf-8-sig`) read it too, and programs have report.json.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from scaffold.cohort import facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.cohort.standing import Standing

BOM = "\ufeff"
_FORMULA = re.compile(r"^(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
_BEHIND = re.compile(r"(?<=[;|\t])(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def text(standings: Sequence[Standing]) -> str:
    """The file, with a line for each standing."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(facts.COLUMNS)
    for one in standings:
        writer.writerow([cell(value) for value in facts.row(one).values()])
    return BOM + file.getvalue()


def cell(value: object) -> str:
    """A value as no formula; numbers are ours, and stay numbers."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return _BEHIND.sub("'", _FORMULA.sub("'", str(value)))
