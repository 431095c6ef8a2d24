"""A second look at the first passages: how near is the nearest sentence of each?"""

from collections.abc import Sequence

import numpy as np

from app.embedding.embedder import Embedder
from app.index.index import Vector
from app.passages import Passage
from app.sentences import sentences

FIRST = 20
"""How many passages are looked at again."""


def by_best_sentence(
    query: Vector, passages: Sequence[Passage], embedder: Embedder
) -> list[tuple[int, float]]:
    """Orders passages by the cosine of the question and their nearest sentence.

    This is no cross-encoder: no model reads question and passage together. It uses the embedder
    that made the index, on smaller pieces, so that one telling sentence is not lost in the mean of
    a long passage. With word vectors do not expect a gain; `app evaluate` says what it does to
    your questions. It embeds 100 to 200 sentences for each question, which costs time with an
    encoder, and money with a provider.

    Args:
        query: The question's vector, shape (dimensions,), of length 1.
        passages: The passages.
        embedder: The one that made `query`.

    Returns:
        Places in `passages` with their similarity, nearest first; equal ones stay in their order.
    """
    pieces = [sentences(passage.text) for passage in passages]
    vectors = embedder.documents([piece for some in pieces for piece in some])
    cosines = vectors @ query
    ends = np.cumsum([len(some) for some in pieces])
    best = [
        float(cosines[end - len(some) : end].max(initial=-1.0))
        for some, end in zip(pieces, ends, strict=True)
    ]
    return sorted(enumerate(best), key=lambda item: -item[1])
