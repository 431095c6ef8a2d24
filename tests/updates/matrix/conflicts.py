"""Reading a file with conflict markers."""

from __future__ import annotations

from dataclasses import dataclass

LABEL_MINE = "yours"
_BEGIN, _MIDDLE, _END = "<<<<<<< ", "=======", ">>>>>>> "


@dataclass(frozen=True)
class Sides:
    """A text with markers, read both ways.

    Attributes:
        mine: The lines, with the first side of every conflict.
        theirs: The lines, with the second side.
        labels: What the markers name, first and second side.
        places: Line numbers, from one, of all opening markers.
    """

    mine: list[str]
    theirs: list[str]
    labels: frozenset[tuple[str, str]]
    places: tuple[int, ...]


def read_sides(lines: list[str]) -> Sides | None:
    """Read a text with markers; None if it has none, or they do not fit together."""
    mine: list[str] = []
    theirs: list[str] = []
    labels: set[tuple[str, str]] = set()
    places: list[int] = []
    side, label = "both", ""
    for number, line in enumerate(lines, start=1):
        if line.startswith(_BEGIN) and side == "both":
            side, label = "mine", line.removeprefix(_BEGIN)
            places.append(number)
        elif line == _MIDDLE and side == "mine":
            side = "theirs"
        elif line.startswith(_END) and side == "theirs":
            labels.add((label, line.removeprefix(_END)))
            side = "both"
        elif line.startswith((_BEGIN, _END, "||||||| ")):
            return None
        else:
            if side != "theirs":
                mine.append(line)
            if side != "mine":
                theirs.append(line)
    if side != "both" or not places:
        return None
    return Sides(mine, theirs, frozenset(labels), tuple(places))
