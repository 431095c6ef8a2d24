"""All that the test rows tell about the candidates, before anybody judges it."""

from dataclasses import dataclass

import numpy as np

from app.columns import columns
from app.metadata import Calibration, CostCheck, Reference, Scores
from app.project import Project
from app.training.answers import Answers
from app.training.calibration import calibration_of
from app.training.candidates import RULE
from app.training.reference import reference_of
from app.training.scoring import check_costs
from app.training.split import Mask, Parts
from app.training.table import Table

FEWEST_OF_AN_ANSWER = 20  # rows of each answer; below, a ranking of a slice says nothing

Metrics = dict[str, dict[str, Scores]]


@dataclass(frozen=True)
class Findings:
    """What the test rows tell; the fields are those of `Metadata`."""

    metrics: Metrics
    slices: Metrics
    rule_slices: Metrics
    calibration: Calibration | None
    costs: CostCheck | None
    reference: dict[str, Reference]
    outputs: Reference


def _is_enough(table: Table, mask: Mask, project: Project) -> bool:
    rows = int(mask.sum())
    if project.data.task == "classification":
        positives = int(table.target[mask].sum())
        if min(positives, rows - positives) < FEWEST_OF_AN_ANSWER:
            return False
    return rows >= project.gates.slice_rows


def _slices(answers: Answers, table: Table, test: Mask, project: Project) -> Metrics:
    found: Metrics = {}
    for name in project.data.slices:
        values = table.frame[name]
        found[name] = {}
        for value in sorted(values[test].dropna().unique(), key=str):
            mask = test & (values == value).to_numpy(dtype=np.bool_)
            if _is_enough(table, mask, project):
                found[name][str(value)] = answers.scores(table, mask, project)
            else:
                found[name][str(value)] = Scores(n=int(mask.sum()), positives=None, numbers={})
    return found


def examine(
    answers: dict[str, Answers], served: str, table: Table, parts: Parts, project: Project
) -> Findings:
    """Scores every candidate on the test rows, and looks closer at the one that will be served.

    Args:
        answers: Of each candidate, by its name.
        served: Name of the one to look at.
        table: The rows.
        parts: Which of them test.
        project: Task, slices, costs.
    """
    test, outputs = parts.test, answers[served].outputs[parts.test]
    truth = table.target[test]
    decides = project.data.task == "classification"
    return Findings(
        metrics={
            part: {name: answer.scores(table, mask, project) for name, answer in answers.items()}
            for part, mask in (("test", test), ("unseen", parts.unseen))
        },
        slices=_slices(answers[served], table, test, project),
        rule_slices=_slices(answers[RULE], table, test, project),
        calibration=calibration_of(outputs, truth) if decides else None,
        costs=check_costs(answers[served].outcomes(table, test, project)) if decides else None,
        reference={
            column.name: reference_of(table.inputs[test][:, index], column)
            for index, column in enumerate(columns())
        },
        outputs=reference_of(outputs, None),
    )
