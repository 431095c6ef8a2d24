"""What all runs of a verb said of each repository, the newest word first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.cohort import journal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.cohort.outcome import Outcome


@dataclass(frozen=True)
class Runs:
    """All runs of one verb.

    Attributes:
        ended: The newest outcome of each task, by its key.
        at: When the newest run was begun; empty without one.
    """

    ended: Mapping[str, Outcome] = field(default_factory=dict)
    at: str = ""


def of(folder: Path, verb: str) -> Runs:
    """What the journals in a folder say; one for a part of the class leaves the others' words.

    Raises:
        OSError: A journal can't be read.
    """
    ended: dict[str, Outcome] = {}
    at = ""
    for record in journal.every(folder, verb):
        ended |= record.ended
        at = record.planned.at
    return Runs(ended, at)
