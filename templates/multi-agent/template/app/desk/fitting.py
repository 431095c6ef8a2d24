"""What a tool found, cut to what a model reads in one go; the same for every tool."""

import json
from collections.abc import Sequence

from app.desk.found import Found, Row, ToolRefusedError

MOST_ROWS = 50
MOST_BYTES = 8_000  # of all rows together, as JSON
CUT = "..."


def fit(rows: Sequence[Row], count: int, signs: int = MOST_BYTES) -> Found:
    """Returns the first rows, as many as there is room for.

    Args:
        rows: All of them, or the first.
        count: How many there are.
        signs: Of one text, at most; what is longer is cut and ends in `...`.

    Raises:
        ToolRefusedError: There is no room for even one row.
    """
    kept: list[Row] = []
    room = MOST_BYTES
    for row in rows[:MOST_ROWS]:
        short = _cut(row, signs) if kept else _squeezed(row, signs)
        room -= _size(short)
        if room < 0:
            break
        kept.append(short)
    return Found(rows=kept, row_count=count, truncated=len(kept) < count or kept != list(rows))


def _squeezed(row: Row, signs: int) -> Row:
    """Returns a row whose texts are so short that it has room alone."""
    short = _cut(row, signs)
    while _size(short) > MOST_BYTES:
        if not signs:
            raise ToolRefusedError("One row of that is too long.", "Ask for fewer columns.")
        signs //= 2
        short = _cut(row, signs)
    return short


def _cut(row: Row, signs: int) -> Row:
    return {
        name: value[:signs] + CUT if isinstance(value, str) and len(value) > signs else value
        for name, value in row.items()
    }


def _size(row: Row) -> int:
    """Returns bytes, with a comma and a space before the next row."""
    return len(json.dumps(row, ensure_ascii=False).encode(errors="replace")) + 2
