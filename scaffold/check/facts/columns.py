"""Whether columns of two tables are one, by how their values are distributed.

Neither names nor the order of rows count, nor a little noise on the numbers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.check.facts import tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MANY_VALUES = 10
"""From which the values of a column tell where it is from; yes and no are everybody's."""
NUMBERS_ALIKE = 0.06
TEXTS_ALIKE = 0.25
"""Up to which two columns are one. docs/check.md says what that was measured on."""
ENOUGH_ROWS = 5_000
"""More move a distribution by less than a hundredth."""
_POINTS = 100


@dataclass(frozen=True)
class Column:
    """The values of a column: numbers in ascending order, or texts counted."""

    numbers: Sequence[float]
    texts: Counter[str]

    def is_like(self, other: Column) -> bool:
        """Whether it could be the other one, or a part of it, with some noise."""
        if self.numbers and other.numbers:
            return _numbers_apart(self.numbers, other.numbers) <= NUMBERS_ALIKE
        if self.texts and other.texts:
            return _texts_apart(self.texts, other.texts) <= TEXTS_ALIKE
        return False


@lru_cache(maxsize=4)
def columns(table: tables.Table) -> tuple[Column, ...]:
    """Those columns of a table that have many different values, from rows spread over all of it."""
    step = max(1, len(table.rows) // ENOUGH_ROWS)
    return tuple(_columns(table.rows[::step]))


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[Column]:
    for values in zip(*rows, strict=False):
        texts = Counter(map(tables.value, values))
        if len(texts) < MANY_VALUES:
            continue
        known = [one for one in map(tables.value, values) if one]
        try:
            yield Column(sorted(map(float, known)), Counter())
        except ValueError:
            yield Column((), texts)


def _numbers_apart(some: Sequence[float], others: Sequence[float]) -> float:
    """The largest distance of the two distributions, at a hundred points of the first."""
    n, farthest = len(others), 0.0
    for point in range(_POINTS + 1):
        share = point / _POINTS
        value = some[round(share * (len(some) - 1))]
        below, up_to = bisect_left(others, value) / n, bisect_right(others, value) / n
        farthest = max(farthest, below - share, share - up_to)
    return farthest


def _texts_apart(some: Counter[str], others: Counter[str]) -> float:
    """How differently texts are distributed: 0 alike, 1 without one in common."""
    n, m = some.total(), others.total()
    return 1 - sum(min(times / n, others[text] / m) for text, times in some.items())
