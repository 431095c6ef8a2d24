"""What models may cost in a day: reserved before a call, settled after it, and kept in the store.

A restart forgets nothing where the store persists, and several processes on one store share the
day's budget. Processes that reserve in the same moment on Postgres may go beyond it by an answer.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from time import time

from app.service.store import Store

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS spending (
        call_id TEXT PRIMARY KEY, day TEXT NOT NULL, dollars DOUBLE PRECISION,
        tokens DOUBLE PRECISION NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS spending_day ON spending (day)",
)
# One statement, so that two answers can't both take the last dollar.
RESERVE = """INSERT INTO spending
    SELECT ?, ?, CAST(? AS DOUBLE PRECISION), CAST(? AS DOUBLE PRECISION)
    WHERE (SELECT COALESCE(SUM(dollars), 0) FROM spending WHERE day = ?)
        + COALESCE(CAST(? AS DOUBLE PRECISION), 0) <= CAST(? AS DOUBLE PRECISION)
    AND (SELECT COALESCE(SUM(tokens), 0) FROM spending WHERE day = ?)
        + CAST(? AS DOUBLE PRECISION) <= CAST(? AS DOUBLE PRECISION)
    ON CONFLICT DO NOTHING"""
SETTLE = "UPDATE spending SET dollars = ?, tokens = ? WHERE call_id = ?"
SPENT = "SELECT COALESCE(SUM(dollars), 0), COALESCE(SUM(tokens), 0) FROM spending WHERE day = ?"


@dataclass(frozen=True)
class Left:
    """What is left of a day's budget; never below 0."""

    dollars: float
    tokens: float


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


class Budget:
    """The budget of each day, in UTC. Every method may raise `StoreAwayError`.

    Args:
        store: Where spending is kept.
        dollars: A day's limit; calls whose price is unknown don't count towards it.
        tokens: A day's limit, for every call.
    """

    def __init__(self, store: Store, dollars: float, tokens: float) -> None:
        self._store = store
        self._dollars, self._tokens = dollars, tokens
        store.create(SCHEMA)

    def reserve(self, call_id: str, dollars: float | None, tokens: float) -> bool:
        """Sets aside what a call may cost at most; False: so much is not left today.

        Args:
            call_id: Names the call; the same one reserves once.
            dollars: At most; None where the price is unknown.
            tokens: At most, read and written.
        """
        day = _day(time())
        row = (call_id, day, dollars, tokens)
        limits = (day, dollars, self._dollars, day, tokens, self._tokens)
        self._store.execute(RESERVE, row + limits)
        known = "SELECT 1 FROM spending WHERE call_id = ?"
        return bool(self._store.query(known, (call_id,)))

    def settle(self, call_id: str, dollars: float | None, tokens: float) -> None:
        """Puts what a call did cost in place of what was set aside; may be repeated."""
        self._store.execute(SETTLE, (dollars, tokens, call_id))

    def left(self) -> Left:
        """Returns what is left today."""
        dollars, tokens = self._store.query(SPENT, (_day(time()),))[0]
        return Left(max(self._dollars - dollars, 0.0), max(self._tokens - tokens, 0.0))

    def purge(self, days: float) -> None:
        """Deletes what was spent on days older than this; today's stays."""
        self._store.execute(
            "DELETE FROM spending WHERE day < ?", (_day(time() - max(days, 1) * 86_400),)
        )
