"""What was found to be not as it should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["wrong", "stale", "unknown"]


@dataclass(frozen=True)
class Finding:
    """One thing that a reader should know.

    Attributes:
        level: `wrong`: two things contradict each other. `stale`: it was measured on something
            else than what is committed. `unknown`: what would tell is not there.
        place: `file#pointer` of a number, or `file:line`.
        message: What is, and what to do, for people.
    """

    level: Level
    place: str
    message: str
