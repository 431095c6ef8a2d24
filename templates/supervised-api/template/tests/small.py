"""Small tables for the columns of your `Features`, whatever they are, with a made-up truth."""

from typing import Any

import numpy as np
import pandas as pd

from app.columns import columns
from app.project import Project
from app.tasks import TaskName
from app.training.candidates import boosting
from app.training.table import Table

ROWS = 2400


def quick_boosting(task: TaskName, seed: int) -> Any:  # noqa: ANN401 - as in the original
    """The boosting of the project with fewer and larger steps, for what does not look at them."""
    return boosting(task, seed).set_params(max_iter=40, learning_rate=0.15)


def project_of(task: TaskName, **gates: object) -> Project:
    """A project whose gates are as they are by default, but for those that are given."""
    rule = {"column": "hint"} | ({"at_least": 1} if task == "classification" else {})
    data = {"path": "small.csv", "target": "y", "task": task, "slices": ("group",)}
    text = {"data": data, "baseline": rule, "gates": gates}
    return Project.model_validate(text)


def table_of(task: TaskName, rows: int = ROWS) -> Table:
    """Rows in which every column tells a little, and `hint` less than all of them together."""
    random = np.random.default_rng(0)
    inputs = np.column_stack(
        [
            random.integers(0, max(len(column.categories), 2), rows)
            if column.kind != "number"
            else random.normal(size=rows)
            for column in columns()
        ]
    ).astype(np.float32)
    signal = ((inputs - inputs.mean(axis=0)) / inputs.std(axis=0)).sum(axis=1)
    signal = signal / np.sqrt(len(columns()))
    target = signal + random.normal(scale=0.3, size=rows)
    if task == "classification":
        target = (random.random(rows) < 1 / (1 + np.exp(-2 * signal))).astype(np.float64)
    for index, column in enumerate(columns()):
        if column.optional:
            inputs[random.random(rows) < 0.05, index] = np.nan
    frame = pd.DataFrame(
        {
            "y": target,
            "hint": signal + random.normal(scale=1.5, size=rows),
            "group": random.choice(["a", "b", "rare"], rows, p=[0.5, 0.48, 0.02]),
        }
    )
    return Table(frame, inputs, target, "0" * 64)
