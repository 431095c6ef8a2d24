"""Which sections a piece of a Markdown file touches, and what a ranking of pieces is worth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Section = tuple[str, str]
"""Source and heading, as golden questions name them."""

_HEADING = re.compile(r"#{1,6} +(.+)")
_FENCE = re.compile(r" *(```|~~~)")
_FORMATTING = re.compile(r"[*`]")


@dataclass(frozen=True)
class Span:
    """Where a section stands in its file.

    Attributes:
        section: Which.
        start: Of its heading, in characters.
        end: After its last character.
    """

    section: Section
    start: int
    end: int


def spans(source: str, text: str) -> list[Span]:
    """The sections of a Markdown file, in order; what stands before the first heading is in none.

    Args:
        source: The file's name.
        text: What is in it.
    """
    begun: list[tuple[str, int]] = []
    fenced, at = False, 0
    for line in text.splitlines(keepends=True):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and (heading := _HEADING.match(line)):
            begun.append((_FORMATTING.sub("", heading[1]).strip(), at))
        at += len(line)
    ends = [start for _, start in begun[1:]] + [len(text)]
    return [
        Span((source, name), start, end) for (name, start), end in zip(begun, ends, strict=True)
    ]


def touched(those: Sequence[Span], start: int, end: int) -> list[Section]:
    """The sections that a piece of the file holds a character of, the one with most of it first."""
    shares = [(min(one.end, end) - max(one.start, start), one.section) for one in those]
    held = sorted((one for one in shares if one[0] > 0), key=lambda one: -one[0])
    return [section for _, section in held]


def ranked(found: Sequence[Sequence[Section]], golden: Collection[Section]) -> list[Section]:
    """The sections that a ranking of pieces brings, best first and each once.

    A piece that touches several sections is seen in its best light: it takes a place for each
    golden section that no earlier piece brought; if it has none, one place, for its first section
    that is new; none if it brings nothing new. So whoever cuts without regard to sections is never
    punished for what else a piece holds.

    Args:
        found: What each piece touches, best piece first.
        golden: The sections that answer the question.
    """
    seen: dict[Section, None] = {}
    for piece in found:
        new = [one for one in piece if one not in seen]
        for one in [one for one in new if one in golden] or new[:1]:
            seen[one] = None
    return list(seen)
