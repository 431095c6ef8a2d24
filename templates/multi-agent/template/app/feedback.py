"""What people said about runs."""

import time
import uuid
from dataclasses import dataclass
from typing import Literal

from app.service.store import Store

Thumb = Literal["up", "down"]
SCHEMA = (
    """CREATE TABLE IF NOT EXISTS feedback (
        id TEXT PRIMARY KEY, run_id TEXT NOT NULL, at DOUBLE PRECISION NOT NULL, thumb TEXT,
        comment TEXT)""",
    "CREATE INDEX IF NOT EXISTS feedback_run ON feedback (run_id)",
)
NEWEST = """SELECT feedback.at, feedback.run_id, question, outcome, thumb, comment
    FROM feedback JOIN runs ON feedback.run_id = runs.run_id ORDER BY feedback.at DESC LIMIT ?"""
THUMBS = """SELECT COUNT(CASE WHEN thumb = 'up' THEN 1 END),
    COUNT(CASE WHEN thumb = 'down' THEN 1 END), COUNT(comment) FROM feedback WHERE at >= ?"""
FORGET = """DELETE FROM feedback WHERE NOT EXISTS
    (SELECT 1 FROM runs WHERE runs.run_id = feedback.run_id)"""


@dataclass(frozen=True)
class Said:
    """What somebody said about a run; `at` in seconds since 1970."""

    at: float
    run_id: str
    question: str
    outcome: str
    thumb: Thumb | None
    comment: str | None


class FeedbackLog:
    """What was said, in a store. Every method may raise `StoreAwayError`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.create(SCHEMA)

    def add(self, run_id: str, thumb: Thumb | None, comment: str | None) -> bool:
        """Keeps what somebody thinks of a run; False: there is none with this id."""
        if not self._store.query("SELECT 1 FROM runs WHERE run_id = ?", (run_id,)):
            return False
        text = comment and comment.replace("\0", "")  # Postgres keeps no NUL in a text
        row = (uuid.uuid4().hex, run_id, time.time(), thumb, text)
        self._store.execute("INSERT INTO feedback VALUES (?, ?, ?, ?, ?)", row)
        return True

    def newest(self, limit: int) -> list[Said]:
        """Returns the newest first."""
        return [Said(*row) for row in self._store.query(NEWEST, (limit,))]

    def thumbs(self, since: float) -> dict[str, int]:
        """Returns counts since a time."""
        up, down, comments = self._store.query(THUMBS, (since,))[0]
        return {"thumbs_up": up, "thumbs_down": down, "comments": comments}

    def forget(self) -> None:
        """Deletes what was said about runs that are gone."""
        self._store.execute(FORGET)
