"""Evidence links: numbers in Markdown that link to their place in a report."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scaffold.evidence.finding import Finding
from scaffold.evidence.reading import UnreadableError, at, read_report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LINK = re.compile(
    r"(?s:```.*?(?:```|\Z))|`[^`\n]+`"
    r"|\[(?P<text>[^\[\]\n]*)\]\((?P<file>[^()\s#:]+\.json)#(?P<pointer>/[^()\s]*)\)"
)
_NUMBER = re.compile(r"(?<![\w.,])[-+]?\d[\d,]*(?:\.\d+)?(?=(?P<percent>\s?%)?)")


@dataclass(frozen=True)
class Link:
    """One evidence link.

    Attributes:
        document: Path of the document in the repository, with slashes.
        line: Where it stands in it, from 1.
        text: What the reader sees.
        file: Path of the report in the repository, with slashes; not yet looked at.
        pointer: JSON pointer into it.
    """

    document: str
    line: int
    text: str
    file: str
    pointer: str


def evidence_links(document: str, text: str) -> list[Link]:
    """The evidence links of a document; those inside code are only quoted.

    Args:
        document: Its path in the repository, with slashes.
        text: Its content.
    """
    found = []
    for match in _LINK.finditer(text):
        if match["file"] is not None:
            beside = posixpath.join(posixpath.dirname(document), unquote(match["file"]))
            line = text.count("\n", 0, match.start()) + 1
            file, pointer = posixpath.normpath(beside), unquote(match["pointer"])
            found.append(Link(document, line, match["text"], file, pointer))
    return found


def shown(text: str, value: float) -> str:
    """The text of a link with the value in place of its last number, at its decimals."""
    match = next(reversed(list(_NUMBER.finditer(text))), None)
    if match is None:
        return text
    old = match[0]
    sign, comma = "+" if old[0] == "+" else "-", "," if "," in old else ""
    digits = len(old.partition(".")[2])
    new = format(value * 100 if match["percent"] else value, f"{sign}z{comma}.{digits}f")
    return text[: match.start()] + new + text[match.end() :]


def compare(repository: Path, links: list[Link]) -> Iterator[Finding]:
    """Hold the digits of links against the values in the reports."""
    for link in links:
        place = f"{link.document}:{link.line}"
        try:
            found = at(read_report(repository, link.file).content, link.pointer)
        except UnreadableError as error:
            yield Finding("wrong", place, f"{link.file[:80]}{link.pointer[:80]}: {error}.")
            continue
        value = found.get("value") if isinstance(found, dict) else found
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Finding("wrong", place, f"There is no number at {link.pointer[:80]}.")
        elif link.text != (right := shown(link.text, value)):
            yield Finding("wrong", place, f"It says {link.text!r}, the report {right!r}.")
