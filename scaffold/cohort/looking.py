"""Many clones, in as many processes as there are processors."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scaffold import side_by_side
from scaffold.check.examine import Online
from scaffold.cohort.clone import Reader
from scaffold.cohort.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scaffold.cohort.seen import Question
    from scaffold.source import Source


def look(questions: Sequence[Question], source: Source | None) -> Iterator[tuple[int, Seen]]:
    """Look at clones; what each shows comes with its place in `questions`, as it is done.

    Args:
        questions: One for each clone.
        source: The class's templates, on this disk; None for the embedded ones alone.
    """
    yield from side_by_side.look(questions, _Look(source), _died)


def awaited(questions: Sequence[Question], told: Callable[[int, int], None]) -> Sequence[Question]:
    """The same questions, once all live addresses that may be asked were waited for together.

    Args:
        questions: One for each clone.
        told: Is called with how many were waited for, and of how many.
    """
    places = [
        place
        for place, one in enumerate(questions)
        if one.online is not None and os.path.lexists(one.folder)
    ]
    if not places:
        return questions
    from scaffold.check.live import knocking

    doors = knocking.knock([questions[place].folder for place in places], told)
    asked = list(questions)
    for place, door in zip(places, doors, strict=True):
        asked[place] = replace(asked[place], online=Online(door=door))
    return asked


@dataclass(frozen=True)
class _Look:
    """What one process looks with."""

    source: Source | None

    @contextmanager
    def open(self) -> Iterator[Callable[[Question], Seen]]:
        """Releases are opened once, and closed at the end."""
        reader = Reader(self.source)
        try:
            yield reader.look
        finally:
            reader.close()


def _died(question: Question) -> Seen:  # noqa: ARG001 - its place tells which
    trouble = "Its process was ended before it was looked at."
    return Seen(trouble=(trouble, "Memory may be short; report on fewer at once with --only."))
