"""The calls of every run: each is written down before it is made, and what came of it after."""

from dataclasses import dataclass
from datetime import UTC, datetime
from time import time
from typing import Literal
from uuid import uuid4

from app.runs.limits import Limits
from app.service.store import Store

Kind = Literal["model", "tool"]
DAY_SECONDS = 86_400
SCHEMA = (
    """CREATE TABLE IF NOT EXISTS calls (
        call_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, day TEXT NOT NULL, kind TEXT NOT NULL,
        agent TEXT NOT NULL, name TEXT NOT NULL, ref TEXT NOT NULL, started DOUBLE PRECISION,
        finished DOUBLE PRECISION, status TEXT NOT NULL, tokens DOUBLE PRECISION NOT NULL,
        dollars DOUBLE PRECISION, arguments TEXT NOT NULL, problem TEXT NOT NULL, result TEXT)""",
    "CREATE INDEX IF NOT EXISTS calls_run ON calls (run_id)",
    "CREATE INDEX IF NOT EXISTS calls_day ON calls (day)",
)
# One statement, so that two workers of a run can't both take its last call.
RESERVE = """INSERT INTO calls
    SELECT ?, ?, ?, ?, ?, ?, ?, CAST(? AS DOUBLE PRECISION), NULL, 'begun',
        CAST(? AS DOUBLE PRECISION), CAST(? AS DOUBLE PRECISION), CAST(? AS TEXT), '', NULL
    WHERE (SELECT COUNT(*) FROM calls WHERE run_id = ? AND kind = ?) < CAST(? AS DOUBLE PRECISION)
    AND (SELECT COALESCE(SUM(tokens), 0) FROM calls WHERE run_id = ?)
        + CAST(? AS DOUBLE PRECISION) <= CAST(? AS DOUBLE PRECISION)
    AND (SELECT COALESCE(SUM(dollars), 0) FROM calls WHERE run_id = ?)
        + COALESCE(CAST(? AS DOUBLE PRECISION), 0) <= CAST(? AS DOUBLE PRECISION)
    AND (SELECT COALESCE(SUM(dollars), 0) FROM calls WHERE day = ?)
        + COALESCE(CAST(? AS DOUBLE PRECISION), 0) <= CAST(? AS DOUBLE PRECISION)"""
SETTLE = """UPDATE calls SET finished = ?, status = ?, tokens = ?, dollars = ?, problem = ?,
    result = ? WHERE call_id = ?"""
RESULT = """SELECT result FROM calls
    WHERE run_id = ? AND agent = ? AND ref = ? AND status = 'done' LIMIT 1"""
SPENT = """SELECT
    COALESCE(SUM(CASE WHEN kind = 'model' THEN 1 ELSE 0 END), 0),
    COALESCE(SUM(CASE WHEN kind = 'tool' THEN 1 ELSE 0 END), 0),
    COALESCE(SUM(tokens), 0), COALESCE(SUM(dollars), 0),
    COALESCE(SUM(CASE WHEN dollars IS NULL THEN 1 ELSE 0 END), 0)
    FROM calls WHERE run_id = ?"""
FORGET = """UPDATE calls SET run_id = '', ref = '', arguments = '', problem = '', result = NULL
    WHERE run_id = ?"""
FORGOTTEN = "DELETE FROM calls WHERE run_id = '' AND started < ?"
OF_DAY = "SELECT COALESCE(SUM(dollars), 0) FROM calls WHERE day = ?"
COSTS = """SELECT COALESCE(SUM(tokens), 0), COALESCE(SUM(dollars), 0),
    COUNT(*) - COUNT(dollars) FROM calls WHERE started >= ?"""
OF_RUN = """SELECT kind, agent, name, ref, started, finished, status, tokens, dollars,
    arguments, problem FROM calls WHERE run_id = ? ORDER BY started, call_id"""


@dataclass(frozen=True)
class Asked:
    """A call that somebody wants to make.

    Attributes:
        kind: Of a model or of a tool.
        agent: Who makes it.
        name: Of the model or tool.
        ref: Of a tool call: one that is repeated after a crash has the same.
        tokens: At most, read and written; 0 for tools.
        dollars: At most; None where the price is unknown.
        arguments: Of a tool call, to be shown.
    """

    kind: Kind
    agent: str
    name: str
    ref: str = ""
    tokens: float = 0
    dollars: float | None = 0.0
    arguments: str = ""


