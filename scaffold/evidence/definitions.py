"""The numbers of reports, worked out from rows in plain Python; `docs/evidence.md` in code."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BINS = 10


@dataclass(frozen=True)
class Cases:
    """What a number is worked out from.

    Attributes:
        labels: The truth of each case.
        outputs: What was said about it; decisions are 0 and 1.
        false_alarm: What a wrong yes costs.
        miss: What a wrong no costs.
    """

    labels: Sequence[float]
    outputs: Sequence[float]
    false_alarm: float = 1
    miss: float = 1


def _steps(cases: Cases) -> list[tuple[float, float, float]]:
    """For each distinct output from the top: it, and the yes and no at or above it."""
    found: list[tuple[float, float, float]] = []
    yes = no = 0.0
    ordered = sorted(zip(cases.outputs, cases.labels, strict=True), key=lambda case: -case[0])
    for output, label in ordered:
        yes, no = yes + label, no + 1 - label
        if found and found[-1][0] == output:
            found.pop()
        found.append((output, yes, no))
    return found


def average_precision(cases: Cases) -> float:
    """Mean over all yes of the precision at the output where each is found; ties are one step."""
    steps = _steps(cases)
    total = steps[-1][1]
    before, found = 0.0, 0.0
    for _, yes, no in steps:
        found += (yes - before) * yes / (yes + no)
        before = yes
    return found / total if total else math.nan


def area_under_curve(cases: Cases) -> float:
    """Share of pairs of a yes and a no in which the yes has the higher output; equal is half."""
    steps = _steps(cases)
    _, all_yes, all_no = steps[-1]
    yes_before = no_before = area = 0.0
    for _, yes, no in steps:
        area += (no - no_before) * (yes + yes_before) / 2
        yes_before, no_before = yes, no
    return area / (all_yes * all_no) if all_yes and all_no else math.nan


def mean_absolute(cases: Cases) -> float:
    """Mean distance of output and label."""
    return math.fsum(abs(o - t) for o, t in _pairs(cases)) / len(cases.labels)


def mean_square(cases: Cases) -> float:
    """Mean squared distance of output and label."""
    return math.fsum((o - t) * (o - t) for o, t in _pairs(cases)) / len(cases.labels)


def root_mean_square(cases: Cases) -> float:
    """Square root of the mean squared distance."""
    return math.sqrt(mean_square(cases))


def r_squared(cases: Cases) -> float:
    """One minus squared error by squared distance of the labels from their mean."""
    mean = math.fsum(cases.labels) / len(cases.labels)
    spread = math.fsum((label - mean) * (label - mean) for label in cases.labels)
    return 1 - mean_square(cases) * len(cases.labels) / spread if spread else math.nan


def cost_per_1000(cases: Cases) -> float:
    """Cost of the wrong decisions, by 1,000 cases."""
    wrong = (
        cases.miss if label == 1 else cases.false_alarm
        for decision, label in _pairs(cases)
        if (decision == 1) != (label == 1)
    )
    return 1000 * math.fsum(wrong) / len(cases.labels)


def calibration_error(cases: Cases) -> float:
    """Mean distance of said and true in ten bins of as many cases, weighted by their cases.

    Cases in ascending order of output, equal ones as they stand; bin i begins at i * n // 10.
    """
    n = len(cases.labels)
    gaps = [output - label for output, label in sorted(_pairs(cases), key=lambda case: case[0])]
    starts = [i * n // BINS for i in range(BINS + 1)]
    bins = (gaps[low:high] for low, high in itertools.pairwise(starts))
    return math.fsum(abs(math.fsum(part)) for part in bins) / n


def cheapest_threshold(cases: Cases) -> float:
    """The output from which yes would have cost least; of several the highest."""
    steps = _steps(cases)
    total = steps[-1][1]
    return min(
        steps,
        key=lambda step: (cases.false_alarm * step[2] + cases.miss * (total - step[1]), -step[0]),
    )[0]


def _pairs(cases: Cases) -> zip[tuple[float, float]]:
    return zip(cases.outputs, cases.labels, strict=True)


def quantile(values: Sequence[float], share: float) -> float:
    """The value at position share * (N - 1) of the ascending values, on a line in between."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


DEFINITIONS: dict[str, Callable[[Cases], float]] = {
    "ap": average_precision,
    "auc": area_under_curve,
    "brier": mean_square,
    "calibration_error": calibration_error,
    "cheapest_threshold": cheapest_threshold,
    "cost_per_1000": cost_per_1000,
    "mae": mean_absolute,
    "r2": r_squared,
    "rmse": root_mean_square,
}
