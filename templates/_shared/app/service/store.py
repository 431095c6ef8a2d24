"""Where a service keeps records: a SQLite file, or Postgres, through the same few lines of SQL.

Write `?` for each value (and nowhere else), types that both know (`TEXT`, `DOUBLE PRECISION`,
`BOOLEAN`, `BYTEA`), and only statements that may be repeated: after a lost connection nobody can
tell whether the last one was carried out.
"""

import re
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from app.service.databases import Database, postgres, sqlite_file
from app.service.errors import UserError

T = TypeVar("T")
Row = Sequence[Any]
SQLITE, POSTGRES = "sqlite:///", ("postgresql://", "postgres://")
# Each statement lets go of the interpreter's lock and queues for it again. On a busy server this
# costs more than the insert, so rows go in groups; larger groups measured no faster.
GROUP = 50
_VALUES = re.compile(r"\([?, ]+\)")
EXAMPLES = "DATABASE_URL is sqlite:///folder/file or postgresql://user:password@host/name."


class StoreAwayError(UserError):
    """The store can't be reached or written to now; later it may work."""


def _away(place: str, error: Exception) -> StoreAwayError:
    reason = str(error).strip().splitlines()[0] if str(error) else type(error).__name__
    return StoreAwayError(f"The store {place} does not work: {reason}", EXAMPLES)


class _Line:
    """One connection, used by one thread at a time, and opened again after it broke."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._connection: Any = None

    def run(self, work: Callable[[Any], T]) -> T:
        """Does some work with a cursor; what fails closes the connection, and so undoes it."""
        with self._lock:
            while True:
                used = self._connection is not None
                try:
                    if not used:
                        self._connection = self._database.connect()
                    return work(self._connection.cursor())
                except Exception as error:
                    lost = used and getattr(self._connection, "closed", False)
                    self._close()
                    if lost:  # maybe hours ago; a new one may work
                        continue
                    if self._database.broken(error):
                        raise _away(self._database.place, error) from error
                    raise

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def close(self) -> None:
        """Closes the connection; the next use would open it again."""
        with self._lock:
            self._close()


class Store:
    """A database for any number of threads.

    It has two connections, one that writes and one that reads, each behind a lock. So a long look
    at the records keeps no batch waiting, and however many threads a server has, Postgres, where
    connections are few, sees two.

    Attributes:
        place: Where it is, for people; without a password.
    """

    def __init__(self, database: Database) -> None:
        self.place = database.place
        self._database = database
        self._write, self._read = _Line(database), _Line(database)
        self._text = database.text

    def execute(self, sql: str, values: Row = ()) -> int:
        """Carries out one statement in a transaction and returns how many rows it changed.

        Raises:
            StoreAwayError: The store can't be reached or written to now.
        """
        text = self._text(sql)
        return self._write.run(lambda cursor: int(cursor.execute(text, values).rowcount))

    def executemany(self, sql: str, rows: Sequence[Row]) -> None:
        """Inserts rows in one transaction: all of them or none.

        Args:
            sql: `INSERT ... VALUES (?, ...)`.
            rows: The values, one sequence a row.

        Raises:
            StoreAwayError: As above; nothing was written, or the connection broke at the very end.
        """
        grouped = self._text(_VALUES.sub(lambda one: ", ".join([one.group()] * GROUP), sql))
        whole = len(rows) - len(rows) % GROUP

        def work(cursor: Any) -> None:  # noqa: ANN401 - of either driver
            cursor.execute(self._database.begin)
            for start in range(0, whole, GROUP):
                group = rows[start : start + GROUP]
                cursor.execute(grouped, list(chain.from_iterable(group)))
            if rows[whole:]:
                cursor.executemany(self._text(sql), rows[whole:])
            cursor.execute("COMMIT")

        self._write.run(work)

    def create(self, statements: Sequence[str]) -> None:
        """Creates tables and indexes, `IF NOT EXISTS`, in one transaction.

        Raises:
            StoreAwayError: As above.
        """
        whole = (self._database.begin, self._database.alone, *statements, "COMMIT")
        self._write.run(lambda cursor: [cursor.execute(statement) for statement in whole])

    def query(self, sql: str, values: Row = ()) -> list[tuple[Any, ...]]:
        """Returns the rows that a question finds.

        Raises:
            StoreAwayError: As above.
        """
        text = self._text(sql)
        return self._read.run(lambda cursor: cursor.execute(text, values).fetchall())

    def read(self, work: Callable[[Any], T]) -> T:
        """Does some work with a cursor that reads, by statements in the driver's own words.

        Raises:
            StoreAwayError: As above.
        """
        return self._read.run(work)

    def session(self, work: Callable[[Any], T]) -> T:
        """Does some work with a cursor of a connection of its own, which is closed with it.

        The work begins and commits; what it leaves open, or fails in, is undone. It is done once,
        also where the connection is lost, so it may use up what can be read only once.

        Raises:
            StoreAwayError: As above.
        """
        line = _Line(self._database)
        try:
            return line.run(work)
        finally:
            line.close()

    def close(self) -> None:
        """Closes both connections."""
        self._write.close()
        self._read.close()


def open_store(url: str) -> Store:
    """Returns the store that an address names, and makes sure that it works now.

    Args:
        url: `sqlite:///` and a file, relative to the working folder, which is created; or
            `postgresql://user:password@host/name`.

    Raises:
        UserError: The address is wrong, or the store can't be opened.
    """
    if url.startswith(POSTGRES):
        database = postgres(url)
    elif url.startswith(SQLITE) and url != SQLITE and ":memory:" not in url:
        database = sqlite_file(Path(url.removeprefix(SQLITE)))
    else:
        scheme = url.partition("://")[0] if "://" in url else "without a scheme"
        raise UserError(f"DATABASE_URL names no store that we know: {scheme}.", EXAMPLES)
    store = Store(database)
    try:
        store.query("SELECT 1")
    except database.error as error:
        raise _away(database.place, error) from error
    return store
