"""The one effect of this system: approved memos, and the exceptions that they ask for, on record.

It stands for whatever yours would be, a ticket or a mail, and shows what such an effect needs: each
record has a key that follows from the run, so whoever repeats it after a crash changes nothing.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from app.agents.state import Json
from app.service.store import Store

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS memos (
        run_id TEXT PRIMARY KEY, question TEXT NOT NULL, memo TEXT NOT NULL,
        published TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS exceptions (
        record_key TEXT PRIMARY KEY, run_id TEXT NOT NULL, subject TEXT NOT NULL,
        rule TEXT NOT NULL, reason TEXT NOT NULL, recorded TEXT NOT NULL)""",
)
EXCEPTION = "INSERT INTO exceptions VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
MEMO = "INSERT INTO memos VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
FOUND = """SELECT record_key, subject, rule, reason, recorded FROM exceptions
    WHERE run_id = ? ORDER BY record_key"""


@dataclass(frozen=True)
class Record:
    """An exception on record; `recorded` is the time in UTC, ISO 8601."""

    record_key: str
    subject: str
    rule: str
    reason: str
    recorded: str


class Register:
    """The records in a store. Every method may raise `StoreAwayError`; then repeat it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.create(SCHEMA)

    def publish(self, run_id: str, question: str, memo: Json) -> Json:
        """Records an approved memo and its exceptions, once, however often it is asked to.

        Returns:
            `recorded`, the time, and `exceptions`, the keys, as the first call wrote them.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [
            (f"{run_id}-{at}", run_id, one["subject"], one["rule"], one["reason"], now)
            for at, one in enumerate(memo["exceptions"], 1)
        ]
        self._store.executemany(EXCEPTION, rows)
        # Last: where there is a memo, its exceptions are all there.
        self._store.execute(MEMO, (run_id, question, json.dumps(memo, ensure_ascii=False), now))
        time = self._store.query("SELECT published FROM memos WHERE run_id = ?", (run_id,))
        return {
            "recorded": time[0][0],
            "exceptions": [one.record_key for one in self.exceptions(run_id)],
        }

    def delete(self, run_ids: list[str]) -> None:
        """Deletes what runs put on record."""
        for run_id in run_ids:
            self._store.execute("DELETE FROM memos WHERE run_id = ?", (run_id,))
            self._store.execute("DELETE FROM exceptions WHERE run_id = ?", (run_id,))

    def exceptions(self, run_id: str) -> list[Record]:
        """Returns the exceptions that a run put on record."""
        return [Record(*row) for row in self._store.query(FOUND, (run_id,))]
