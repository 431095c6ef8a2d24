"""What an embedder promises."""

from collections.abc import Sequence
from typing import Protocol

from app.index.index import Vectors


class Embedder(Protocol):
    """Makes vectors whose cosine says how alike two texts are. Safe for threads."""

    name: str
    """Names the vectors: equal names mean comparable vectors. Recorded in the index."""
    dimensions: int

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, breadcrumb included; shape (texts, dimensions), of length 1.

        Raises:
            UserError: A provider does not answer, or refuses.
        """

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, as above."""
