"""The numbers that say how good answers are, each defined so that anybody can work it out.

Their definitions in words, with test vectors, are in `docs/evidence.md` of scaffold. Plain numpy
and not scikit-learn: an interval needs each of them a thousand times.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.evidence.intervals import Cases
from app.metadata import Bin
from app.project import Costs
from app.tasks import Floats, TaskName, losses

Bools = npt.NDArray[np.bool_]
BINS = 10


@dataclass(frozen=True)
class Outcomes:
    """What one candidate said about cases, and what came true; every array has shape (n,).

    Attributes:
        task: What was asked.
        truth: 1 and 0 for yes and no, or values.
        outputs: Probability, value, or another ranking.
        decisions: What would be done; unused in a regression.
        costs: What a wrong decision costs.
    """

    task: TaskName
    truth: Floats
    outputs: Floats
    decisions: Bools
    costs: Costs

    def number(self, name: str, cases: Cases) -> float:
        """Returns one of the numbers on some of the cases; NaN where it does not exist there."""
        part = replace(
            self,
            truth=self.truth[cases],
            outputs=self.outputs[cases],
            decisions=self.decisions[cases],
        )
        return NUMBERS[name](part)


def mean_loss(outcomes: Outcomes) -> float:
    """Returns the Brier score of probabilities, the mean absolute error of values."""
    return float(losses(outcomes.task, outcomes.outputs, outcomes.truth).mean())


def root_mean_square(outcomes: Outcomes) -> float:
    """Returns the root of the mean squared error, in the target's unit."""
    return math.sqrt(((outcomes.outputs - outcomes.truth) ** 2).mean())


def r_squared(outcomes: Outcomes) -> float:
    """Returns the share of the target's spread that is explained."""
    spread = float(((outcomes.truth - outcomes.truth.mean()) ** 2).sum())
    error = float(((outcomes.outputs - outcomes.truth) ** 2).sum())
    return 1 - error / spread if spread else math.nan


def cost_per_1000(outcomes: Outcomes) -> float:
    """Returns what the wrong decisions cost on 1,000 cases, in the unit of `[costs]`."""
    costs, is_yes = outcomes.costs, outcomes.truth == 1
    wrong = np.where(is_yes, costs.miss, costs.false_alarm) * (outcomes.decisions != is_yes)
    return float(1000 * wrong.mean())


def _steps(outcomes: Outcomes) -> tuple[Floats, Floats, Floats]:
    """Returns, for each distinct value from the top: it, and the yes and no at or above it."""
    order = np.argsort(-outcomes.outputs, kind="stable")
    values, yes = outcomes.outputs[order], np.cumsum(outcomes.truth[order])
    last = np.append(values[1:] != values[:-1], True)  # equal values are one step
    return values[last], yes[last], (np.arange(1, len(yes) + 1) - yes)[last]


def average_precision(outcomes: Outcomes) -> float:
    """Returns the mean precision over all "yes", each at the value where it is found."""
    _, yes, no = _steps(outcomes)
    if not yes[-1]:
        return math.nan
    return float((np.diff(yes, prepend=0) * yes / (yes + no)).sum() / yes[-1])


def area_under_curve(outcomes: Outcomes) -> float:
    """Returns the share of pairs of a yes and a no in which the yes ranks higher; equal is half."""
    _, yes, no = _steps(outcomes)
    if not yes[-1] * no[-1]:
        return math.nan
    heights = yes + np.append(0, yes[:-1])
    return float((np.diff(no, prepend=0) * heights).sum() / 2 / (yes[-1] * no[-1]))


def bin_starts(n: int) -> npt.NDArray[np.intp]:
    """Returns where each of ten bins of as many cases begins; fewer where there are fewer cases."""
    return np.unique(np.arange(BINS) * n // BINS)


def calibration_bins(outputs: Floats, truth: Floats) -> list[Bin]:
    """Returns what was said and what came true, for up to ten groups of similar outputs.

    Args:
        outputs: Shape (n,).
        truth: Shape (n,).
    """
    order = np.argsort(outputs, kind="stable")
    groups = np.split(order, bin_starts(len(order))[1:])
    return [
        Bin(n=len(group), predicted=outputs[group].mean(), observed=truth[group].mean())
        for group in groups
        if len(group)
    ]


def calibration_error(outcomes: Outcomes) -> float:
    """Returns the mean distance between said and true in ten bins of as many cases, by cases."""
    order = np.argsort(outcomes.outputs, kind="stable")
    gaps = np.add.reduceat((outcomes.outputs - outcomes.truth)[order], bin_starts(len(order)))
    return float(np.abs(gaps).sum() / len(order))


def cheapest_threshold(outcomes: Outcomes) -> float:
    """Returns the output from which "yes" would have cost least on these cases; the highest."""
    costs = outcomes.costs
    values, yes, no = _steps(outcomes)
    return float(values[np.argmin(costs.false_alarm * no + costs.miss * (yes[-1] - yes))])


NUMBERS: dict[str, Callable[[Outcomes], float]] = {
    "ap": average_precision,
    "auc": area_under_curve,
    "brier": mean_loss,
    "cost_per_1000": cost_per_1000,
    "calibration_error": calibration_error,
    "cheapest_threshold": cheapest_threshold,
    "mae": mean_loss,
    "rmse": root_mean_square,
    "r2": r_squared,
}
