"""Why: how the answer would change if one field at a time were typical.

Not a cause, and not a sum: fields that belong together hide each other, and the differences don't
add up to the answer. It is what can honestly be said of any model from outside.
"""

import math

import numpy as np
from pydantic import BaseModel, Field

from app.columns import Column, columns
from app.predictor import Predictor, Vector
from app.tasks import TaskName

NOTE = (
    "Each line changes one field to what is typical of the cases the model was tested on and "
    "leaves the others as they are. These are not causes, and they do not add up."
)


class Reason(BaseModel):
    """What one field does to the answer."""

    field: str
    difference: float = Field(description="The answer, less what it would be.")
    text: str = Field(description="The same as a sentence.")


class Explanation(BaseModel):
    """What the answer to one case hangs on."""

    model_version: str = Field(description="Which model is explained.")
    output: float = Field(description="Its answer: the probability, or the value.")
    reasons: list[Reason] = Field(description="The largest difference first.")
    note: str = Field(description="What may be read from this, and what not.")


def number(value: float) -> str:
    """Returns a number as people write it: no needless decimals, thousands apart."""
    return f"{value:,.4f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"


def _said(output: float, task: TaskName) -> str:
    return f"{output:.1%}" if task == "classification" else f"{output:,.4g}"


def _value(column: Column, value: float) -> str:
    if column.kind == "category":
        return column.categories[int(value)]
    if column.kind == "boolean":
        return "yes" if value else "no"
    # Number and unit stay on one line.
    return number(value) + ("" if column.unit in {"", "%"} else "\u00a0") + column.unit


def _typical(predictor: Predictor, column: Column) -> float | None:
    typical = predictor.metadata.reference[column.name].typical
    return float(round(typical)) if typical is not None and column.whole else typical


def explain(predictor: Predictor, row: Vector) -> Explanation:
    """Returns what the answer to one case hangs on, in one run of the model.

    Fields that are typical already, or of which nothing typical is known, are left out.

    Args:
        predictor: The model that answered.
        row: Shape (columns,), encoded.
    """
    typical = [_typical(predictor, column) for column in columns()]
    changed = [
        (place, column, np.float32(value))
        for place, (column, value) in enumerate(zip(columns(), typical, strict=True))
        if value is not None and row[place] != np.float32(value)
    ]
    rows = np.repeat(row[np.newaxis], len(changed) + 1, axis=0)
    for position, (place, _, value) in enumerate(changed, start=1):
        rows[position, place] = value
    said, *others = predictor.outputs(rows).tolist()
    task = predictor.metadata.task
    reasons = []
    for (place, column, value), other in zip(changed, others, strict=True):
        known = "known and " if math.isnan(row[place]) else ""
        text = (
            f"Had \u201c{column.title}\u201d been {known}typical ({_value(column, float(value))}), "
            f"it would say {_said(other, task)} instead of {_said(said, task)}."
        )
        reasons.append(Reason(field=column.name, difference=said - other, text=text))
    reasons.sort(key=lambda reason: -abs(reason.difference))
    version = predictor.metadata.version
    return Explanation(model_version=version, output=said, reasons=reasons, note=NOTE)
