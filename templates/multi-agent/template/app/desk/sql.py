"""SQL that reads and does nothing else, and ends in time.

Four fences, because any one may have a hole: the file is opened read-only; an authorizer sees every
action of a statement before it runs; SQLite's own limits bound texts and statements; and a deadline
ends what would never end.
"""

import math
import sqlite3
from pathlib import Path
from time import monotonic

from app.desk.fitting import MOST_ROWS, fit
from app.desk.found import Found, Row, Scalar, ToolRefusedError
from app.desk.sql_fences import MOST_SQL, MOST_TEXT, put_up

MOST_SIGNS = 1_000  # of one cell
MOST_NAME = 60  # signs of a column that a query does not name
STEPS = 1_000  # of SQLite's machine between two looks at the clock
REFUSALS = {
    ("not authorized to use function",): "Of functions there are the usual ones: count, sum, avg, "
    "round, coalesce, substr, instr, replace, group_concat, date, and the like.",
    ("not authorized", "prohibited", "readonly", "authorization", "vtable constructor"): (
        "Only SELECT, on the tables of describe_tables."
    ),
    ("one statement",): "Send one SELECT at a time.",
    ("string or blob too big",): f"Texts have up to {MOST_TEXT} bytes here: take fewer rows, or "
    "fewer columns.",
    ("query string is too large",): f"A query has up to {MOST_SQL} bytes.",
}
"""What to do, by words in what SQLite says; the first that is found."""
LOOK = "describe_tables shows tables and columns."


def open_to_read(file: Path) -> sqlite3.Connection:
    """Opens the desk's file; nothing can be written through it."""
    uri = f"{file.resolve().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, isolation_level=None)


def read(file: Path, query: str, seconds: float) -> Found:
    """Runs one query of an agent.

    Args:
        file: The desk's.
        query: One statement that reads.
        seconds: After which it is ended.

    Raises:
        ToolRefusedError: It would do something else, is wrong, or takes too long.
    """
    connection = open_to_read(file)
    try:
        put_up(connection)
        until = monotonic() + seconds
        connection.set_progress_handler(lambda: monotonic() > until, STEPS)
        return _rows(connection.execute(query))
    except (sqlite3.Error, sqlite3.Warning, UnicodeError, ValueError) as error:
        raise _refusal(error, seconds) from error
    finally:
        connection.close()


def _refusal(error: Exception, seconds: float) -> ToolRefusedError:
    words = str(error)
    if words == "interrupted":
        return ToolRefusedError(
            f"The query was ended after {seconds:g} s.", "Read less, or join on fewer rows."
        )
    for signs, remedy in REFUSALS.items():
        if any(sign in words for sign in signs):
            return ToolRefusedError(f"That is not allowed: {words[:300]}.", remedy)
    return ToolRefusedError(f"SQLite does not take that: {words[:300]}.", LOOK)


def _rows(cursor: sqlite3.Cursor) -> Found:
    if cursor.description is None:
        raise ToolRefusedError("That statement returns nothing.", "Send a SELECT.")
    names = _unique([str(column[0])[:MOST_NAME] for column in cursor.description])
    kept: list[Row] = []
    count = 0
    for values in cursor:
        count += 1
        if len(kept) < MOST_ROWS:
            kept.append(dict(zip(names, map(_cell, values), strict=True)))
    return fit(kept, count, MOST_SIGNS)


def _unique(names: list[str]) -> list[str]:
    """Numbers a name that comes again: `name`, `name:2`."""
    found: dict[str, None] = {}
    for name in names:
        again, number = name, 1
        while again in found:
            number += 1
            again = f"{name}:{number}"
        found[again] = None
    return list(found)


def _cell(value: object) -> Scalar:
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, str):
        return value[: MOST_SIGNS + 1]  # one more than is shown, so that `fit` sees it was cut
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, int) else None
