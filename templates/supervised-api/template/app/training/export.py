"""The trained model as ONNX, and the proof that it still gives the same answers."""

from typing import Any

import numpy as np
import numpy.typing as npt
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.metrics import average_precision_score

from app.metadata import Parity
from app.predictor import INPUT, open_session, run


def to_onnx_bytes(model: Any, width: int) -> bytes:  # noqa: ANN401 - scikit-learn has no types
    """Returns the model in ONNX format; the same model gives the same bytes.

    Args:
        model: A trained scikit-learn classifier.
        width: Number of columns.
    """
    exported = to_onnx(
        model,
        initial_types=[(INPUT, FloatTensorType([None, width]))],
        options={id(model): {"zipmap": False}},
        name="model",
    )
    content: bytes = exported.SerializeToString()
    return content


def compare(
    expected: npt.NDArray[np.float64],
    onnx: bytes,
    rows: npt.NDArray[np.float32],
    truth: npt.NDArray[np.bool_],
    tolerance: float,
) -> Parity:
    """Compares the exported model with the probabilities of the trained one.

    A share of rows and not the largest difference: a value that lies exactly on a tree's border
    may fall on the other side in 32 bits, and that is no fault of the export.
    """
    actual = run(open_session(onnx), rows, "classification").astype(np.float64)
    difference = np.abs(actual - expected)
    before, after = (float(average_precision_score(truth, p)) for p in (expected, actual))
    return Parity(
        n=len(rows),
        share_within=float((difference <= tolerance).mean()),
        largest=float(difference.max()),
        metric_difference=abs(before - after),
    )
