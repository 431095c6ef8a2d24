"""Whether live traffic still looks like the rows that tested the model, chance aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from app.metadata import Reference
from app.project import Drift

Counts = npt.NDArray[np.int64]
Values = npt.NDArray[np.float32] | npt.NDArray[np.float64]
# Added to each bin on both sides, so that an empty one has a logarithm (Krichevsky and Trofimov
# 1981). With it, and 200 rows or more, chance alarms no more often than it is allowed to: a test
# draws rows without drift and counts.
HALF_A_ROW = 0.5


@dataclass(frozen=True)
class Shift:
    """One column, or the model's outputs, now and when the model was tested.

    Attributes:
        psi: Population stability index; 0 is no change at all.
        limit: Above it the column has drifted; None where there are too few rows to say.
        expected: Rows per bin of the reference, those with a missing value last.
        found: Live rows per bin, in the same order.
    """

    psi: float
    limit: float | None
    expected: tuple[int, ...]
    found: tuple[int, ...]

    @property
    def drifted(self) -> bool:
        """Whether it changed by more than allowed, and by more than chance explains."""
        return self.limit is not None and self.psi > self.limit

    @property
    def verdict(self) -> str:
        """What can be said, in words."""
        if self.limit is None:
            return "too few cases"
        return f"{'drifted' if self.drifted else 'no drift shown'} (limit {self.limit:.3f})"


def count_bins(values: Values, reference: Reference) -> Counts:
    """Returns the rows in each bin of the reference, those with a missing value last.

    Args:
        values: Shape (n,), encoded, NaN where missing.
        reference: Has the edges.

    Returns:
        Shape (len(edges) + 2,).
    """
    present = values[~np.isnan(values)]
    bins = np.searchsorted(reference.edges, present, side="left")
    counts = np.bincount(bins, minlength=len(reference.edges) + 1)
    return np.append(counts, len(values) - len(present))


def psi(expected: Counts, found: Counts) -> float:
    """Returns the population stability index of two counts over the same bins.

    The sum of (q - p) * ln(q / p) over the bins, with p and q the shares of the smoothed counts
    (Siddiqi 2006, "Credit Risk Scorecards"). Bins that are empty on both sides don't count.

    Args:
        expected: Rows per bin of the reference.
        found: Live rows per bin.
    """
    used = (expected + found) > 0
    p, q = expected[used] + HALF_A_ROW, found[used] + HALF_A_ROW
    p, q = p / p.sum(), q / q.sum()
    return float(((q - p) * np.log(q / p)).sum())


def chi_square_quantile(share: float, degrees: int) -> float:
    """Returns the value that a chi-square variable stays below with the given probability.

    Exact for one degree; else the cube-root approximation of Wilson and Hilferty (1931), which for
    0.95 to 0.9999 is at most 0.6 % too low and 5 % too high (then it alarms a little less). So
    serving needs no scipy.

    Args:
        share: Probability, 0 to 1.
        degrees: Degrees of freedom, 1 or more.
    """
    if degrees == 1:
        return NormalDist().inv_cdf((1 + share) / 2) ** 2
    spread = 2 / (9 * degrees)
    z = NormalDist().inv_cdf(share)
    return float(degrees * (1 - spread + z * spread**0.5) ** 3)


def psi_by_chance(expected: Counts, found: Counts, false_alarms: float) -> float:
    """Returns the PSI that rows without drift exceed with the probability `false_alarms`.

    Without drift, PSI * n * N / (n + N) of n live and N reference rows is about chi-square with
    one degree less than there are bins (Yurdakul and Naranjo 2020, "Statistical properties of the
    population stability index").
    """
    degrees = max(int(((expected + found) > 0).sum()) - 1, 1)
    rows, reference_rows = int(found.sum()), int(expected.sum())
    per_psi = rows * reference_rows / (rows + reference_rows)
    return chi_square_quantile(1 - false_alarms, degrees) / per_psi


def shifts(
    live: Mapping[str, Values], references: Mapping[str, Reference], drift: Drift
) -> dict[str, Shift]:
    """Compares each column that has live values with its reference.

    The allowed false alarms of a look are shared out among its columns (Bonferroni), so one look
    at traffic without drift calls any column drifted at most that often.

    Args:
        live: Name to encoded values, shape (n,) each.
        references: Name to the distribution when the model was tested.
        drift: Limits of `project.toml`.
    """
    found = {}
    for name, values in live.items():
        reference = references[name]
        expected, counts = np.array(reference.counts), count_bins(values, reference)
        limit = None
        if len(values) >= drift.rows and expected.sum():
            chance = psi_by_chance(expected, counts, drift.false_alarms / len(live))
            limit = max(drift.psi, chance)
        found[name] = Shift(psi(expected, counts), limit, reference.counts, tuple(map(int, counts)))
    return found
