"""The trained model as ONNX, and the proof that it still gives the same answers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.base import is_classifier
from sklearn.metrics import average_precision_score, mean_absolute_error

from app.metadata import Parity
from app.predictor import INPUT, open_session, run
from app.tasks import Floats, TaskName


def to_onnx_bytes(model: Any, width: int) -> bytes:  # noqa: ANN401 - scikit-learn has no types
    """Returns the model in ONNX format; the same model gives the same bytes.

    Args:
        model: A trained scikit-learn model.
        width: Number of columns.
    """
    exported = to_onnx(
        model,
        initial_types=[(INPUT, FloatTensorType([None, width]))],
        options={id(model): {"zipmap": False}} if is_classifier(model) else None,
        name="model",
    )
    content: bytes = exported.SerializeToString()
    return content


@dataclass(frozen=True)
class Cases:
    """Rows with their true answers, and what the trained model says about them.

    Attributes:
        rows: Shape (n, columns).
        truth: Shape (n,).
        expected: Shape (n,).
    """

    rows: npt.NDArray[np.float32]
    truth: Floats
    expected: Floats


def compare(cases: Cases, onnx: bytes, task: TaskName, tolerance: float) -> Parity:
    """Compares the exported model with the answers of the trained one.

    A share of rows and not the largest difference: a value that lies exactly on a tree's border
    may fall on the other side in 32 bits, and that is no fault of the export. Values of a
    regression are compared in standard deviations of the target, as they may have any size.
    """
    actual = run(open_session(onnx), cases.rows, task).astype(np.float64)
    unit = float(cases.truth.std()) if task == "regression" else 1.0
    difference = np.abs(actual - cases.expected) / unit
    metric = mean_absolute_error if task == "regression" else average_precision_score
    before, after = (float(metric(cases.truth, outputs)) for outputs in (cases.expected, actual))
    return Parity(
        n=len(cases.rows),
        share_within=float((difference <= tolerance).mean()),
        largest=float(difference.max()),
        metric_difference=abs(before - after) / unit,
    )
