"""How good answers are: ranking, probability and what the decisions cost."""

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from app.project import Costs
from app.registry import Scores

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def score(
    truth: Bools, ranking: Floats, decisions: Bools, costs: Costs, *, is_probability: bool = True
) -> Scores:
    """Compares answers with the truth.

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
    return Scores(
        n=len(truth),
        positives=int(truth.sum()),
        ap=float(average_precision_score(truth, ranking)),
        auc=float(roc_auc_score(truth, ranking)),
        brier=float(brier_score_loss(truth, ranking)) if is_probability else None,
        cost_per_1000=1000 * cost / len(truth),
    )
