"""Writes records in the background, so that no answer waits for the store or fails with it."""

import logging
from collections import deque
from collections.abc import Sequence
from threading import Condition, Event, Lock, Thread
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge

from app.service.store import Row, Store, StoreAwayError

# Seconds between two looks at the queue, and what a killed process loses at most in quiet times.
# Looking by the clock costs less than being woken by each record.
PAUSE = 0.2
MOST_DOUBLINGS = 5  # of the pause between two tries while the store is away: 6.4 s
BATCH_ROWS = 2000  # after which a transaction takes no further entry
CAPACITY = 50_000  # rows; about 20 MB of predictions
CLOSE_SECONDS = 5.0

logger = logging.getLogger("app.store")


class _Entry(NamedTuple):
    """What one `put` gave: written, or dropped, as a whole."""

    number: int
    sql: str
    rows: Sequence[Row]


class Writer:
    """A queue in memory, and a thread that empties it into the store by the batch.

    While the store is away the queue grows; when it is full the oldest are dropped, because what
    is asked for next, by feedback and by the monitor, is what came last.

    Args:
        store: Where to write.
        registry: Where the writer's metrics go.
        capacity: Most rows that wait; CAPACITY where it is not given.

    Attributes:
        waiting: Rows that are not written yet.
        dropped: Rows that never will be.
    """

    def __init__(
        self, store: Store, registry: CollectorRegistry, capacity: int | None = None
    ) -> None:
        self.waiting = self.dropped = 0
        self._store = store
        self._capacity = capacity or CAPACITY
        self._queue: deque[_Entry] = deque()
        self._batch: list[_Entry] = []  # taken from the queue, not yet written
        self._number = 0
        self._failures = 0  # in a row
        self._closing = self._closed = False
        self._lock = Lock()
        self._changed = Condition(self._lock)
        self._wake = Event()
        self._written = Counter(
            "store_records_written", "Records written to the store.", registry=registry
        )
        self._lost = Counter(
            "store_records_dropped",
            "Records lost: the store was away too long, or refused them.",
            registry=registry,
        )
        self._last = Gauge(
            "store_last_write_timestamp_seconds",
            "When records were last written, in seconds since 1970; 0 before the first time.",
            registry=registry,
        )
        Gauge(
            "store_queue_length", "Records that wait for the store.", registry=registry
        ).set_function(lambda: self.waiting)
        self._thread = Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    @property
    def is_behind(self) -> bool:
        """Whether the store works and is too slow: whoever brings many rows should wait a moment.

        While it is away nobody waits: then answers matter more than records.
        """
        return not self._failures and self.waiting > self._capacity / 2

    def put(self, sql: str, rows: Sequence[Row]) -> None:
        """Queues rows for `Store.executemany`; never waits for the store.

        Args:
            sql: An insert that may be repeated (`ON CONFLICT DO NOTHING`).
            rows: The values, one sequence a row.
        """
        with self._lock:
            self._number += 1
            self.waiting += len(rows)
            self._queue.append(_Entry(self._number, sql, rows))
            while self._queue and (self._closed or self.waiting > self._capacity):
                self._drop([self._queue.popleft()])

    def flush(self, timeout: float) -> bool:
        """Waits until all that was put before is written or dropped.

        Args:
            timeout: Seconds.

        Returns:
            False: It takes longer.
        """
        with self._changed:
            last = self._number
            self._wake.set()
            return self._changed.wait_for(lambda: self._oldest() > last, timeout)

    def close(self, timeout: float = CLOSE_SECONDS) -> int:
        """Writes what can be written in time, and ends.

        Args:
            timeout: Seconds.

        Returns:
            How many records are lost.
        """
        self._closing = True
        self.flush(timeout)
        with self._lock:
            self._closed = True
            lost = self.waiting
            self._drop([*self._batch, *self._queue])
            self._queue.clear()
            self._batch = []
        if self.dropped:
            logger.error("records lost in all", extra={"records": self.dropped})
        self._wake.set()
        self._thread.join(PAUSE)
        return lost

    def _oldest(self) -> float:
        return next((entry.number for entry in (*self._batch, *self._queue)), float("inf"))

    def _drop(self, entries: Sequence[_Entry]) -> None:
        rows = sum(len(entry.rows) for entry in entries)
        if rows and (not self.dropped or self._closed):
            logger.error("records are lost", extra={"records": rows, "store": self._store.place})
        self.dropped += rows
        self.waiting -= rows
        self._lost.inc(rows)

    def _run(self) -> None:
        while not self._closed:
            doublings = 0 if self._closing else min(self._failures, MOST_DOUBLINGS)
            self._wake.wait(PAUSE * 2**doublings)
            self._wake.clear()
            while (batch := self._take()) and self._write(batch):
                pass

    def _take(self) -> list[_Entry]:
        """Fills the batch with what has waited longest, unless one is left from before."""
        with self._lock:
            rows = BATCH_ROWS if self._batch else 0
            while self._queue and rows < BATCH_ROWS:
                if self._batch and self._batch[0].sql != self._queue[0].sql:
                    break
                self._batch.append(self._queue.popleft())
                rows += len(self._batch[-1].rows)
            return self._batch

    def _write(self, batch: list[_Entry]) -> bool:
        """Tries to write the batch; False: the store is away, and the batch stays."""
        try:
            self._store.executemany(batch[0].sql, [row for entry in batch for row in entry.rows])
        except StoreAwayError as error:
            if not self._failures:
                logger.warning(error.problem, extra={"waiting": self.waiting})
            self._failures += 1
            return False
        except Exception:  # what can never be written must not hold up the rest
            logger.exception("the store refuses records")
            self._finish(batch, written=False)
        else:
            if self._failures:
                logger.warning("the store works again", extra={"dropped": self.dropped})
            self._failures = 0
            self._finish(batch, written=True)
        return True

    def _finish(self, batch: list[_Entry], *, written: bool) -> None:
        with self._changed:
            if self._batch is not batch:  # `close` had to give it up
                return
            self._batch = []
            if not written:
                self._drop(batch)
            else:
                rows = sum(len(entry.rows) for entry in batch)
                self.waiting -= rows
                self._written.inc(rows)
                self._last.set_to_current_time()
            self._changed.notify_all()
