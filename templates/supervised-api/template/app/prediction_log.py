"""What was predicted and what people said about it: written by the server, read by the monitor."""

import time
import uuid
from collections.abc import Sequence

import numpy as np

from app.columns import columns, contract_hash
from app.records import Feedback, ModelSummary, Record, Role, Summary, Thumb, Window, unit_of
from app.service.store import Store
from app.service.writer import Writer

# What others need is found here, in whichever module it lives.
__all__ = ["Feedback", "PredictionLog", "Record", "Role", "Summary", "Window", "read_window"]

FLUSH_SECONDS = 2.0  # for feedback that comes before its prediction is written
SCHEMA = (
    """CREATE TABLE IF NOT EXISTS predictions (
        prediction_id TEXT NOT NULL, request_id TEXT NOT NULL, at DOUBLE PRECISION NOT NULL,
        unit TEXT NOT NULL, model_version TEXT NOT NULL, role TEXT NOT NULL, inputs BYTEA NOT NULL,
        output DOUBLE PRECISION NOT NULL, decision BOOLEAN, contract TEXT NOT NULL,
        PRIMARY KEY (prediction_id, model_version))""",
    "CREATE INDEX IF NOT EXISTS predictions_at ON predictions (at)",
    """CREATE TABLE IF NOT EXISTS feedback (
        id TEXT PRIMARY KEY, prediction_id TEXT NOT NULL, at DOUBLE PRECISION NOT NULL,
        actual DOUBLE PRECISION, thumb TEXT, comment TEXT)""",
    "CREATE INDEX IF NOT EXISTS feedback_prediction ON feedback (prediction_id)",
)
ADD = """INSERT INTO predictions (prediction_id, request_id, at, unit, model_version, role, inputs,
    output, decision, contract) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
ADD_FEEDBACK = """INSERT INTO feedback (id, prediction_id, at, actual, thumb, comment)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
READ = """SELECT at, prediction_id, unit, model_version, role, inputs, output, decision,
    (SELECT actual FROM feedback
        WHERE feedback.prediction_id = predictions.prediction_id AND actual IS NOT NULL
        ORDER BY feedback.at DESC LIMIT 1)
    FROM predictions WHERE contract = ? AND at >= ? AND at < ? ORDER BY at"""
BY_MODEL = """SELECT model_version, role, COUNT(*), COUNT(decision),
    COUNT(CASE WHEN decision THEN 1 END), AVG(output)
    FROM predictions WHERE contract = ? AND at >= ? GROUP BY model_version, role ORDER BY 1, 2"""
FEEDBACK = """SELECT COUNT(CASE WHEN thumb = 'up' THEN 1 END),
    COUNT(CASE WHEN thumb = 'down' THEN 1 END), COUNT(comment),
    COUNT(DISTINCT CASE WHEN actual IS NOT NULL THEN prediction_id END)
    FROM feedback WHERE at >= ?"""
NEWEST_FEEDBACK = """SELECT feedback.at, feedback.prediction_id, model_version, output, actual,
    thumb, comment FROM feedback JOIN predictions
    ON feedback.prediction_id = predictions.prediction_id AND role <> 'shadow'
    ORDER BY feedback.at DESC LIMIT ?"""

FORGET_FEEDBACK = """DELETE FROM feedback WHERE NOT EXISTS
    (SELECT 1 FROM predictions WHERE predictions.prediction_id = feedback.prediction_id)"""


