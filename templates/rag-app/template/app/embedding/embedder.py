"""What an embedder promises."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from app.index.index import Vectors


class Embedder(Protocol):
    """Makes vectors whose cosine says how alike two texts are. Safe for threads."""

    name: str
    """Names the vectors: equal names mean comparable vectors. Recorded in the index."""

    @property
    def dimensions(self) -> int:
        """Of its vectors. A provider is asked for it once, so it may raise UserError as below."""

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, breadcrumb included; shape (texts, dimensions), of length 1.

        Raises:
            UserError: A provider does not answer, or refuses.
        """

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, as above."""


def of_length_one(rows: Vectors) -> Vectors:
    """Returns rows divided by their lengths; a row of zeros stays one.

    Args:
        rows: Shape (n, dimensions).
    """
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    divided: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return divided
