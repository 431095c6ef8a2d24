"""How good answers are: ranking, probability, cost of the decisions; or the error of values."""

import numpy as np
import numpy.typing as npt
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)

from app.metadata import CostCheck, Scores
from app.project import Costs

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
THRESHOLDS = 400


def score_decisions(
    truth: Bools, ranking: Floats, decisions: Bools, costs: Costs, *, is_probability: bool = True
) -> Scores:
    """Compares the answers of a classification with the truth.

    Args:
        truth: Shape (n,), both answers present.
        ranking: Shape (n,), larger where "yes" is more likely.
        decisions: Shape (n,), what would be done.
        costs: What each wrong decision costs.
        is_probability: Whether the ranking is a probability, so that a Brier score makes sense.
    """
    false_alarms = int((decisions & ~truth).sum())
    misses = int((~decisions & truth).sum())
    cost = costs.false_alarm * false_alarms + costs.miss * misses
    numbers = {
        "ap": float(average_precision_score(truth, ranking)),
        "auc": float(roc_auc_score(truth, ranking)),
        "cost_per_1000": 1000 * cost / len(truth),
    }
    if is_probability:
        numbers["brier"] = float(brier_score_loss(truth, ranking))
    return Scores(n=len(truth), positives=int(truth.sum()), numbers=numbers)


def score_values(truth: Floats, values: Floats) -> Scores:
    """Compares the answers of a regression with the truth.

    Args:
        truth: Shape (n,), at least two.
        values: Shape (n,).
    """
    numbers = {
        "mae": float(mean_absolute_error(truth, values)),
        "rmse": float(root_mean_squared_error(truth, values)),
        "r2": float(r2_score(truth, values)),
    }
    return Scores(n=len(truth), positives=None, numbers=numbers)


def check_costs(truth: Bools, probabilities: Floats, costs: Costs) -> CostCheck:
    """Returns what the stated costs come to at their threshold, and at others.

    Args:
        truth: Shape (n,).
        probabilities: Shape (n,).
        costs: What each wrong decision costs.
    """
    scale = 1000 / len(truth)

    def per_1000(threshold: float) -> float:
        yes = probabilities >= threshold
        false_alarms, misses = int((yes & ~truth).sum()), int((~yes & truth).sum())
        return scale * (costs.false_alarm * false_alarms + costs.miss * misses)

    # A few hundred are enough for a check, and quick on any table; 1 is as good as never.
    quantiles = np.quantile(probabilities, np.linspace(0, 1, THRESHOLDS), method="inverted_cdf")
    tried = {float(threshold): per_1000(threshold) for threshold in (*quantiles, 1.0)}
    cheapest = min(tried, key=lambda threshold: tried[threshold])
    return CostCheck(
        served=per_1000(costs.threshold),
        never=per_1000(np.inf),
        always=per_1000(0),
        cheapest=tried[cheapest],
        cheapest_threshold=cheapest,
    )
