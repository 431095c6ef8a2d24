"""A trained model that answers: rows of numbers in, one number a row out."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from app.columns import encode
from app.metadata import Metadata
from app.registry import MODEL, TRAIN, champion_folder, read_metadata
from app.schema import Features
from app.service.errors import UserError
from app.tasks import TaskName

Matrix = npt.NDArray[np.float32]
Vector = npt.NDArray[np.float32]
INPUT = "features"


def open_session(model: bytes) -> onnxruntime.InferenceSession:
    """Returns a session with one thread: for single rows, more threads only wait for each other."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(session: onnxruntime.InferenceSession, rows: Matrix, task: TaskName) -> Vector:
    """Returns the probability of "yes", or the value, for each row.

    Args:
        session: A session of a model that we exported.
        rows: Shape (n, columns).
        task: What the model answers.

    Returns:
        Shape (n,); probabilities are between 0 and 1.
    """
    name, column = ("probabilities", 1) if task == "classification" else ("variable", 0)
    answers: Matrix = session.run([name], {INPUT: rows})[0]
    return answers[:, column]


class Predictor:
    """A loaded model with what is known about it.

    Attributes:
        metadata: Version, threshold and how the model was made.
    """

    def __init__(self, model: bytes, metadata: Metadata) -> None:
        self.metadata = metadata
        self._session = open_session(model)
        # The first run is slow: have it now.
        self.outputs(np.zeros((1, len(metadata.features)), dtype=np.float32))

    def outputs(self, rows: Matrix) -> Vector:
        """Returns the probability of "yes", or the value, for rows that `encode` made.

        Args:
            rows: Shape (n, columns), NaN where missing.

        Returns:
            Shape (n,).
        """
        return run(self._session, rows, self.metadata.task)

    def output(self, features: Features) -> float:
        """Returns the probability of "yes", or the value, for one case."""
        return float(self.outputs(np.array([encode(features)], dtype=np.float32))[0])

    def decision(self, output: float) -> bool | None:
        """Tells whether "yes" is the cheaper answer; None where there is nothing to decide."""
        threshold = self.metadata.threshold
        return None if threshold is None else output >= threshold

    def worded(self, output: float) -> dict[str, Any]:
        """Returns an output as `/predict` words it, without ids."""
        metadata = self.metadata
        if metadata.task == "regression":
            return {"value": output, "model_version": metadata.version}
        return {
            "probability": output,
            "decision": self.decision(output),
            "threshold": metadata.threshold,
            "model_version": metadata.version,
        }

    def answer(self, features: Features) -> dict[str, Any]:
        """Returns the answer to one case as `/predict` words it, without ids."""
        return self.worded(self.output(features))


def load(folder: Path) -> Predictor:
    """Loads the model of one folder.

    Raises:
        UserError: It can't be read, does not fit the code, or is not the model that was trained.
    """
    metadata, content = read_metadata(folder), (folder / MODEL).read_bytes()
    if hashlib.sha256(content).hexdigest() != metadata.model_sha256:
        raise UserError(f"{folder / MODEL} is not the file that was trained.", TRAIN)
    return Predictor(content, metadata)


def load_champion(models: Path) -> Predictor:
    """Loads the model to serve.

    Raises:
        UserError: There is none, or it does not fit the code.
    """
    return load(champion_folder(models))
