"""What each candidate says about every row, and how well that fits the truth."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.metadata import Scores
from app.numbers import Bools, Outcomes
from app.project import Project
from app.service.errors import UserError
from app.tasks import Floats
from app.training.scoring import score
from app.training.split import Mask
from app.training.table import Table


@dataclass(frozen=True)
class Answers:
    """What one candidate says about every row.

    Attributes:
        outputs: Shape (rows,): the probability of "yes", a ranking, or the value.
        decisions: Shape (rows,), of a classification.
        is_probability: Whether `outputs` are more than a ranking.
    """

    outputs: Floats
    decisions: Bools | None
    is_probability: bool = True

    def scores(self, table: Table, mask: Mask, project: Project) -> Scores:
        """Compares the answers with the truth on the rows of the mask."""
        return score(self.outcomes(table, mask, project), is_probability=self.is_probability)

    def outcomes(self, table: Table, mask: Mask, project: Project) -> Outcomes:
        """Returns the answers beside the truth, on the rows of the mask."""
        decisions = (
            np.zeros(len(self.outputs), np.bool_) if self.decisions is None else self.decisions
        )
        return Outcomes(
            project.data.task,
            table.target[mask],
            self.outputs[mask],
            decisions[mask],
            project.costs,
        )


def model_answers(model: Any, table: Table, project: Project) -> Answers:  # noqa: ANN401
    """Returns the answers of a trained model."""
    if project.threshold is None:
        return Answers(model.predict(table.inputs).astype(np.float64), None)
    probabilities = model.predict_proba(table.inputs)[:, 1]
    return Answers(probabilities, probabilities >= project.threshold)


def rule_answers(table: Table, train: Mask, project: Project) -> Answers:
    """Returns the answers of the rule that people would use without a model.

    Raises:
        UserError: Its column holds text.
    """
    rule = project.baseline
    values = np.full(len(table.frame), np.nan)
    if rule.column is not None:
        column = table.frame[rule.column]
        if not pd.api.types.is_numeric_dtype(column):
            raise UserError(
                f"[baseline] ranks by {column.name}, and that column holds text.",
                "Name a column of numbers that rises with the answer, in project.toml.",
            )
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if project.data.task == "regression":
        return Answers(np.where(np.isnan(values), np.median(table.target[train]), values), None)
    if rule.at_least is not None:
        ranking, limit = rule_ranking(values), rule.at_least
    else:
        ranking, limit = rule_ranking(-values), -(rule.at_most or 0)
    return Answers(ranking, ranking >= limit, is_probability=False)


def rule_ranking(values: npt.NDArray[np.floating[Any]]) -> Floats:
    """Returns the rule as a ranking, which is fairer to it than its yes or no.

    Args:
        values: The rule's column, NaN where missing; who is unknown ranks last.
    """
    ranking: Floats = np.nan_to_num(values.astype(np.float64), nan=-np.inf)
    return np.clip(ranking, -1e30, None)