@dataclass(frozen=True)
class Call:
    """A call as it is written down; `started` and `finished` are seconds since 1970.

    A call that began and has no end was cut off, or goes on. `dollars` is None where the price is
    unknown; `problem` says why a call failed.
    """

    kind: Kind
    agent: str
    name: str
    ref: str
    started: float
    finished: float | None
    status: str
    tokens: float
    dollars: float | None
    arguments: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Spent:
    """What a run has used; `dollars` is None where the price of a call is unknown."""

    model_calls: int
    tool_calls: int
    tokens: int
    dollars: float | None


def today() -> str:
    """Returns the day in UTC, as in `2026-01-31`."""
    return datetime.fromtimestamp(time(), UTC).date().isoformat()


class Calls:
    """The calls in a store. Every method may raise `StoreAwayError`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.create(SCHEMA)

    def reserve(self, run_id: str, asked: Asked, limits: Limits) -> str | None:
        """Sets aside what a call may cost at most.

        Returns:
            The id to settle it by; None: so much is not left.
        """
        call_id, day = uuid4().hex, today()
        most = limits.model_calls if asked.kind == "model" else limits.tool_calls
        row = (call_id, run_id, day, asked.kind, asked.agent, asked.name, asked.ref)
        cost = (time(), asked.tokens, asked.dollars, asked.arguments)
        counts = (run_id, asked.kind, most, run_id, asked.tokens, limits.tokens)
        dollars = (run_id, asked.dollars, limits.dollars, day, asked.dollars, limits.daily_dollars)
        values = (*row, *cost, *counts, *dollars)
        return call_id if self._store.execute(RESERVE, values) else None

    def settle(
        self,
        call_id: str,
        status: str,
        tokens: float = 0,
        dollars: float | None = 0.0,
        result: str | None = None,
        problem: str = "",
    ) -> None:
        """Puts what a call did cost in place of what was set aside; may be repeated.

        Args:
            call_id: As `reserve` returned it.
            status: `done` or `failed`.
            tokens: Read and written.
            dollars: None where the price is unknown.
            result: What a tool gave; never asked for again.
            problem: Why it failed.
        """
        values = (time(), status, tokens, dollars, problem, result, call_id)
        self._store.execute(SETTLE, values)

    def result(self, run_id: str, agent: str, ref: str) -> str | None:
        """Returns what a tool call of a run has given, or None if it was not done to the end."""
        rows = self._store.query(RESULT, (run_id, agent, ref))
        return rows[0][0] if rows else None

    def spent(self, run_id: str) -> Spent:
        """Returns what a run has used, or set aside."""
        models, tools, tokens, dollars, unknown = self._store.query(SPENT, (run_id,))[0]
        return Spent(int(models), int(tools), int(tokens), None if unknown else float(dollars))

    def of_run(self, run_id: str) -> list[Call]:
        """Returns the calls of a run, oldest first."""
        return [Call(*row) for row in self._store.query(OF_RUN, (run_id,))]

    def dollars_of(self, day: str) -> float:
        """Returns what models have cost on a day, where it is known, what is set aside included."""
        return float(self._store.query(OF_DAY, (day,))[0][0])

    def costs(self, since: float) -> tuple[int, float, int]:
        """Returns tokens, dollars and the number of calls without a price since a time."""
        tokens, dollars, unpriced = self._store.query(COSTS, (since,))[0]
        return int(tokens), float(dollars), int(unpriced)

    def delete(self, run_ids: list[str]) -> None:
        """Deletes the calls of runs; of today's the cost stays for a day, and nothing else."""
        for run_id in run_ids:
            self._store.execute(
                "DELETE FROM calls WHERE run_id = ? AND day <> ?", (run_id, today())
            )
            self._store.execute(FORGET, (run_id,))
        self._store.execute(FORGOTTEN, (time() - DAY_SECONDS,))
