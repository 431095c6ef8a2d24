"""A trained model that answers: one row of numbers in, one probability out."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from app.columns import encode
from app.registry import MODEL, Metadata, champion_folder, read_metadata
from app.schema import Features

Matrix = npt.NDArray[np.float32]
Vector = npt.NDArray[np.float32]
INPUT = "features"
OUTPUT = "probabilities"


def open_session(model: bytes) -> onnxruntime.InferenceSession:
    """Returns a session with one thread: for single rows, more threads only wait for each other."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(session: onnxruntime.InferenceSession, rows: Matrix) -> Vector:
    """Returns the probability of "yes" for each row.

    Args:
        session: A session of a model that we exported.
        rows: Shape (n, columns).

    Returns:
        Shape (n,), between 0 and 1.
    """
    probabilities: Matrix = session.run([OUTPUT], {INPUT: rows})[0]
    return probabilities[:, 1]


class Predictor:
    """A loaded model with what is known about it.

    Attributes:
        metadata: Version, threshold and how the model was made.
    """

    def __init__(self, model: bytes, metadata: Metadata) -> None:
        self.metadata = metadata
        self._session = open_session(model)
        self.probability_of([[0.0] * len(metadata.features)])  # the first run is slow: have it now

    def probability_of(self, rows: list[list[float]]) -> list[float]:
        """Returns the probability of "yes" for rows that `encode` made."""
        answers: list[float] = run(self._session, np.array(rows, dtype=np.float32)).tolist()
        return answers

    def probability(self, features: Features) -> float:
        """Returns the probability of "yes" for one case."""
        return self.probability_of([encode(features)])[0]

    def decision(self, probability: float) -> bool:
        """Tells whether "yes" is the cheaper answer at this probability."""
        return probability >= self.metadata.threshold


def load_champion(models: Path) -> Predictor:
    """Loads the model to serve.

    Raises:
        UserError: There is none, or it does not fit the code.
    """
    folder = champion_folder(models)
    return Predictor((folder / MODEL).read_bytes(), read_metadata(folder))
