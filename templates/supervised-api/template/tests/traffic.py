"""Stored traffic for tests: real rows, answered by the trained model."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.metadata import Metadata
from app.prediction_log import ADD_FEEDBACK, PredictionLog, Record, Role
from app.predictor import Predictor
from app.service.store import Store, open_store
from app.settings import Settings
from app.training.table import Table


@dataclass(frozen=True)
class Answered:
    """Who answered the rows, and when (seconds since 1970)."""

    role: Role = "champion"
    version: str = ""
    at: float = 0
    add: float = 0  # to each output: a model that is off by so much


def store_of(settings: Settings) -> Store:
    """Opens the store, with its tables."""
    store = open_store(settings.database_url)
    PredictionLog(store)
    return store


def answer(
    store: Store, table: Table, rows: npt.NDArray[np.intp], model: Predictor, how: Answered
) -> list[str]:
    """Stores answers to rows of the table and returns their ids; each row is its own unit."""
    outputs = model.outputs(table.inputs[rows]) + how.add
    ids = [uuid.uuid4().hex for _ in rows]
    PredictionLog(store).add(
        [
            Record(
                prediction_id=prediction_id,
                request_id="test",
                at=how.at,
                unit=str(row),
                model_version=how.version or model.metadata.version,
                role=how.role,
                inputs=table.inputs[row].astype("<f4").tobytes(),
                output=float(output),
                decision=model.decision(float(output)),
            )
            for prediction_id, row, output in zip(ids, rows, outputs, strict=True)
        ]
    )
    return ids


def tell(store: Store, table: Table, rows: npt.NDArray[np.intp], ids: Sequence[str]) -> None:
    """Tells what came true."""
    told = zip(table.target[rows].tolist(), ids, strict=True)
    store.executemany(ADD_FEEDBACK, [(one, one, time.time(), y, None, None) for y, one in told])


def worse_than_tested(metadata: Metadata) -> float:
    """Returns what to add to outputs so that any model of this task gets clearly worse."""
    return (
        0.5
        if metadata.task == "classification"
        else 10 * metadata.metrics["test"][metadata.kind].numbers["mae"]
    )
