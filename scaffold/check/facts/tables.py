"""Data that a repository works on, as rows and paragraphs that can be compared by content."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
import zlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache

MOST_BYTES = 60_000_000
MOST_CELLS = 4_000_000
MOST_LINES = 100_000
_GZIP = 31
_PARAGRAPH = re.compile(r"\n\s*\n")


@dataclass(frozen=True, eq=False)
class Table:
    """A table: names of its columns, its rows as text, and whether there are more than these."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cut: bool = False

    @cached_property
    def contents(self) -> Counter[tuple[str, ...]]:
        """Rows without the names and the order of their columns."""
        return Counter(tuple(sorted(map(value, row))) for row in self.rows)


@lru_cache(maxsize=100_000)
def value(text: str) -> str:
    """A value however it is written: 3, 3.0 and 3.00 are one, and so are ' A' and 'a'."""
    text = text.strip().lower()
    try:
        return f"{float(text):.9g}"
    except ValueError:
        return text


def table(path: str, content: bytes) -> Table | None:
    """Read a CSV file, packed or not; None where it is none, or larger than 60 MB."""
    text = unpacked(path, content)
    if text is None:
        return None
    try:
        reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
        names = next(reader, [])
        rows: list[tuple[str, ...]] = []
        cells, cut = 0, False
        for row in reader:
            cells += len(row)
            if cells > MOST_CELLS:
                cut = True
                break
            rows.append(tuple(row))
    except csv.Error:
        return None
    return Table(tuple(names), tuple(rows), cut)


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max((",", ";", "\t", "|"), key=head.count)


def unpacked(path: str, content: bytes) -> str | None:
    """A file's text, unpacked where its name ends in `.gz`."""
    if path.endswith(".gz"):
        unpacking = zlib.decompressobj(_GZIP)
        try:
            content = unpacking.decompress(content, MOST_BYTES + 1)
        except zlib.error:
            return None
        if len(content) > MOST_BYTES:
            return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def lines(content: bytes | None) -> list[dict[str, object]]:
    """Objects of a file of JSON lines; what is none is left out."""
    found = []
    for line in (content or b"").decode("utf-8", "replace").splitlines()[:MOST_LINES]:
        try:
            one = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(one, dict):
            found.append(one)
    return found


def tasks(content: bytes | None) -> list[dict[str, object]]:
    """The `[[task]]` tables of a TOML file."""
    try:
        read = tomllib.loads((content or b"").decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    found = read.get("task")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def paragraphs(text: str) -> list[str]:
    """Paragraphs of a document, without marks, capitals and spacing; short ones are left out."""
    plain = (re.sub(r"[\W_]+", " ", one).strip().lower() for one in _PARAGRAPH.split(text))
    return [one for one in plain if len(one) >= 60]  # noqa: PLR2004 - headings are everybody's
