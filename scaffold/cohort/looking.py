"""Many clones, in as many processes as there are processors."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import side_by_side
from scaffold.cohort.clone import Reader, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scaffold.cohort.clone import Question
    from scaffold.source import Source


def look(questions: Sequence[Question], source: Source | None) -> Iterator[tuple[int, Seen]]:
    """Look at clones; what each shows comes with its place in `questions`, as it is done.

    Args:
        questions: One for each clone.
        source: The class's templates, on this disk; None for the embedded ones alone.
    """
    yield from side_by_side.look(questions, _Look(source), _died)


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
