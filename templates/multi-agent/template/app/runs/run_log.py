"""The runs: what was asked, who works on it now, and how it ended."""

import json
from dataclasses import dataclass
from time import time
from typing import Literal

from app.agents.state import Evidence, Json
from app.runs.calls import Spent
from app.service.store import Row, Store

Status = Literal["running", "waiting", "done"]
SCHEMA = (
    """CREATE TABLE IF NOT EXISTS runs (
        run_id TEXT PRIMARY KEY, question TEXT NOT NULL, model TEXT NOT NULL,
        started DOUBLE PRECISION NOT NULL, ended DOUBLE PRECISION,
        seconds DOUBLE PRECISION NOT NULL,
        status TEXT NOT NULL, outcome TEXT NOT NULL, holder TEXT NOT NULL,
        held_until DOUBLE PRECISION NOT NULL, decision TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS runs_started ON runs (started)",
)
BEGIN = "INSERT INTO runs VALUES (?, ?, ?, ?, NULL, 0, 'running', '', ?, ?, '')"
TAKE = """UPDATE runs SET holder = ?, held_until = ?
    WHERE run_id = ? AND status <> 'done' AND (held_until < ? OR holder = ?)"""
# Who is second changes nothing, and is told.
DECIDE = """UPDATE runs SET status = 'running', decision = ?, holder = ?, held_until = ?
    WHERE run_id = ? AND status = 'waiting'"""
KEEP = "UPDATE runs SET held_until = ?, seconds = ? WHERE run_id = ? AND holder = ?"
LEAVE = """UPDATE runs SET status = ?, outcome = ?, seconds = ?, ended = ?, held_until = 0
    WHERE run_id = ? AND holder = ?"""
COLUMNS = """run_id, question, model, started, ended, seconds, status, outcome, decision,
    held_until"""
FIND = f"SELECT {COLUMNS} FROM runs WHERE run_id = ?"  # noqa: S608
NEWEST = f"SELECT {COLUMNS} FROM runs ORDER BY started DESC LIMIT 50"  # noqa: S608


ABANDONED = """SELECT run_id FROM runs WHERE status = 'running' AND held_until > 0
    AND held_until < ? ORDER BY started LIMIT 100"""
HAND_OVER = """UPDATE runs SET held_until = ?
    WHERE run_id = ? AND status = 'running' AND held_until = 0"""
BROKEN_OFF = "SELECT run_id FROM runs WHERE status = 'running' ORDER BY started LIMIT 100"
COUNTS = "SELECT outcome, COUNT(*) FROM runs WHERE started >= ? GROUP BY outcome"
WAITING = "SELECT COUNT(*), MIN(started) FROM runs WHERE status = 'waiting'"


@dataclass(frozen=True)
class Entry:
    """A run as it is written down; times are seconds since 1970."""

    run_id: str
    question: str
    model: str
    started: float
    ended: float | None
    seconds: float
    status: Status
    outcome: str
    decision: str
    held_until: float

    @property
    def decided(self) -> Json | None:
        """What a person decided, where the graph has perhaps not heard of it yet."""
        found: Json | None = json.loads(self.decision) if self.decision else None
        return found


@dataclass(frozen=True)
class Run:
    """A run, as whoever started it gets to see it.

    Attributes:
        run_id: To resume it, or to decide about it.
        question: What was asked.
        status: `waiting` for a person, `running` somewhere or broken off, or `done`.
        outcome: How it ended; empty until then.
        reason: Why, in words, unless it was published.
        memo: So far; None while there is none.
        evidence: What it rests on.
        problems: Of the reviewer.
        request: What a person is asked, while it waits.
        published: The records that it left.
        spent: Calls, tokens and dollars.
        seconds: In which somebody worked on it.
    """

    run_id: str
    question: str
    status: Status
    outcome: str
    reason: str
    memo: Json | None
    evidence: list[Evidence]
    problems: list[str]
    request: Json | None
    published: Json | None
    spent: Spent
    seconds: float


class RunLog:
    """The runs in a store. Every method may raise `StoreAwayError`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.create(SCHEMA)

    def begin(self, run_id: str, question: str, model: str, lease: "Lease") -> None:
        """Writes a new run down, held by whoever begins it."""
        now = time()
        row = (run_id, question, model, now, lease.holder, now + lease.seconds)
        self._store.execute(BEGIN, row)

    def take(self, run_id: str, lease: "Lease") -> bool:
        """Takes a run up; False: another process works on it, or it is done."""
        now = time()
        values = (lease.holder, now + lease.seconds, run_id, now, lease.holder)
        return bool(self._store.execute(TAKE, values))

    def decide(self, run_id: str, decision: Json, lease: "Lease") -> bool:
        """Notes a decision and takes the run up; False: it does not wait, or not any more."""
        written = json.dumps(decision, ensure_ascii=False)
        values = (written, lease.holder, time() + lease.seconds, run_id)
        return bool(self._store.execute(DECIDE, values))

    def keep(self, run_id: str, lease: "Lease", seconds: float) -> bool:
        """Says that the work goes on; False: somebody else has taken it."""
        return bool(
            self._store.execute(KEEP, (time() + lease.seconds, seconds, run_id, lease.holder))
        )

    def leave(
        self, run_id: str, lease: "Lease", status: Status, outcome: str, seconds: float
    ) -> None:
        """Lets go of a run."""
        ended = time() if status == "done" else None
        self._store.execute(LEAVE, (status, outcome, seconds, ended, run_id, lease.holder))

    def find(self, run_id: str) -> Entry | None:
        """Returns a run, or None."""
        rows = self._store.query(FIND, (run_id,))
        return _entry(rows[0]) if rows else None

    def newest(self) -> list[Entry]:
        """Returns the last 50, newest first."""
        return [_entry(row) for row in self._store.query(NEWEST)]

    def broken_off(self) -> list[str]:
        """Returns runs that nobody has finished: a dead process left them, or one works on them."""
        return [str(row[0]) for row in self._store.query(BROKEN_OFF)]

    def abandoned(self) -> list[str]:
        """Returns runs whose process died or handed them over; not those that an error ended."""
        return [str(row[0]) for row in self._store.query(ABANDONED, (time(),))]

    def hand_over(self, run_id: str) -> None:
        """Leaves a run that this process let go of to any other one."""
        self._store.execute(HAND_OVER, (time(), run_id))

    def outcomes(self, since: float) -> dict[str, int]:
        """Returns how many runs that began since then ended in which way; `open` has not ended."""
        return {str(row[0]) or "open": int(row[1]) for row in self._store.query(COUNTS, (since,))}

    def waiting(self) -> tuple[int, float | None]:
        """Returns how many runs wait for a person, and when the oldest began."""
        count, oldest = self._store.query(WAITING)[0]
        return int(count), oldest

    def older_than(self, days: float) -> list[str]:
        """Returns the ids of runs that began longer ago; waiting ones too."""
        limit = time() - days * 86_400
        rows = self._store.query("SELECT run_id FROM runs WHERE started < ?", (limit,))
        return [str(row[0]) for row in rows]

    def delete(self, run_ids: list[str]) -> None:
        """Deletes runs."""
        for run_id in run_ids:
            self._store.execute("DELETE FROM runs WHERE run_id = ?", (run_id,))


@dataclass(frozen=True)
class Lease:
    """Who works on a run, and for how many seconds that holds unless it is renewed."""

    holder: str
    seconds: float


def _entry(row: Row) -> Entry:
    return Entry(*row)
