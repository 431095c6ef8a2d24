"""The scores that training writes down, and what the stated costs come to."""

from dataclasses import replace

import numpy as np

from app.metadata import CostCheck, Scores
from app.numbers import NUMBERS, Outcomes, cheapest_threshold, cost_per_1000
from app.tasks import TASKS


def score(outcomes: Outcomes, *, is_probability: bool = True) -> Scores:
    """Compares answers with the truth, in every number of the task.

    Args:
        outcomes: At least one case.
        is_probability: Whether the outputs are probabilities, so that a Brier score makes sense.
    """
    names = [name for name in TASKS[outcomes.task].titles if is_probability or name != "brier"]
    decides = outcomes.task == "classification"
    return Scores(
        n=len(outcomes.truth),
        positives=int(outcomes.truth.sum()) if decides else None,
        numbers={name: NUMBERS[name](outcomes) for name in names},
    )


def check_costs(outcomes: Outcomes) -> CostCheck:
    """Returns what the stated costs come to at their threshold, and at others.

    Args:
        outcomes: Probabilities and what came true; the decisions are not looked at.
    """

    def per_1000(threshold: float) -> float:
        return cost_per_1000(replace(outcomes, decisions=outcomes.outputs >= threshold))

    cheapest = cheapest_threshold(outcomes)
    return CostCheck(
        served=per_1000(outcomes.costs.threshold),
        never=per_1000(np.inf),
        always=per_1000(0),
        cheapest=per_1000(cheapest),
        cheapest_threshold=cheapest,
    )
