"""What of a passage is shown: the whole sentences nearest to the question."""

from collections.abc import Sequence

import numpy as np

from app.embedding.embedder import Embedder
from app.sentences import ITEM, sentences

MOST = 2
"""How many sentences of a passage are looked for."""
GAP = "[...]"
"""Stands where sentences between two that are shown were left out."""


def _shown(cosines: Sequence[float], pieces: Sequence[str]) -> list[int]:
    """Returns the places of the pieces to show, in their order."""
    nearest = sorted(range(len(pieces)), key=lambda place: -cosines[place])[:MOST]
    # What announces a list or a block of code says little without it, and an item little without
    # what announces its list.
    announced = [p + 1 for p in nearest if pieces[p].endswith(":") and p + 1 < len(pieces)]
    announcing = [p for p in (_announcing(place, pieces) for place in nearest) if p is not None]
    return sorted({*nearest, *announced, *announcing})


def _announcing(place: int, pieces: Sequence[str]) -> int | None:
    """Returns the place of what announces the list that a piece is an item of."""
    before = place
    while before > 0 and ITEM.match(pieces[before]):
        before -= 1
    return before if before < place and pieces[before].endswith(":") else None


def _joined(places: Sequence[int], pieces: Sequence[str]) -> str:
    lines: list[str] = []
    for place, before in zip(places, [-1, *places], strict=False):
        if place > before + 1 and lines:
            lines.append(GAP)
        lines.append(pieces[place])
    return "\n".join(lines)


def excerpts(question: str, texts: Sequence[str], embedder: Embedder) -> list[str]:
    """Returns for each passage the sentences nearest to the question, in the passage's order.

    Sentences, list items, tables and blocks of code are whole; each stands on lines of its own.

    Args:
        question: As asked.
        texts: Of the passages.
        embedder: Compares sentences; a provider is asked once more for each answer.

    Raises:
        UserError: A provider fails.
    """
    pieces = [sentences(text) for text in texts]
    vectors = embedder.documents([piece for some in pieces for piece in some])
    cosines = vectors @ embedder.questions([question])[0]
    ends = np.cumsum([len(some) for some in pieces])
    return [
        _joined(_shown(cosines[end - len(some) : end].tolist(), some), some)
        for some, end in zip(pieces, ends, strict=True)
    ]
