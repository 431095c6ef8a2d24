"""Plain text and reStructuredText: paragraphs, and headings that are underlined."""

import re
from collections.abc import Iterator

from app.corpus.document import Block, Document, Heading, compose

_LINE = re.compile(r"([=\-~^\"'`#*+.:_])\1{2,}\s*")

# A name for the place, as reStructuredText writes it above a heading; no reader sees it.
_TARGET = re.compile(r"\.\. _[^:]+:\s*")


def read_plain_text(name: str, text: str) -> Document:
    """Returns the document.

    A line of one sign, as long as the line above it, makes that one a heading, with or without
    the same line over it; the first kind of line that occurs is the highest level.

    Args:
        name: What it is called where it does not say.
        text: The file's, with line feeds.

    Raises:
        UnreadableError: There is no text in it.
    """
    return compose(name, _parts(text.split("\n")))


def _parts(lines: list[str]) -> Iterator[Heading | Block]:
    kinds: list[tuple[str, bool]] = []
    gathered: list[str] = []
    first = 0
    for number, line in enumerate([*lines, ""]):
        over = len(gathered) > 1 and gathered[-2].rstrip() == line.rstrip()
        if _LINE.fullmatch(line) and len(gathered) == 1 + over and _fits(line, gathered[-1]):
            kind = (line[0], over)
            if kind not in kinds:
                kinds.append(kind)
            yield Heading(kinds.index(kind) + 1, gathered[-1])
            gathered = []
        elif line.strip() and not _TARGET.fullmatch(line):
            if not gathered:
                first = number
            gathered.append(line)
        elif gathered:
            yield Block("\n".join(gathered), f"line {first + 1}")
            gathered = []


def _fits(line: str, heading: str) -> bool:
    return len(line.rstrip()) >= len(heading.strip()) and not _LINE.fullmatch(heading)
