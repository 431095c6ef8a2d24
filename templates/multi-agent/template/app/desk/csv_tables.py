"""Tables from CSV files: names that SQL takes as they are, and types as the values have them."""

import csv
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unicodedata import normalize

from app.desk.sql_fences import MOST_COLUMNS, MOST_TEXT
from app.service.errors import UserError

WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})", re.ASCII)
# The last part as programs write small and large numbers: a sign and two digits.
DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,20})?(e[+-]\d\d)?", re.ASCII)
SEPARATORS = ",;\t"  # spreadsheets write the second where the comma is the decimal sign
QUOTED = re.compile(r'"[^"]*"')
SAVE = "Save it as CSV, UTF-8; is there a quote that never ends?"
Value = str | int | float | None


@dataclass(frozen=True)
class Table:
    """A table: `rows` have a value for each of `columns`."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]


def as_name(text: str) -> str:
    """Returns a name that needs no quotes in SQL: lower case, letters, digits and `_`.

    A word that SQL keeps for itself gets a `_` at its end.
    """
    name = re.sub(r"\W+", "_", normalize("NFC", text).lower()).strip("_")
    if not name or name[0].isdigit() or name.startswith("sqlite"):
        name = f"t_{name}"
    return name if _is_free(name) else f"{name}_"


def _is_free(name: str) -> bool:
    """Asks SQLite: nobody else knows which words its version keeps."""
    query = f'WITH "{name}" AS (SELECT 7 AS "{name}") SELECT {name} FROM {name}'  # noqa: S608
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            return bool(connection.execute(query).fetchone() == (7,))  # not so for `true`
        except sqlite3.Error:
            return False


def read_table(file: Path) -> Table:
    """Reads a CSV file; its first line names the columns, and an empty cell is NULL.

    Numbers with leading zeros are texts: they are codes.

    Raises:
        UserError: It is no CSV that has one value for each column.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not UTF-8.", "Save it as CSV, UTF-8.") from error
    lines = list(_lines(file, text))
    if not lines:
        raise UserError(f"{file} is empty.", "Its first line names the columns.")
    columns = _columns(file, lines[0][1])
    for at, row in lines[1:]:
        if len(row) != len(columns):
            raise UserError(
                f"{file}, line {at}: {len(row)} values for {len(columns)} columns.",
                "Put quotes around values with commas in them.",
            )
    values = [_typed([row[at] for _, row in lines[1:]]) for at in range(len(columns))]
    return Table(as_name(file.stem), columns, list(zip(*values, strict=True)))


def _lines(file: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Gives each line that is not empty, with its number."""
    csv.field_size_limit(MOST_TEXT)
    head = QUOTED.sub("", text.lstrip("\r\n")[:MOST_TEXT].partition("\n")[0])
    separator = max(SEPARATORS, key=head.count)
    reader = csv.reader(StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        for row in reader:
            if any(len(cell.encode(errors="replace")) > MOST_TEXT for cell in row):
                raise UserError(
                    f"{file}, line {reader.line_num}: a value has over {MOST_TEXT} bytes.",
                    "Long texts belong into the documents.",
                )
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        raise UserError(f"{file}, line {reader.line_num}: {error}.", SAVE) from error


def _columns(file: Path, given: list[str]) -> tuple[str, ...]:
    names = [as_name(one) if one.strip() else f"column_{at}" for at, one in enumerate(given, 1)]
    if len(names) > MOST_COLUMNS:
        raise UserError(f"{file} has over {MOST_COLUMNS} columns.", "Take out what nobody needs.")
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise UserError(
            f"{file} has two columns named {twice[0]}.", "Rename one in its first line."
        )
    return tuple(names)


def _typed(texts: list[str]) -> list[Value]:
    """Returns one column's values: all whole, all decimal, or all text."""
    given = [text for text in (one.strip() for one in texts) if text]
    if given and all(WHOLE.fullmatch(text) for text in given):
        return [int(text) if text.strip() else None for text in texts]
    if given and all(WHOLE.fullmatch(text) or DECIMAL.fullmatch(text) for text in given):
        return [float(text) if text.strip() else None for text in texts]
    return [text or None for text in texts]
