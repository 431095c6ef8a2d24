"""All vectors of an index in memory, compared with a question one and all."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.index.index import Hit, Vector, Vectors


@dataclass(frozen=True)
class Matrix:
    """The vectors of one version of the index; 1 KB a passage at 256 dimensions.

    Attributes:
        version: Of the index.
        sources: The documents that have passages, in order.
        starts: The row where each begins, and the number of rows at the end.
        ids: The passage of each row; shape (rows,).
        vectors: Shape (rows, dimensions); the rows of a document are together.
    """

    version: int
    sources: Sequence[str]
    starts: Sequence[int]
    ids: npt.NDArray[np.int64]
    vectors: Vectors

    def nearest(self, query: Vector, k: int, under: str) -> list[Hit]:
        """Returns the `k` rows nearest to a vector, best first; of equals the oldest first.

        Args:
            query: Shape (dimensions,), of length 1.
            k: How many at most.
            under: Only sources that begin with this.
        """
        first = self.starts[bisect_left(self.sources, under)]
        last = self.starts[bisect_right(self.sources, under, key=lambda one: one[: len(under)])]
        if first == last or k < 1:
            return []
        scores, ids = self.vectors[first:last] @ query, self.ids[first:last]
        if k < len(scores):
            # Every row as good as the k-th: which of equals is taken must not be chance.
            kth = np.partition(scores, len(scores) - k)[len(scores) - k]
            rows = np.flatnonzero(scores >= kth)
            scores, ids = scores[rows], ids[rows]
        best = np.lexsort((ids, -scores))[:k]
        return [Hit(int(ids[row]), float(scores[row])) for row in best]
