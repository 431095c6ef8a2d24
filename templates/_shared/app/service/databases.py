"""The two databases that can be a store: how each is opened, and what each does its own way."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from app.service.errors import UserError

WAIT_SECONDS = 5  # for a locked file, or for an answer to the first knock at Postgres


@dataclass(frozen=True)
class Database:
    """What differs between the two.

    Attributes:
        place: Where it is, for people; without a password.
        connect: Opens a connection that commits each statement unless told otherwise.
        broken: Whether the same statement may work later.
        error: Every error of the driver.
        text: Makes the driver's placeholders of `?`.
        begin: Starts a transaction that writes.
        alone: In one: makes others wait, because two that create the same table would collide.
    """

    place: str
    connect: Callable[[], Any]
    broken: Callable[[Exception], bool]
    error: type[Exception]
    text: Callable[[str], str]
    begin: str
    alone: str


@lru_cache
def _numbered(sql: str) -> str:
    numbers = count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", sql)


def sqlite_file(file: Path) -> Database:
    """Returns a SQLite file; its folder is created.

    Raises:
        UserError: The folder can't be made.
    """
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
        _use_wal(connection)
        # No waiting for the disk at each commit: a crash of ours loses nothing, one of the machine
        # the last moments, and the file stays whole (https://sqlite.org/wal.html).
        connection.execute("PRAGMA synchronous = NORMAL")
        # What is deleted is overwritten: it may be personal.
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    # Locked, full, not readable... but not a mistake in the statement, such as an unknown table.
    def broken(error: Exception) -> bool:
        mistake = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
        return isinstance(error, sqlite3.OperationalError) and not mistake

    return Database(
        place=str(file),
        connect=connect,
        broken=broken,
        error=sqlite3.Error,
        text=str,
        begin="BEGIN IMMEDIATE",  # waits for its turn now; at the first insert it would not
        alone="SELECT 1",  # it is already
    )


def _use_wal(connection: sqlite3.Connection) -> None:
    """Makes readers and the writer, also of other processes, not wait for each other.

    The first to open a file changes it for all, and while somebody writes SQLite does not wait for
    that: of several processes that start at once on a new file, some would fail.
    """
    deadline = monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            sleep(0.01)
        else:
            return


def postgres(url: str) -> Database:
    """Returns the Postgres that an address names.

    Raises:
        UserError: The address can't be read.
    """
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
        # A raw cursor: the usual one reads each long statement anew, ten times the insert's cost.
        return psycopg.connect(
            autocommit=True, prepare_threshold=None, cursor_factory=psycopg.RawCursor, **given
        )

    return Database(
        place=f"postgresql://{host}:{parts.get('port', 5432)}/{name}",
        connect=connect,
        broken=lambda error: isinstance(error, psycopg.OperationalError | psycopg.InterfaceError),
        error=psycopg.Error,
        text=_numbered,
        begin="BEGIN",
        alone="SELECT pg_advisory_xact_lock(20260101)",
    )
