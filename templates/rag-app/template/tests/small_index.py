"""An index in memory that does what `app/index/index.py` promises, exactly and without a database.

Tests of what lies above the index use it, and it is what the stores are compared with.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from app.index.index import Entry, Hit, Recipe, Vector
from app.passages import Passage
from app.retrieval.terms import LETTERS


def _words(text: str) -> list[str]:
    return LETTERS.findall(text.lower())


class SmallIndex:
    place = "memory"

    def __init__(self) -> None:
        self._passages: dict[int, Passage] = {}
        self._vectors: dict[int, Vector] = {}
        self._digests: dict[str, str] = {}
        self._recipe: Recipe | None = None
        self._version = 0
        self._last = 0

    def recipe(self) -> Recipe | None:
        return self._recipe

    def version(self) -> int:
        return self._version

    def digests(self) -> Mapping[str, str]:
        return dict(self._digests)

    def count(self) -> int:
        return len(self._passages)

    def _take_out(self, source: str) -> None:
        self._digests.pop(source, None)
        for one in [one for one, passage in self._passages.items() if passage.source == source]:
            del self._passages[one], self._vectors[one]

    def replace(self, entries: Iterable[Entry], gone: Collection[str], recipe: Recipe) -> int:
        taken = list(entries)
        other = recipe != self._recipe
        for source in set(self._digests if other else gone):
            self._take_out(source)
        for entry in taken:
            self._take_out(entry.source)
            self._digests[entry.source] = entry.digest
            for passage, vector in zip(entry.passages, entry.vectors, strict=True):
                self._last += 1
                self._passages[self._last] = passage
                self._vectors[self._last] = np.asarray(vector, dtype=np.float32)
        self._version += bool(taken or gone or other)
        self._recipe = recipe
        return self._version

    def _under(self, under: str) -> dict[int, Passage]:
        return {one: p for one, p in self._passages.items() if p.source.startswith(under)}

    def lexical(self, terms: Sequence[str], k: int, under: str = "") -> list[Hit]:
        wanted = {word for term in terms for word in _words(term)}
        counts = {
            one: Counter(_words(f"{passage.breadcrumb} {passage.text}"))
            for one, passage in self._passages.items()
        }
        mean = sum(sum(count.values()) for count in counts.values()) / max(len(counts), 1)
        holding = {word: sum(word in count for count in counts.values()) for word in wanted}

        def bm25(count: Counter[str]) -> float:
            length = 0.25 + 0.75 * sum(count.values()) / mean
            return sum(
                math.log(1 + (len(counts) - holding[word] + 0.5) / (holding[word] + 0.5))
                * (count[word] * 2.2 / (count[word] + 1.2 * length))
                for word in sorted(wanted)
                if word in count
            )

        hits = [Hit(one, bm25(counts[one])) for one in self._under(under)]
        return sorted((hit for hit in hits if hit.score), key=lambda hit: (-hit.score, hit.id))[:k]

    def vector(self, query: Vector, k: int, under: str = "") -> list[Hit]:
        hits = [Hit(one, float(self._vectors[one] @ query)) for one in self._under(under)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:k]

    def passages(self, ids: Sequence[int]) -> Mapping[int, Passage]:
        return {one: self._passages[one] for one in ids if one in self._passages}

    def vectors(self, ids: Sequence[int]) -> Mapping[int, Vector]:
        return {one: self._vectors[one] for one in ids if one in self._vectors}

    def clear(self) -> int:
        count = len(self._passages)
        for source in list(self._digests):
            self._take_out(source)
        self._version += bool(count)
        return count

    def close(self) -> None:
        pass
