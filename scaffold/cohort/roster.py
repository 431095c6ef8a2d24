"""The roster: who is in the class. A bad one is refused whole, with every bad line named."""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import credentials
from scaffold.cohort.patterns import complaint
from scaffold.errors import RequestError
from scaffold.portable import RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_PLAIN = ("username", "name", "email")
_CLASSROOM50 = ("username", "first_name", "last_name", "email")
_OPTIONAL = ("repo", "section", "github_id", "role")
_USERNAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = 500
_MOST_BYTES = 10_000_000
_AS_UTF8 = "Save it as UTF-8: in LibreOffice under `Character set`, in Excel `CSV UTF-8`."
_HEADERS = (
    "The first line is username,name,email (and repo), or classroom50's "
    "username,first_name,last_name,email,section,github_id,role."
)


@dataclass(frozen=True)
class Learner:
    """One line of the roster.

    Attributes:
        username: On the git host; also the name of folders.
        name: For people; the username where the roster has none.
        email: May be empty.
        repo: Pattern of the place of their repositories, instead of the class's; may be empty.
        section: Group of the class; may be empty.
        line: Where in the file, from 1.
    """

    username: str
    name: str = ""
    email: str = ""
    repo: str = ""
    section: str = ""
    line: int = 0


def read_roster(path: Path) -> tuple[Learner, ...]:
    """Read a roster, in the order of its lines.

    Lines that are empty or begin with `#` are left out, and so is whoever has another role than
    student.

    Raises:
        RequestError: It cannot be read, names nobody, or anything in it is wrong: every bad line
            is named, and no learner is given back.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise RequestError(f"{path} is too large to be a roster.", _HEADERS)
        content = path.read_bytes()
    except OSError as error:
        raise RequestError(
            f"The roster {path} cannot be read: {error.strerror or error}.",
            'Name it in class.toml: roster = "roster.csv".',
        ) from error
    text = _text(path, content)
    complaints: list[str] = []
    learners = tuple(_learners(path, text, complaints))
    if complaints:
        raise RequestError(
            f"The roster {path} is refused, nothing was done: {'; '.join(complaints)}.",
            "Mend these lines and run it again.",
        )
    if not learners:
        raise RequestError(f"The roster {path} names no learner.", _HEADERS)
    return learners


def _text(path: Path, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RequestError(
            f"The roster {path} is refused: it is UTF-16, line 1 begins with its mark.",
            _AS_UTF8,
        )
    try:
        return content.decode("utf-8-sig")  # Excel needs the mark to read names, and writes it
    except UnicodeDecodeError as error:
        lines = [
            str(number)
            for number, line in enumerate(content.split(b"\n"), start=1)
            if not _is_utf8(line)
        ]
        raise RequestError(
            f"The roster {path} is refused: not UTF-8 in line {', '.join(lines)}.",
            _AS_UTF8,
        ) from error


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _learners(path: Path, text: str, complaints: list[str]) -> Iterator[Learner]:
    rows = _rows(text, complaints)
    _, header = next(rows, (1, []))
    names = [cell.strip().lower() for cell in header]
    _check_header(path, names)
    met: dict[str, int] = {}
    for line, cells in rows:
        if len(cells) != len(names):
            complaints.append(f"line {line} has {len(cells)} cells, the header has {len(names)}")
            continue
        row = dict(zip(names, cells, strict=True))
        found = list(_wrong(row))
        username = row["username"].strip()
        first = met.setdefault(username.casefold(), line)
        if username and first != line:
            found.append(f"{_shown(username)} is in line {first} too")
        complaints += [f"line {line}: {what}" for what in found]
        if not found and row.get("role", "").strip().lower() in {"", "student"}:
            yield _learner(row, line)


def _rows(text: str, complaints: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Each line with its number; lines without content and comments are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_divider(text))
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            complaints.append(f"line {before + 1} is no CSV ({error})")
            return
        line, before = before + 1, reader.line_num
        if any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith("#"):
            yield line, cells


def _divider(text: str) -> str:
    """A comma; or the semicolon that Excel writes where numbers have commas."""
    header = next((one for one in text.splitlines() if one.strip() and one[:1] != "#"), "")
    return ";" if ";" in header and "," not in header else ","


def _check_header(path: Path, names: Sequence[str]) -> None:
    known = _CLASSROOM50 if "first_name" in names or "last_name" in names else _PLAIN
    found = [f"the column {_shown(name)} is there twice" for name in _twice(names)]
    missing = [name for name in known if name not in names]
    if missing:
        found.append(f"the column {' and '.join(missing)} is missing")
    every = (*known, *_OPTIONAL)
    for name in dict.fromkeys(names):
        if name not in every:
            near = difflib.get_close_matches(name, every, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            found.append(f"the column {_shown(name)} is unknown{meant}")
    if found:
        raise RequestError(f"The roster {path} is refused: line 1: {', '.join(found)}.", _HEADERS)


def _twice(names: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if names.count(name) > 1]


def _wrong(row: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the cells of one line."""
    for name, cell in row.items():
        if cell.startswith(_FORMULA) or cell.strip().startswith(_FORMULA):
            yield f"{name} begins with {cell.strip()[:1] or cell[:1]!r}, as a formula does"
        elif {unicodedata.category(mark) for mark in cell} & {"Cc", "Cs", "Zl", "Zp"}:
            yield f"{name} holds a line break or another control character"
        elif len(cell) > _LONGEST:
            yield f"{name} is longer than {_LONGEST} characters"
        elif credentials.redacted(cell) != cell or credentials.holds(cell):
            yield f"{name} holds a password or a token"
        elif name == "username":
            yield from _odd_username(cell.strip())
        elif name == "repo" and complaint(cell):
            yield f"repo {complaint(cell)}"


def _odd_username(username: str) -> Iterator[str]:
    if not username:
        yield "username is empty"
    elif re.search(r"[/\\]", username) or username in {".", ".."}:
        yield f"username {_shown(username)} is a path"
    elif (
        not _USERNAME.fullmatch(username)
        or ".." in username
        or username.lower().endswith((".git", ".lock"))
    ):
        yield f"username {_shown(username)} is none: letters, digits, dots and dashes make one"
    elif username.partition(".")[0].lower() in RESERVED:
        yield f"username {_shown(username)} is a name that Windows reserves"


def _learner(row: Mapping[str, str], line: int) -> Learner:
    cells = {name: cell.strip() for name, cell in row.items()}
    full = f"{cells.get('first_name', '')} {cells.get('last_name', '')}".strip()
    return Learner(
        username=cells["username"],
        name=cells.get("name") or full or cells["username"],
        email=cells["email"],
        repo=cells.get("repo", ""),
        section=cells.get("section", ""),
        line=line,
    )


def _shown(text: str) -> str:
    """A stranger's cell in a message: short, on one line, without steering characters."""
    return text if text.isprintable() and len(text) <= 40 else ascii(text[:40])  # noqa: PLR2004
