"""What differs between the tasks: the numbers that say how good a model is, and its loss."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

TaskName = Literal["classification", "regression"]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """One kind of question.

    Attributes:
        primary: Number that models are compared by.
        higher_is_better: Which way `primary` is better.
        loss: Name of the mean loss per case, which also live traffic can be judged by.
        titles: Names of the numbers for people.
    """

    primary: str
    higher_is_better: bool
    loss: str
    titles: dict[str, str]

    def gain(self, better: float, worse: float) -> float:
        """Returns by how much the first `primary` beats the second; negative where it does not."""
        return better - worse if self.higher_is_better else worse - better


TASKS: dict[TaskName, Task] = {
    "classification": Task(
        primary="ap",
        higher_is_better=True,
        loss="brier",
        titles={
            "ap": "average precision",
            "auc": "AUC",
            "brier": "Brier score",
            "cost_per_1000": "cost per 1,000",
        },
    ),
    "regression": Task(
        primary="mae",
        higher_is_better=False,
        loss="mae",
        titles={"mae": "mean absolute error", "rmse": "RMSE", "r2": "R squared"},
    ),
}


def losses(task: TaskName, outputs: Floats, actual: Floats) -> Floats:
    """Returns the loss of each case; its mean is the Brier score or the mean absolute error.

    Args:
        task: What was asked.
        outputs: Shape (n,), probabilities of "yes", or values.
        actual: Shape (n,), 1 and 0 for yes and no, or values.
    """
    difference = outputs - actual
    return difference**2 if task == "classification" else np.abs(difference)