class PredictionLog:
    """The records of one store; creates the tables where they are missing.

    Args:
        store: Where they are.
        writer: Writes them in the background; without one they are written at once.

    Attributes:
        place: Where they are, for people.

    Raises:
        StoreAwayError: Here and in every method but `add`: the store does not work now.
    """

    def __init__(self, store: Store, writer: Writer | None = None) -> None:
        self.place = store.place
        self._store = store
        self._writer = writer
        self._contract = (contract_hash(),)
        store.create(SCHEMA)

    def add(self, records: Sequence[Record]) -> None:
        """Keeps answers; with a writer it neither waits nor fails."""
        rows = [record + self._contract for record in records]
        (self._writer.put if self._writer else self._store.executemany)(ADD, rows)

    @property
    def is_behind(self) -> bool:
        """Whether records come faster than the store takes them."""
        return self._writer is not None and self._writer.is_behind

    def add_feedback(
        self, prediction_id: str, actual: float | None, thumb: Thumb | None, comment: str | None
    ) -> bool:
        """Keeps what came true, or what somebody thinks, about an answer.

        Args:
            prediction_id: As given with the answer.
            actual: 1 or 0 for yes and no, or the value.
            thumb: Whether the answer was of use.
            comment: Free text.

        Returns:
            False: There is no such answer.
        """
        known = self._knows(prediction_id)
        if not known and self._writer:
            self._writer.flush(FLUSH_SECONDS)
            known = self._knows(prediction_id)
        if known:
            # Postgres keeps no NUL in a text.
            text = comment and comment.replace("\0", "")
            row = (uuid.uuid4().hex, prediction_id, time.time(), actual, thumb, text)
            self._store.execute(ADD_FEEDBACK, row)
        return known

    def _knows(self, prediction_id: str) -> bool:
        sql = "SELECT 1 FROM predictions WHERE prediction_id = ? LIMIT 1"
        return "\0" not in prediction_id and bool(self._store.query(sql, (prediction_id,)))

    def summary(self, hours: float = 24) -> Summary:
        """Returns what the last hours were like, counting today's contract only."""
        since = time.time() - hours * 3600
        models = tuple(
            ModelSummary(version, role, n, yes / decided if decided else None, mean)
            for version, role, n, decided, yes, mean in self._store.query(
                BY_MODEL, (*self._contract, since)
            )
        )
        waiting, dropped = (self._writer.waiting, self._writer.dropped) if self._writer else (0, 0)
        up, down, comments, labels = self._store.query(FEEDBACK, (since,))[0]
        return Summary(hours, models, up, down, comments, labels, waiting, dropped)

    def newest_feedback(self, limit: int) -> list[Feedback]:
        """Returns the newest feedback first."""
        return [Feedback(*row) for row in self._store.query(NEWEST_FEEDBACK, (limit,))]

    def purge(self, days: float) -> int:
        """Deletes predictions older than this, and their feedback; returns how many predictions."""
        old = time.time() - days * 86_400
        deleted = self._store.execute("DELETE FROM predictions WHERE at < ?", (old,))
        self._store.execute(FORGET_FEEDBACK)
        return deleted

    def reset(self) -> int:
        """Deletes everything; returns how many predictions."""
        return self.purge(days=float("-inf"))

    def close(self) -> None:
        """Writes what still waits, as far as possible, and closes the store."""
        if self._writer:
            self._writer.close()
        self._store.close()


def read_window(store: Store, since: float, until: float | None = None) -> Window:
    """Returns the predictions of a time that were made with today's columns.

    Args:
        store: One that a `PredictionLog` has opened before.
        since: First moment, in seconds since 1970.
        until: Moment after the last; None for now.

    Raises:
        StoreAwayError: The store does not work now.
    """
    end = float("inf") if until is None else until
    rows = store.query(READ, (contract_hash(), since, end))
    names = ("at", "id", "unit", "version", "role", "inputs", "output", "decision", "actual")
    by_name = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    part = {name: list(by_name.get(name, ())) for name in names}
    inputs = np.frombuffer(b"".join(part["inputs"]), dtype="<f4")
    return Window(
        at=np.array(part["at"], dtype=np.float64),
        prediction_id=part["id"],
        unit=[who or unit_of(row) for who, row in zip(part["unit"], part["inputs"], strict=True)],
        model_version=np.array(part["version"], dtype=np.str_),
        role=np.array(part["role"], dtype=np.str_),
        inputs=inputs.reshape(-1, len(columns())),
        output=np.array(part["output"], dtype=np.float64),
        decision=np.array(part["decision"], dtype=np.float64),
        actual=np.array(part["actual"], dtype=np.float64),
    )
