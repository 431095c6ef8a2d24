"""What an index promises, whichever database it is kept in."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from app.passages import Passage

Vectors = npt.NDArray[np.float32]
"""Shape (n, dimensions), each row of length 1 (or all zeros, for a text without a known word)."""
Vector = npt.NDArray[np.float32]
"""Shape (dimensions,)."""


@dataclass(frozen=True)
class Recipe:
    """With what an index was made; another recipe means that everything is made anew.

    Attributes:
        embedder: The embedder's name.
        dimensions: Of its vectors.
        chunks: What decides how documents are cut, such as `sections-1, 200 words`.
        language: Of the stemming.
    """

    embedder: str
    dimensions: int
    chunks: str
    language: str


@dataclass(frozen=True)
class Entry:
    """One document, ready to be indexed.

    Attributes:
        source: Its path below the corpus folder, with `/`.
        digest: sha256 of the file's bytes, hex.
        passages: In the order of the document; may be empty.
        vectors: Shape (passages, dimensions).
    """

    source: str
    digest: str
    passages: Sequence[Passage]
    vectors: Vectors


@dataclass(frozen=True)
class Hit:
    """A passage that a search found.

    Attributes:
        id: The passage's id; never given to another one, not even after it is gone.
        score: Higher is better; comparable within one search only. Of `vector`, the cosine.
    """

    id: int
    score: float


class Index(Protocol):
    """An index, for any number of threads; other processes may search and ingest meanwhile.

    Every method may raise `StoreAwayError` when the database does not work now.
    """

    place: str
    """Where it is, for people; without a password."""

    def recipe(self) -> Recipe | None:
        """With what it was made; None before the first `replace`, and after `clear`."""

    def version(self) -> int:
        """Rises with each `replace` or `clear` that changed something; 0 before the first."""

    def digests(self) -> Mapping[str, str]:
        """Source to digest of every document in it."""

    def count(self) -> int:
        """How many passages are in it."""

    def replace(self, entries: Iterable[Entry], gone: Collection[str], recipe: Recipe) -> int:
        """Puts documents in (in place of those of the same source) and takes documents out.

        All in one transaction: whoever searches sees the old index or the new one, and a process
        that dies meanwhile leaves the old one. Where `recipe` is not the present one, everything
        that was there before is taken out.

        Args:
            entries: Taken one by one, so that they need not be in memory together.
            gone: Sources to take out.
            recipe: With what the entries were made.

        Returns:
            The new version.
        """

    def lexical(self, terms: Sequence[str], k: int, under: str = "") -> list[Hit]:
        """The passages that match words best, by a BM25-like rank; a passage need not hold all.

        Args:
            terms: Plain words; whatever signs they hold, none is an operator.
            k: How many at most.
            under: Only sources whose path begins with this.
        """

    def vector(self, query: Vector, k: int, under: str = "") -> list[Hit]:
        """The passages nearest to a vector by cosine; on SQLite exactly those.

        Args:
            query: Shape (dimensions,), of length 1.
            k: How many at most; fewer only where fewer match.
            under: Only sources whose path begins with this.
        """

    def passages(self, ids: Sequence[int]) -> Mapping[int, Passage]:
        """Passages by id; one that is gone meanwhile is left out."""

    def vectors(self, ids: Sequence[int]) -> Mapping[int, Vector]:
        """Vectors by id; one that is gone meanwhile is left out."""

    def clear(self) -> int:
        """Takes everything out; returns how many passages there were."""

    def close(self) -> None:
        """Closes its connections."""
