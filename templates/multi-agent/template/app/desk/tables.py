"""One SQLite file of everything that agents can look at; made again when something changed."""

import hashlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from app.desk.csv_tables import Table, Value, read_table
from app.desk.documents import Section, read_documents, store_sections
from app.desk.installed import TABLES, fingerprint, installed
from app.desk.sql import open_to_read
from app.project import DeskParts, Project
from app.service.errors import UserError
from app.settings import Settings

VERSION = 2
"""Of what is in the file; another one is made again."""


def build_desk(settings: Settings, project: Project) -> Path:
    """Makes the file, unless it was made of just this already, and returns where it is.

    A CSV file wins over a table of installed packages that has its name.

    Raises:
        UserError: A file is wrong, or there is nothing to look at; the old file stays.
    """
    file, parts = settings.desk_file, project.desk
    digest = _digest(parts)
    if _made_of(file) == digest:
        return file
    tables = _from_files(parts.tables)
    if parts.installed and not set(TABLES) <= set(tables):
        tables = {one.name: one for one in installed()} | tables
    sections = read_documents(parts.documents)
    if not tables and not sections:
        raise UserError(
            f"There is nothing to look at in {parts.tables} and {parts.documents}.",
            "Put CSV files there, and Markdown files.",
        )
    _write(file, digest, tables.values(), sections)
    return file


def _from_files(folder: Path) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for file in sorted(folder.glob("*.csv")) if folder.is_dir() else []:
        table = read_table(file)
        if table.name in found:
            raise UserError(f"Two files are a table {table.name}: {file}.", "Rename one.")
        found[table.name] = table
    return found


def _digest(parts: DeskParts) -> str:
    found = hashlib.sha256(f"{VERSION} {fingerprint() if parts.installed else ''}".encode())
    for folder, pattern in ((parts.tables, "*.csv"), (parts.documents, "*.md")):
        for file in sorted(folder.rglob(pattern)) if folder.is_dir() else []:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            found.update(f"{file.relative_to(folder).as_posix()} {content}\n".encode())
    return found.hexdigest()


def _made_of(file: Path) -> str:
    """Returns the digest of what the file was made of; empty where that can't be read."""
    if not file.is_file():
        return ""
    connection = open_to_read(file)
    try:
        return str(connection.execute("SELECT digest FROM _about").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return ""
    finally:
        connection.close()


def _write(file: Path, digest: str, tables: Iterable[Table], sections: list[Section]) -> None:
    """Makes the file beside the old one and puts it in its place; readers see one or the other."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{uuid4().hex[:8]}")
    try:
        connection = sqlite3.connect(beside, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("BEGIN")
            for table in tables:
                _insert(connection, table)
            store_sections(connection, sections)
            connection.execute("CREATE TABLE _about (digest TEXT)")
            connection.execute("INSERT INTO _about VALUES (?)", (digest,))
            connection.execute("COMMIT")
        finally:
            connection.close()
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _insert(connection: sqlite3.Connection, table: Table) -> None:
    # Names are letters, digits and _ only, and no words of SQL.
    types = [_type(row[at] for row in table.rows) for at in range(len(table.columns))]
    pairs = zip(table.columns, types, strict=True)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in pairs)
    connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
    marks = ", ".join("?" * len(table.columns))
    connection.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', table.rows)  # noqa: S608


def _type(values: Iterable[Value]) -> str:
    """Returns a column's type, as agents are told it."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int}:
        return "INTEGER"
    return "REAL" if kinds and kinds <= {int, float} else "TEXT"
