"""Reading a report and its rows from a stranger's repository: bounded, through no link."""

from __future__ import annotations

import hashlib
import json
import math
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold import strangers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Json = dict[str, Any]
SCHEMA = 1
MOST_REPORT_BYTES = 2_000_000
MOST_ROW_BYTES = 20_000_000
MOST_ROWS = 50_000
MOST_DIGITS = 18
_ROWS_FILE = re.compile(r"[A-Za-z0-9_-]+\.rows\.jsonl\.gz")
_GZIP = 31  # what zlib calls a gzip header and trailer


class UnreadableError(ValueError):
    """Why a report or its rows can't be used, in one line."""


@dataclass(frozen=True)
class Report:
    """A report as it stands in a repository. Only its outermost shape was looked at.

    Attributes:
        file: Its path in the repository, with slashes.
        content: The parsed JSON.
    """

    file: str
    content: Json


@dataclass(frozen=True)
class Number:
    """A number of a report with its place.

    Attributes:
        pointer: JSON pointer to it.
        content: The object: `value`, `unit`, `n` and what else is known.
    """

    pointer: str
    content: Json


def parse(text: str) -> Any:
    """The value of a JSON text, without what only makes trouble: NaN, endless digits, twins.

    Raises:
        UnreadableError: It is not such a text.
    """
    try:
        return json.loads(
            text,
            parse_constant=_refuse,
            parse_float=_finite,
            parse_int=_short,
            object_pairs_hook=_without_twins,
        )
    except RecursionError:
        raise UnreadableError("it is nested too deeply") from None
    except UnreadableError:
        raise
    except ValueError as error:
        raise UnreadableError(f"it is not JSON: {error}") from None


def _refuse(text: str) -> float:
    raise UnreadableError(f"{text} is no number")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse(text[:20])


def _short(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise UnreadableError(f"{text[:20]}... has too many digits")
    return int(text)


def _without_twins(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableError("a key stands twice in one object")
    return found


def read_report(repository: Path, file: str) -> Report:
    """Read a report.

    Args:
        repository: The folder of the repository.
        file: Path of the report in it, with slashes.

    Raises:
        UnreadableError: It is not there, too large, outside, or not a report of a schema we know.
    """
    content = parse(_text(_read(repository, file, MOST_REPORT_BYTES)))
    if not isinstance(content, dict):
        raise UnreadableError("it is not a JSON object")
    if content.get("schema") != SCHEMA or isinstance(content["schema"], bool):
        raise UnreadableError(f"its schema is not {SCHEMA}")
    return Report(file, content)


def read_rows(repository: Path, report: Report) -> list[Json]:
    """Read the rows that lie beside a report, and hold them against its digest.

    Raises:
        UnreadableError: They are not there, too many, not of this report, or not JSON lines.
    """
    said = report.content.get("rows")
    if not isinstance(said, dict):
        raise UnreadableError("the report names no rows")
    name = said.get("file")
    if not isinstance(name, str) or not _ROWS_FILE.fullmatch(name):
        raise UnreadableError("rows.file is not a plain name that ends in .rows.jsonl.gz")
    folder, slash, _ = report.file.rpartition("/")
    content = _unpack(_read(repository, folder + slash + name, MOST_ROW_BYTES))
    if hashlib.sha256(content).hexdigest() != said.get("sha256"):
        raise UnreadableError("the rows are not those that the report was made from: digest")
    lines = _text(content).split("\n")
    if lines.pop() or len(lines) > MOST_ROWS:
        raise UnreadableError(f"more than {MOST_ROWS:,} rows, or a last line without its end")
    if len(lines) != said.get("n"):
        raise UnreadableError(f"there are {len(lines)} rows, and the report says {said.get('n')!r}")
    rows = [parse(line) for line in lines]
    if not all(isinstance(row, dict) for row in rows):
        raise UnreadableError("a row is not a JSON object")
    return rows


def _read(repository: Path, file: str, most: int) -> bytes:
    path = repository.joinpath(*file.split("/"))
    if "\\" in file or file.startswith("/") or ".." in file.split("/"):
        raise UnreadableError("it lies outside the repository")
    try:
        is_inside = path.parent.resolve().is_relative_to(repository.resolve())
        content = strangers.read(path, most) if is_inside else None
    except strangers.RefusedError as error:
        raise UnreadableError(str(error)) from None
    except (OSError, ValueError):  # a name with a null byte, for one
        raise UnreadableError("it is not there, or can't be read") from None
    if content is None:
        raise UnreadableError("it lies outside the repository")
    return content


def _unpack(packed: bytes) -> bytes:
    unpacking = zlib.decompressobj(_GZIP)
    try:
        content = unpacking.decompress(packed, MOST_ROW_BYTES + 1)
    except zlib.error:
        raise UnreadableError("the rows are not gzip") from None
    if len(content) > MOST_ROW_BYTES:
        raise UnreadableError(f"the rows are larger than {MOST_ROW_BYTES // 1_000_000} MB")
    if not unpacking.eof or unpacking.unused_data:
        raise UnreadableError("the rows' gzip is cut off, or something follows it")
    return content


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableError("it is not UTF-8") from None


def at(content: object, pointer: str) -> Any:
    """What a JSON pointer (RFC 6901) points at, in objects; lists are not entered.

    Raises:
        UnreadableError: Nothing is there.
    """
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(content, dict) or key not in content:
            raise UnreadableError(f"nothing is at {pointer}")
        content = content[key]
    return content


def numbers(report: Report) -> Iterator[Number]:
    """Every object of a report that says how it follows from the rows."""
    waiting: list[tuple[str, object]] = [("", report.content)]
    while waiting:
        pointer, content = waiting.pop(0)
        if isinstance(content, dict):
            if "recipe" in content:
                yield Number(pointer, content)
                continue
            for key, part in content.items():
                escaped = key.replace("~", "~0").replace("/", "~1")
                waiting.append((f"{pointer}/{escaped}", part))
