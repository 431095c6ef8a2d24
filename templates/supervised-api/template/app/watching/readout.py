"""Champion against challenger: the difference that live outcomes show, and how sure it is."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

from app.evidence.intervals import Z, bootstrap
from app.prediction_log import Window
from app.project import Project
from app.tasks import TASKS, Floats, losses
from app.watching.drift import chi_square_quantile

Mask = npt.NDArray[np.bool_]
Mode = Literal["split", "shadow"]
POWER = 0.8
FEWEST_UNITS = 30  # per arm; with fewer, drawing units anew says little about others
MISMATCH = 0.001  # chance at which the arms' sizes are called wrong (Kohavi 2020, chapter 21)


@dataclass(frozen=True)
class Arm:
    """The answers of one model that take part.

    Attributes:
        version: Of the model.
        cases: How many answers.
        units: Of how many different callers.
        labels: Answers whose outcome is known.
    """

    version: str
    cases: int
    units: int
    labels: int


@dataclass(frozen=True)
class Difference:
    """Challenger minus champion in one metric, where less is better.

    Attributes:
        metric: Its name.
        champion: Mean per labelled case.
        challenger: Likewise.
        low: Lower end of the 95 % interval of the difference, drawn by unit.
        high: Upper end.
        worth_showing: Difference that matters: the share `worse` of [drift], of the champion's.
        labels_needed: About how many labelled cases in all would show that much.
    """

    metric: str
    champion: float
    challenger: float
    low: float
    high: float
    worth_showing: float
    labels_needed: int | None


@dataclass(frozen=True)
class Readout:
    """What is known so far. The verdict is about the first metric, the one chosen before."""

    mode: Mode
    champion: Arm
    challenger: Arm
    differences: tuple[Difference, ...]
    verdict: str
    warnings: tuple[str, ...]


def labels_needed(labels: int, low: float, high: float, worth_showing: float) -> int | None:
    """Returns about how many labelled cases show a difference in 80 of 100 experiments.

    Two-sample normal approximation, n = (z_0.975 + z_0.8)^2 * variance / difference^2, about
    16 * variance / difference^2 per arm (Kohavi, Tang and Xu 2020, "Trustworthy Online Controlled
    Experiments", chapter 17). The variance is that of the interval we have, so that it holds for
    alike cases of one unit, for uneven arms and for pairs.

    Args:
        labels: Labelled cases that gave the interval.
        low: Lower end of the 95 % interval.
        high: Upper end.
        worth_showing: The difference to show; None is returned where it is 0.
    """
    if not worth_showing or not math.isfinite(high - low):
        return None
    # The interval spans 2 * Z standard errors.
    ratio = (Z + NormalDist().inv_cdf(POWER)) * (high - low) / (2 * Z) / worth_showing
    return math.ceil(labels * ratio**2)


def _difference(
    metric: str, cases: Floats, challenged: Mask, units: list[str], share: float
) -> Difference:
    def mean(drawn: npt.NDArray[np.intp], *, arm: bool) -> float:
        part = cases[drawn][challenged[drawn] == arm]
        return float(part.mean()) if len(part) else math.nan

    everything = np.arange(len(cases))
    interval = bootstrap(units, lambda drawn: mean(drawn, arm=True) - mean(drawn, arm=False))
    champion = mean(everything, arm=False)
    worth = share * champion
    needed = labels_needed(len(cases), interval.low, interval.high, worth)
    challenger = mean(everything, arm=True)
    return Difference(metric, champion, challenger, interval.low, interval.high, worth, needed)


def _arms(window: Window, champion: str, challenger: str) -> tuple[Mask, Mask, Mode]:
    """Returns the rows of champion and challenger that can be compared, and the mode."""
    theirs = (window.model_version == challenger) & (window.role != "champion")
    last = np.flatnonzero(theirs)[-1:]
    mode: Mode = "split" if last.size and window.role[last[0]] == "challenger" else "shadow"
    theirs &= window.role == ("challenger" if mode == "split" else "shadow")
    ours = (window.model_version == champion) & (window.role == "champion")
    if mode == "split":  # only since the challenger was there: earlier callers were others
        ours &= window.at >= (window.at[theirs].min() if theirs.any() else math.inf)
    else:  # only the cases that both answered
        both = {window.prediction_id[row] for row in np.flatnonzero(theirs)}
        ours &= np.array([name in both for name in window.prediction_id], dtype=np.bool_)
    return ours, theirs, mode


def _units(window: Window, rows: Mask) -> set[str]:
    return {window.unit[row] for row in np.flatnonzero(rows)}


def _warnings(mode: Mode, champion: Arm, challenger: Arm, share: float) -> tuple[str, ...]:
    found = []
    if min(champion.units, challenger.units) < FEWEST_UNITS:
        found.append(f"an arm has fewer than {FEWEST_UNITS} callers; its interval is too narrow")
    units = champion.units + challenger.units
    # Sizes of arms are binomial: their chi-square has one degree.
    spread = units * share * (1 - share)
    off = (challenger.units - units * share) ** 2
    if mode == "split" and spread and off / spread > chi_square_quantile(1 - MISMATCH, 1):
        found.append(
            f"{challenger.units} of {units} callers got the challenger, not {share:.0%} "
            "(CHALLENGER_SHARE): find out why before you believe a difference"
        )
    return tuple(found)


def _verdict(labels: int, fewest: int, loss: Difference) -> str:
    if labels < fewest:
        return f"Too few labels: {labels} in an arm, and [drift] asks for {fewest}. No verdict."
    if loss.low > 0 or loss.high < 0:
        better = "challenger" if loss.high < 0 else "champion"
        return f"The {better} has the lower {loss.metric}; the interval excludes 0."
    return f"No difference shown at n={labels} in the smaller arm."


def read_out(window: Window, project: Project, versions: tuple[str, str], share: float) -> Readout:
    """Compares two models on cases whose outcome is known.

    Split: cases since the challenger came, by the model that answered. Shadow: cases that both
    answered, so that each unit brings its pairs. The mode is that of the challenger's last answer.

    Args:
        window: What was answered.
        project: Task, costs and least number of labels.
        versions: Of champion and challenger.
        share: Of callers that should get the challenger in a split.
    """
    champion, challenger, mode = _arms(window, *versions)
    known = ~np.isnan(window.actual)
    first, second = (
        Arm(version, int(rows.sum()), len(_units(window, rows)), int((rows & known).sum()))
        for version, rows in zip(versions, (champion, challenger), strict=True)
    )
    cases = np.flatnonzero((champion | challenger) & known)
    actual, task = window.actual[cases], project.data.task
    metrics = {TASKS[task].loss: losses(task, window.output[cases], actual)}
    if task == "classification":
        decision, costs = window.decision[cases], project.costs
        false_alarms, misses = decision * (1 - actual), (1 - decision) * actual
        metrics["cost per case"] = costs.false_alarm * false_alarms + costs.miss * misses
    units = [window.unit[case] for case in cases]
    differences = tuple(
        _difference(name, values, challenger[cases], units, project.drift.worse)
        for name, values in metrics.items()
    )
    verdict = _verdict(min(first.labels, second.labels), project.drift.labels, differences[0])
    warnings = _warnings(mode, first, second, share)
    return Readout(mode, first, second, differences, verdict, warnings)


def describe(readout: Readout) -> list[str]:
    """Returns the readout as lines for people."""
    lines = [f"{readout.mode}; less is better; decide on one metric before you look"]
    for arm in (readout.champion, readout.challenger):
        counts = f"{arm.cases} cases of {arm.units} callers, {arm.labels} labelled"
        lines.append(f"  {arm.version}: {counts}")
    for one in readout.differences:
        if math.isnan(one.champion) or math.isnan(one.challenger):
            continue
        interval = f"(95 % {one.low:+.4g} to {one.high:+.4g})"
        means = f"{one.champion:.4g} and {one.challenger:.4g}"
        lines.append(
            f"  {one.metric}: {means}, difference {one.challenger - one.champion:+.4g} {interval}"
        )
        if one.labels_needed is not None:
            lines.append(
                f"    {one.worth_showing:.4g} would show in 80 of 100 experiments with about "
                f"{one.labels_needed} labelled cases in all; looking again and again finds more"
            )
    return [*lines, *(f"  warning: {warning}" for warning in readout.warnings), readout.verdict]
