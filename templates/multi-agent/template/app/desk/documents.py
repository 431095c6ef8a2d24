"""Markdown documents, section by section, and a search for their words."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.desk.fitting import fit
from app.desk.found import Found, Row, ToolRefusedError
from app.service.errors import UserError

SCHEMA = """CREATE VIRTUAL TABLE _sections
    USING fts5(document, section, text, tokenize = 'porter unicode61')"""
FOUND = """SELECT document, section, text FROM _sections WHERE _sections MATCH ?
    ORDER BY bm25(_sections, 1.0, 3.0, 1.0), rowid LIMIT ?"""
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
FENCE = re.compile(r"^ *(`{3,}|~{3,})(.*)$")
MOST_SECTIONS = 5
MOST_SIGNS = 1_500  # of one section, as search shows it
MOST_PART = 6_000  # bytes; more would be cut when it is read
MOST_TERMS = 30


@dataclass(frozen=True)
class Section:
    """What stands under one heading.

    Attributes:
        document: Name of the file, without its ending.
        section: The heading, or the document's name before the first.
        text: What follows it, until the next heading.
    """

    document: str
    section: str
    text: str


def read_documents(folder: Path) -> list[Section]:
    """Returns the sections of every Markdown file below a folder, in order of their names.

    Raises:
        UserError: A file is no text.
    """
    found = []
    for file in sorted(folder.rglob("*.md")) if folder.is_dir() else []:
        try:
            text = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise UserError(f"{file} is not UTF-8.", "Save it as UTF-8.") from error
        name = file.relative_to(folder).with_suffix("").as_posix()
        found += [part for one in _sections(name, text) if one.text for part in _parts(one)]
    return found


def _sections(document: str, text: str) -> Iterator[Section]:
    heading, lines, fence = document, list[str](), ""
    for line in text.splitlines():
        marked = FENCE.match(line)
        found = None if fence else HEADING.match(line)
        if fence and marked and marked[1].startswith(fence) and not marked[2].strip():
            fence = ""
        elif marked and not fence:
            fence = marked[1]
        if found:
            yield Section(document, heading, "\n".join(lines).strip())
            heading, lines = found.group(2) or document, []
        else:
            lines.append(line)
    yield Section(document, heading, "\n".join(lines).strip())


def _parts(section: Section) -> Iterator[Section]:
    """Gives a section; one that is too long to be read at once as `Heading`, `Heading (part 2)`."""
    parts, size = [list[str]()], 0
    for line in _short_lines(section.text):
        size += len(line.encode(errors="replace"))
        if size > MOST_PART and parts[-1]:
            parts.append([])
            size = len(line.encode(errors="replace"))
        parts[-1].append(line)
    for number, part in enumerate(parts, 1):
        name = section.section if number == 1 else f"{section.section} (part {number})"
        yield Section(section.document, name, "".join(part).strip())


def _short_lines(text: str) -> Iterator[str]:
    most = MOST_PART // 4  # signs; one has up to four bytes
    for line in text.splitlines(keepends=True):
        yield from (line[at : at + most] for at in range(0, len(line), most))


def store_sections(connection: sqlite3.Connection, sections: list[Section]) -> None:
    """Writes the sections into a new file of the desk."""
    connection.execute(SCHEMA)
    rows = [(one.document, one.section, one.text) for one in sections]
    connection.executemany("INSERT INTO _sections VALUES (?, ?, ?)", rows)


def search(connection: sqlite3.Connection, query: str) -> Found:
    """Returns the sections that share most words with a query, best first.

    Raises:
        ToolRefusedError: There is no word in it.
    """
    # Quoted, so that no sign in a word is an operator of the search.
    words = [f'"{word}"' for word in re.findall(r"\w+", query)[:MOST_TERMS]]
    if not words:
        raise ToolRefusedError("There is no word in that query.", "Name what you look for.")
    rows = connection.execute(FOUND, (" OR ".join(words), MOST_SECTIONS)).fetchall()
    return fit([_row(*row) for row in rows], len(rows), MOST_SIGNS)


def read_section(connection: sqlite3.Connection, document: str, section: str) -> Found:
    """Returns one section whole; if a document has several of that name, all of them.

    Raises:
        ToolRefusedError: There is none of that name.
    """
    rows = connection.execute("SELECT document, section, text FROM _sections").fetchall()
    wanted = document.strip().lower(), section.strip().lower()
    found = [_row(*row) for row in rows if (row[0].lower(), row[1].lower()) == wanted]
    if found:
        return fit(found, len(found))
    inside = [row[1] for row in rows if row[0].lower() == wanted[0]]
    names = list(dict.fromkeys(inside or (row[0] for row in rows)))
    what = f"section in {document[:80]}" if inside else "document"
    there = f"There are: {', '.join(names)[:1500]}." if names else "There are none."
    raise ToolRefusedError(f"There is no such {what}.", there)


def _row(document: str, section: str, text: str) -> Row:
    return {"document": document, "section": section, "text": text}
