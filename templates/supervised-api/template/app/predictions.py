"""Asks the models, counts what they say, and hands every answer to the log."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from time import time
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge

from app.output_counts import OutputHistogram
from app.prediction_log import PredictionLog, Record
from app.predictor import Matrix, Predictor
from app.records import unit_of
from app.routing import Models, Role

CATCH_UP_SECONDS, CATCH_UP_LOOKS = 5.0, 100


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
    """What is asked in one request; of a list, an entry a row."""

    ids: list[str]
    inputs: list[bytes]
    unit: str
    request_id: str


class _Metrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        about, by = "Predictions by decision; nobody sees those of the shadow.", "decision"
        labels = ["model_version", "role"]
        self.decisions = Counter("predictions", about, [*labels, by], registry=registry)
        about, by = "Always 1; the labels say which models are loaded.", "target"
        self.info = Gauge("model_info", about, [*labels, by], registry=registry)
        self.outputs = OutputHistogram(registry)


class _Asked:
    """A model in a role, with its series at hand: looking them up by label costs more."""

    def __init__(self, model: Predictor, role: Role, metrics: _Metrics) -> None:
        about, version = model.metadata, model.metadata.version
        metrics.info.labels(version, role, about.target).set(1)
        decisions = (None,) if about.threshold is None else (True, False)
        self.model, self.version = model, version
        self._counters = {
            decision: metrics.decisions.labels(version, role, str(decision).lower())
            for decision in decisions
        }
        shown = about.task == "classification"
        self._outputs = metrics.outputs.of(version, role) if shown else None

    def count(self, outputs: Sequence[float], decisions: Sequence[bool | None]) -> None:
        for decision in set(decisions):
            self._counters[decision].inc(decisions.count(decision))
        if self._outputs:
            self._outputs.add(outputs)


class Predictions:
    """The answers of the loaded models.

    Attributes:
        models: Champion and challenger.
    """

    def __init__(self, models: Models, log: PredictionLog, registry: CollectorRegistry) -> None:
        self.models = models
        self._log = log
        metrics = _Metrics(registry)
        self._asked = {role: _Asked(one, role, metrics) for role, one in models.roles().items()}

    async def catch_up(self) -> bool:
        """Waits until the log can take a large batch; returns False after some seconds."""
        for _ in range(CATCH_UP_LOOKS):
            if not self._log.is_behind:
                return True
            await asyncio.sleep(CATCH_UP_SECONDS / CATCH_UP_LOOKS)
        return False

    def units(self, inputs: list[bytes], caller: Caller) -> list[str]:
        """Returns who each row is about.

        Args:
            inputs: What the model gets, an entry a row, as `bytes_of` makes it.
            caller: Their unit counts for all rows; without one, each row is its own.
        """
        if caller.unit:
            return [unit_of(caller.unit.encode())] * len(inputs)
        return [unit_of(row) for row in inputs]

    def answer(self, rows: Matrix, caller: Caller) -> list[dict[str, Any]]:
        """Returns the answer to each row, in order, as `/predict` words it.

        Args:
            rows: Shape (n, columns), encoded.
            caller: Who asks.
        """
        inputs = bytes_of(rows)
        # To hash each row takes as long as to answer it: only where it decides who answers.
        units = self.units(inputs, caller) if self.models.mode == "split" else []
        given, challenged = self.models.outputs(rows, units)
        either: tuple[Role, Role] = ("champion", "challenger")
        outputs, roles = given.tolist(), [either[theirs] for theirs in challenged.tolist()]
        unit = unit_of(caller.unit.encode()) if caller.unit else ""
        cases = _Cases(_new_ids(len(rows)), inputs, unit, caller.request_id)
        if not caller.probe:
            records = self._records(cases, outputs, roles)
            shadow = self.models.shadow(rows)
            if shadow is not None:
                records += self._records(cases, shadow.tolist(), ["shadow"] * len(rows))
            self._log.add(records)
        answers = []
        for role, output, prediction_id in zip(roles, outputs, cases.ids, strict=True):
            answer = self._asked[role].model.worded(output)
            answer["prediction_id"] = prediction_id
            answer["request_id"] = caller.request_id
            answers.append(answer)
        return answers

    def _records(self, cases: _Cases, outputs: list[float], roles: list[Role]) -> list[Record]:
        """Counts what models said and returns what to keep of it."""
        asked = [self._asked[role] for role in roles]
        decisions = [one.model.decision(said) for one, said in zip(asked, outputs, strict=True)]
        for role in set(roles):
            theirs = [given == role for given in roles]
            self._asked[role].count([*compress(outputs, theirs)], [*compress(decisions, theirs)])
        # In the order of the fields of `Record`, whose rows are made by the column: it is faster.
        fields = (
            cases.ids,
            repeat(cases.request_id),
            repeat(time()),
            repeat(cases.unit),
            [one.version for one in asked],
            roles,
            cases.inputs,
            outputs,
            decisions,
        )
        return [*map(Record._make, zip(*fields, strict=False))]  # what repeats has no end


def bytes_of(rows: Matrix) -> list[bytes]:
    """Returns each row as float32, little-endian."""
    whole, width = rows.astype("<f4", copy=False).tobytes(), 4 * rows.shape[1]
    return [whole[start : start + width] for start in range(0, len(whole), width)]


def _new_ids(count: int) -> list[str]:
    """Returns ids that nobody can guess: milliseconds since 1970, and 80 bits of chance.

    The time first, so that new rows go to the end of the store's index: elsewhere in it, a write
    takes twice as long.
    """
    begin, chance = f"{int(time() * 1000):012x}", os.urandom(10 * count).hex()
    return [begin + chance[start : start + 20] for start in range(0, 20 * count, 20)]
