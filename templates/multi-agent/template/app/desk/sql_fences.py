"""What keeps a query of an agent from doing anything but read, and from taking much.

Time is looked at between rows only, so what happens within one has to be short: SQLite takes
`instr` or `replace` as long as the product of two lengths, and `printf` as long as it is told to.
Therefore texts and statements have a limit, and functions are those of a list.
"""

import sqlite3
import sys

MOST_TEXT = 20_000  # bytes that one value may have, in a file or while a query runs
MOST_SQL = 4_000  # bytes
MOST_COLUMNS = 500
ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MOST_TEXT,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: MOST_SQL,
    sqlite3.SQLITE_LIMIT_COLUMN: MOST_COLUMNS,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 20,
}
# Not printf and format, whose width is a loop; nothing that loads, logs or reads the machine.
NAMES = """
    avg count group_concat max median min percentile string_agg sum total
    abs char coalesce concat concat_ws glob hex if ifnull iif instr length like likelihood likely
    lower ltrim nullif octet_length quote replace round rtrim sign soundex substr substring trim
    typeof unicode unlikely upper
    current_date current_time current_timestamp date datetime julianday strftime time timediff
    unixepoch
    acos asin atan atan2 ceil ceiling cos degrees exp floor ln log log10 log2 mod pi pow power
    radians sin sqrt tan trunc
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank
    row_number
    -> ->> json json_array json_array_length json_extract json_group_array json_group_object
    json_object json_quote json_type json_valid
"""
FUNCTIONS = frozenset(NAMES.split())


def hidden(table: str) -> bool:
    """Tells whether a table is ours and not the desk's: the search index, and SQLite's own."""
    return table.lower().startswith(("_", "sqlite_"))


def put_up(connection: sqlite3.Connection) -> None:
    """Puts the fences around a connection; it can't take them down by SQL."""
    for limit, most in LIMITS.items():
        connection.setlimit(limit, most)
    if sys.version_info >= (3, 12):
        # Else a column in quotes that does not exist would be a text, and a wrong answer.
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_DQS_DML, False)  # noqa: FBT003
    connection.set_authorizer(_allow)


def _allow(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action == sqlite3.SQLITE_FUNCTION:
        known = (second or "").lower() in FUNCTIONS
        return sqlite3.SQLITE_OK if known else sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_READ and hidden(first or ""):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY
