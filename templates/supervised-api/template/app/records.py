"""What is remembered of a prediction, and the forms in which it is read back."""

import hashlib
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Role = Literal["champion", "challenger", "shadow"]
Thumb = Literal["up", "down"]
Floats = npt.NDArray[np.float64]


def unit_of(about: bytes) -> str:
    """Returns a hash of who or what a case is about: enough to tell apart, and it names nobody."""
    return hashlib.sha256(about).hexdigest()[:32]


class Record(NamedTuple):
    """One answer, or what a model in the shadow would have answered; a tuple is fast to make.

    Attributes:
        prediction_id: Given to the caller; a shadow's is that of the answer that was given. Ids
            that begin with the time are written twice as fast: they extend one end of the index.
        request_id: Finds the log line.
        at: Seconds since 1970.
        unit: Who or what was asked about, as `unit_of` names it; empty where nobody said.
        model_version: Which model.
        role: Why this model.
        inputs: What the model got, float32 little-endian, in the order of `columns()`.
        output: Probability of "yes", or the value.
        decision: Whether the decision is yes; None in a regression.
    """

    prediction_id: str
    request_id: str
    at: float
    unit: str
    model_version: str
    role: Role
    inputs: bytes
    output: float
    decision: bool | None


@dataclass(frozen=True)
class Window:
    """The predictions of a time, oldest first; shape (n,) where nothing else is said.

    Attributes:
        at: Seconds since 1970.
        prediction_id: Ids; a shadow's row has the id of the champion's.
        unit: Who or what was asked about; the case itself where nobody said.
        model_version: Which model answered.
        role: champion, challenger or shadow.
        inputs: Shape (n, columns), NaN where missing.
        output: Probabilities, or values.
        decision: 1 for yes, 0 for no, NaN where there is none.
        actual: What came true, as last reported; NaN where unknown.
    """

    at: Floats
    prediction_id: list[str]
    unit: list[str]
    model_version: npt.NDArray[np.str_]
    role: npt.NDArray[np.str_]
    inputs: npt.NDArray[np.float32]
    output: Floats
    decision: Floats
    actual: Floats


@dataclass(frozen=True)
class ModelSummary:
    """What one model did; `yes` is the share decided yes, None where nothing was to decide."""

    model_version: str
    role: Role
    predictions: int
    yes: float | None
    mean_output: float


@dataclass(frozen=True)
class Summary:
    """The last hours: by model, what people said, and what the store has not got (yet)."""

    hours: float
    models: tuple[ModelSummary, ...]
    thumbs_up: int
    thumbs_down: int
    comments: int
    labels: int
    waiting: int
    dropped: int


@dataclass(frozen=True)
class Feedback:
    """What somebody said about an answer; `at` in seconds since 1970."""

    at: float
    prediction_id: str
    model_version: str
    output: float
    actual: float | None
    thumb: Thumb | None
    comment: str | None
