"""Asks the models, counts what they say, and hands every answer to the log."""

import hashlib
import os
from dataclasses import dataclass
from time import time
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from app.prediction_log import PredictionLog, Record
from app.predictor import Matrix, Predictor, Vector
from app.routing import Models, Role

# Of a probability: ten bins, and an edge at 1 so that none is without a bound.
OUTPUT_BUCKETS = tuple(step / 10 for step in range(1, 11))


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes:
        request_id: Of this request.
        unit: Who or what the cases are about, so that the same model answers again; empty where
            nobody said, and then the case itself decides.
        probe: Somebody tries whether the service works: answered, but neither stored nor counted.
    """

    request_id: str
    unit: str = ""
    probe: bool = False


@dataclass(frozen=True)
class _Cases:
    """What is asked in one request, a list entry a row."""

    ids: list[str]
    units: list[str]
    inputs: list[bytes]
    request_id: str


class _Asked:
    """A model in a role, with its metrics at hand: looking them up by label costs more."""

    def __init__(self, model: Predictor, role: Role, counter: Counter, outputs: Histogram) -> None:
        version = model.metadata.version
        self.model, self.role, self.version = model, role, version
        self._counters = {
            decision: counter.labels(version, role, str(decision).lower())
            for decision in ((True, False) if model.metadata.threshold is not None else (None,))
        }
        shown = model.metadata.task == "classification"
        self._outputs = outputs.labels(version, role) if shown else None

    def count(self, outputs: list[float], decisions: list[bool | None]) -> None:
        for decision, counter in self._counters.items():
            if found := decisions.count(decision):
                counter.inc(found)
        if self._outputs:
            for output in outputs:
                self._outputs.observe(output)


class Predictions:
    """The answers of the loaded models.

    Attributes:
        models: Champion and challenger.
    """

    def __init__(self, models: Models, log: PredictionLog, registry: CollectorRegistry) -> None:
        self.models = models
        self._log = log
        counter = Counter(
            "predictions",
            "Predictions by decision; those in the shadow are seen by nobody.",
            ["model_version", "role", "decision"],
            registry=registry,
        )
        outputs = Histogram(
            "prediction_output",
            "Probabilities that were predicted.",
            ["model_version", "role"],
            buckets=OUTPUT_BUCKETS,
            registry=registry,
        )
        info = Gauge(
            "model_info",
            "Always 1; the labels say which models are loaded.",
            ["model_version", "target", "role"],
            registry=registry,
        )
        self._asked: dict[Role, _Asked] = {}
        for role, model in models.roles().items():
            self._asked[role] = _Asked(model, role, counter, outputs)
            info.labels(model.metadata.version, model.metadata.target, role).set(1)

    def units(self, rows: Matrix, caller: Caller) -> list[str]:
        """Returns who each row is about, as a hash: enough to tell apart, and it names nobody.

        Args:
            rows: Shape (n, columns), encoded.
            caller: Their unit counts for all rows; without one, each row is its own.
        """
        if caller.unit:
            return [_digest(caller.unit.encode())] * len(rows)
        return [_digest(row) for row in _bytes_of(rows)]

    def answer(self, rows: Matrix, caller: Caller) -> list[dict[str, Any]]:
        """Returns the answer to each row, in order, as `/predict` words it.

        Args:
            rows: Shape (n, columns), encoded.
            caller: Who asks.
        """
        outputs, challenged = self.models.outputs(rows, units := self.units(rows, caller))
        roles: list[Role] = [
            "challenger" if theirs else "champion" for theirs in challenged.tolist()
        ]
        cases = _Cases(_new_ids(len(rows)), units, _bytes_of(rows), caller.request_id)
        if not caller.probe:
            records = self._records(cases, outputs, roles)
            shadow = self.models.shadow(rows)
            if shadow is not None:
                records += self._records(cases, shadow, ["shadow"] * len(rows))
            self._log.add(records)
        answers = []
        for role, output, prediction_id in zip(roles, outputs.tolist(), cases.ids, strict=True):
            answer = self._asked[role].model.worded(output)
            answer["prediction_id"] = prediction_id
            answer["request_id"] = caller.request_id
            answers.append(answer)
        return answers

    def _records(self, cases: _Cases, outputs: Vector, roles: list[Role]) -> list[Record]:
        """Counts what models said and returns what to keep of it."""
        now, request_id = time(), cases.request_id
        rows = zip(cases.ids, cases.units, cases.inputs, outputs.tolist(), roles, strict=True)
        records = [
            # By position: by name it takes twice as long.
            Record(
                one,
                request_id,
                now,
                unit,
                (asked := self._asked[role]).version,
                role,
                inputs,
                output,
                asked.model.decision(output),
            )
            for one, unit, inputs, output, role in rows
        ]
        for role in set(roles):
            said = [(one.output, one.decision) for one in records if one.role == role]
            self._asked[role].count([output for output, _ in said], [yes for _, yes in said])
        return records


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:32]


def _bytes_of(rows: Matrix) -> list[bytes]:
    """Returns each row as float32, little-endian."""
    whole, width = rows.astype("<f4", copy=False).tobytes(), 4 * rows.shape[1]
    return [whole[start : start + width] for start in range(0, len(whole), width)]


def _new_ids(count: int) -> list[str]:
    """Returns ids that nobody can guess; one question to the system for all of them."""
    text = os.urandom(16 * count).hex()
    return [text[start : start + 32] for start in range(0, 32 * count, 32)]
