"""Where a service keeps records: a SQLite file, or Postgres, through the same few lines of SQL.

Write `?` for each value (and nowhere else), types that both know (`TEXT`, `DOUBLE PRECISION`,
`BOOLEAN`, `BYTEA`), and only statements that may be repeated: after a lost connection nobody can
tell whether the last one was carried out.
"""

import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from app.service.errors import UserError

T = TypeVar("T")
Row = Sequence[Any]
SQLITE, POSTGRES = "sqlite:///", ("postgresql://", "postgres://")
WAIT_SECONDS = 5  # for a locked file, or for an answer to the first knock at Postgres
# Each statement lets go of the interpreter's lock and queues for it again. On a busy server this
# costs more than the insert, so rows go in groups; larger groups measured no faster.
GROUP = 50
_VALUES = re.compile(r"\([?, ]+\)")
EXAMPLES = "DATABASE_URL is sqlite:///folder/file or postgresql://user:password@host/name."


class StoreAwayError(UserError):
    """The store can't be reached or written to now; later it may work."""


@dataclass(frozen=True)
class _Database:
    """What differs between the two.

    Attributes:
        place: Where it is, for people; without a password.
        connect: Opens a connection that commits each statement unless told otherwise.
        broken: Whether the same statement may work later.
        error: Every error of the driver.
        begin: Starts a transaction that writes.
        create: Starts one that changes tables: two processes that create the same one collide.
    """

    place: str
    connect: Callable[[], Any]
    broken: Callable[[Exception], bool]
    error: type[Exception]
    begin: tuple[str, ...]
    create: tuple[str, ...]

    def away(self, error: Exception) -> StoreAwayError:
        reason = str(error).strip().splitlines()[0] if str(error) else type(error).__name__
        return StoreAwayError(f"The store {self.place} does not work: {reason}", EXAMPLES)


class _Line:
    """One connection, used by one thread at a time, and opened again after it broke."""

    def __init__(self, database: _Database) -> None:
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
                        raise self._database.away(error) from error
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

    def __init__(self, database: _Database) -> None:
        self.place = database.place
        self._database = database
        self._write, self._read = _Line(database), _Line(database)
        self._text: Callable[[str], str] = str
        if database.place.startswith(POSTGRES):
            self._text = lambda sql: sql.replace("%", "%%").replace("?", "%s")

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
        one = _VALUES.search(sql)
        values = one.group() if one else ""
        grouped = self._text(sql.replace(values, ", ".join([values] * GROUP)))
        whole = len(rows) - len(rows) % GROUP

        def work(cursor: Any) -> None:  # noqa: ANN401 - of either driver
            for statement in self._database.begin:
                cursor.execute(statement)
            for start in range(0, whole, GROUP):
                group = rows[start : start + GROUP]
                cursor.execute(grouped, [value for row in group for value in row])
            if rows[whole:]:
                cursor.executemany(self._text(sql), rows[whole:])
            cursor.execute("COMMIT")

        self._write.run(work)

    def create(self, statements: Sequence[str]) -> None:
        """Creates tables and indexes, `IF NOT EXISTS`, in one transaction.

        Raises:
            StoreAwayError: As above.
        """
        whole = (*self._database.create, *statements, "COMMIT")
        self._write.run(lambda cursor: [cursor.execute(statement) for statement in whole])

    def query(self, sql: str, values: Row = ()) -> list[tuple[Any, ...]]:
        """Returns the rows that a question finds.

        Raises:
            StoreAwayError: As above.
        """
        text = self._text(sql)
        return self._read.run(lambda cursor: cursor.execute(text, values).fetchall())

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
        database = _postgres(url)
    elif url.startswith(SQLITE) and url != SQLITE and ":memory:" not in url:
        database = _sqlite(Path(url.removeprefix(SQLITE)))
    else:
        scheme = url.partition("://")[0] if "://" in url else "without a scheme"
        raise UserError(f"DATABASE_URL names no store that we know: {scheme}.", EXAMPLES)
    store = Store(database)
    try:
        store.query("SELECT 1")
    except database.error as error:
        raise database.away(error) from error
    return store


def _sqlite(file: Path) -> _Database:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder {file.parent} of the store can't be made: {error.strerror}.",
            "Name another one in DATABASE_URL, or let this user write there.",
        ) from error

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            file, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        # WAL: readers and the writer, also of other processes, don't wait for each other.
        connection.execute("PRAGMA journal_mode = WAL")
        # No waiting for the disk at each commit: a crash of ours loses nothing, one of the machine
        # the last moments, and the file stays whole (https://sqlite.org/wal.html).
        connection.execute("PRAGMA synchronous = NORMAL")
        # What is deleted is overwritten: it may be personal.
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    begin = ("BEGIN IMMEDIATE",)  # now, not at the first insert: only now does it wait for its turn

    # Locked, full, not readable... but not a mistake in the statement, such as an unknown table.
    def broken(error: Exception) -> bool:
        mistake = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
        return isinstance(error, sqlite3.OperationalError) and not mistake

    return _Database(str(file), connect, broken, sqlite3.Error, begin, begin)


def _postgres(url: str) -> _Database:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        parts = {"host": "@"}
    host, name = str(parts.get("host", "localhost")), str(parts.get("dbname", ""))
    # Then a part of the password is taken for something else, and would be shown in messages.
    if "@" in f"{host}{parts.get('port')}{name}":
        raise UserError(
            "DATABASE_URL can't be read as an address of Postgres.",
            "Write /, @, # and % in the password as %2F, %40, %23 and %25.",
        )
    given: dict[str, Any] = {"connect_timeout": WAIT_SECONDS, "tcp_user_timeout": 10_000} | parts

    def connect() -> psycopg.Connection[tuple[Any, ...]]:
        # Prepared statements would break behind a pooler that hands out connections by turns.
        return psycopg.connect(autocommit=True, prepare_threshold=None, **given)

    return _Database(
        place=f"postgresql://{host}:{parts.get('port', 5432)}/{name}",
        connect=connect,
        broken=lambda error: isinstance(error, psycopg.OperationalError | psycopg.InterfaceError),
        error=psycopg.Error,
        begin=("BEGIN",),
        create=("BEGIN", "SELECT pg_advisory_xact_lock(20260101)"),
    )
