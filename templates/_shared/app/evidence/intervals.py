"""How far a number could be off by chance: resampling of whole units, and shares of a few."""

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Cases = npt.NDArray[np.intp]
RESAMPLES, SEED, LEVEL = 1000, 7, 0.95
Z = 1.959963984540054  # 97.5 % of a normal distribution lie below it


@dataclass(frozen=True)
class Interval:
    """Where the true number plausibly is.

    Attributes:
        low: Lower end; NaN where too little is known.
        high: Upper end; NaN where too little is known.
        method: How it was found.
        level: Share of such intervals that hold the true number.
        resamples: How often units were drawn; None without drawing.
        seed: Of the draws; None without drawing.
    """

    low: float
    high: float
    method: Literal["bootstrap", "wilson"]
    level: float = LEVEL
    resamples: int | None = None
    seed: int | None = None


def resample(
    units: Sequence[Hashable], resamples: int = RESAMPLES, seed: int = SEED
) -> Iterator[Cases]:
    """Draws whole units with replacement, as many as there are, again and again.

    Any program can draw the same. The m distinct units are numbered in the order in which they
    first occur. `r` is the next number of `random.Random(seed).random()` (Mersenne Twister, 53
    bits); it draws unit number floor(r * m). m numbers make one resample: the cases of the drawn
    units, one unit after the other, each unit's cases in their own order.

    Args:
        units: Length n, the unit (a person, a question) to which each case belongs.
        resamples: How many to draw.
        seed: Where the random numbers begin, 0 to 2**32 - 1.

    Yields:
        Indices of the drawn cases; of any length, where units differ in size.
    """
    numbers: dict[Hashable, int] = {}
    unit_of = np.array([numbers.setdefault(unit, len(numbers)) for unit in units], dtype=np.intp)
    by_unit = np.argsort(unit_of, kind="stable")  # cases, one unit after the other
    sizes = np.bincount(unit_of)
    begins = np.cumsum(sizes) - sizes
    # Python's numbers, many at once: seeded by a list, numpy's old generator begins as Python does.
    generator = np.random.RandomState([seed])
    for _ in range(resamples if numbers else 0):
        drawn = (generator.random_sample(len(numbers)) * len(numbers)).astype(np.intp)
        lengths = sizes[drawn]
        before = np.cumsum(lengths) - lengths  # how many cases the units drawn earlier brought
        yield by_unit[np.arange(lengths.sum()) + np.repeat(begins[drawn] - before, lengths)]


def percentile_interval(values: Sequence[float], seed: int, level: float = LEVEL) -> Interval:
    """Returns the interval that holds the middle share of a statistic's values.

    A share p of N values in ascending order lies at position p * (N - 1), between two neighbours
    on a straight line. A resample in which the statistic does not exist (NaN) does not count;
    where that is more than one in ten, nothing honest can be said and both ends are NaN.

    Args:
        values: The statistic of each resample.
        seed: With which they were drawn.
        level: Share of the values inside.
    """
    known = np.array([value for value in values if not math.isnan(value)])
    low = high = math.nan
    if len(known) and len(known) >= 0.9 * len(values):
        outside = (1 - level) / 2
        low, high = map(float, np.quantile(known, [outside, 1 - outside]))
    return Interval(low, high, "bootstrap", level, len(values), seed)


def bootstrap(
    units: Sequence[Hashable],
    statistic: Callable[[Cases], float],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    level: float = LEVEL,
) -> Interval:
    """Returns the percentile interval of a statistic when whole units are drawn anew.

    Cases of one unit are alike, so drawing single cases would promise too much.

    Args:
        units: Length n, the unit to which each case belongs.
        statistic: Gets the indices of the drawn cases, gives a number; NaN where there is none.
        resamples: How often to draw.
        seed: Where the random numbers begin, 0 to 2**32 - 1.
        level: Share of such intervals that hold the true number.
    """
    values = [statistic(cases) for cases in resample(units, resamples, seed)]
    return percentile_interval(values, seed, level)


def wilson(successes: int, n: int) -> Interval:
    """Returns the 95 % interval of a share, good for few cases too (Wilson 1927).

    Args:
        successes: Cases that count.
        n: All cases; with none, anything between 0 and 1 is possible.
    """
    if n == 0:
        return Interval(0.0, 1.0, "wilson")
    share, weight = successes / n, Z**2 / n
    centre = share + weight / 2
    spread = Z * math.sqrt((share * (1 - share) + weight / 4) / n)
    low, high = (centre - spread) / (1 + weight), (centre + spread) / (1 + weight)
    # With none or all, one end is 0 or 1 exactly; only rounding says otherwise.
    return Interval(low if successes else 0.0, high if successes < n else 1.0, "wilson")
