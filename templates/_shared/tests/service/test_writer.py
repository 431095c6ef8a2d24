"""Records reach the store in the background, whatever becomes of the store meanwhile."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from app.service import databases
from app.service import writer as writer_module
from app.service.store import Store, open_store
from app.service.writer import BATCH_ROWS, Writer

from .stores import Postgres, start_python

Lock = sqlite3.Connection

ROOT = Path(__file__).parents[2]
TABLE = ("CREATE TABLE IF NOT EXISTS notes (id TEXT PRIMARY KEY, n DOUBLE PRECISION)",)
ADD = "INSERT INTO notes (id, n) VALUES (?, ?) ON CONFLICT DO NOTHING"
# Says how many records are certainly in the store, and goes on.
ADD_FOREVER = """
import sys
from prometheus_client import CollectorRegistry
from app.service.store import open_store
from app.service.writer import Writer
writer = Writer(open_store(sys.argv[1]), CollectorRegistry())
put = 0
while True:
    for _ in range(20):
        writer.put(sys.argv[2], [(f"{put}-{k}", k) for k in range(7)])
        put += 1
    if writer.flush(10):
        print(put, flush=True)
"""


@pytest.fixture
def store(store_url: str) -> Store:
    opened = open_store(store_url)
    opened.create(TABLE)
    return opened


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Lock]]:
    """A store whose file somebody else is writing to, and the one who is."""
    monkeypatch.setattr(databases, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(writer_module, "PAUSE", 0.05)
    file = tmp_path / "app.db"
    store = open_store(f"sqlite:///{file}")
    store.create(TABLE)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield store, other
    other.close()


def logged(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """What the store said; others may still have something to say, such as an exporter of spans."""
    return [record for record in caplog.records if record.name == "app.store"]


def sample(registry: CollectorRegistry, name: str) -> float:
    value = registry.get_sample_value(name)
    assert value is not None
    return value


def ids(store: Store) -> list[str]:
    return [row[0] for row in store.query("SELECT id FROM notes ORDER BY id")]


def test_what_is_put_is_in_the_store_after_a_flush(store: Store) -> None:
    registry = CollectorRegistry()
    writer = Writer(store, registry)
    started = time.time()
    writer.put(ADD, [("a", 1), ("b", 2)])
    writer.put("INSERT INTO notes (n, id) VALUES (?, ?)", [(3, "c")])
    assert writer.flush(10)
    assert ids(store) == ["a", "b", "c"]
    assert sample(registry, "store_records_written_total") == 3
    assert sample(registry, "store_queue_length") == 0
    assert sample(registry, "store_last_write_timestamp_seconds") >= started
    assert writer.close() == 0


def test_without_a_flush_it_takes_a_moment(store: Store) -> None:
    writer = Writer(store, CollectorRegistry())
    writer.put(ADD, [("a", 1)])
    deadline = time.monotonic() + 10
    while writer.waiting and time.monotonic() < deadline:
        time.sleep(0.01)
    assert ids(store) == ["a"]
    writer.close()


def test_closing_writes_out_everything(store: Store) -> None:
    registry = CollectorRegistry()
    writer = Writer(store, registry)
    n = 2 * BATCH_ROWS + 10
    for k in range(n):
        writer.put(ADD, [(f"{k:06}", k)])
    assert writer.close(30) == 0
    assert len(ids(store)) == n
    assert sample(registry, "store_records_written_total") == n


def test_what_comes_after_the_end_is_counted_as_lost(store: Store) -> None:
    registry = CollectorRegistry()
    writer = Writer(store, registry)
    writer.close()
    writer.put(ADD, [("late", 1)])
    assert sample(registry, "store_records_dropped_total") == writer.dropped == 1
    assert writer.waiting == 0


def test_a_store_that_is_away_gets_everything_when_it_is_back(
    locked: tuple[Store, Lock], caplog: pytest.LogCaptureFixture
) -> None:
    store, other = locked
    writer = Writer(store, CollectorRegistry())
    for k in range(5):
        writer.put(ADD, [(str(k), k)])
    assert not writer.flush(0.3)
    assert writer.waiting == 5
    other.execute("ROLLBACK")
    assert writer.flush(10)
    assert ids(store) == list("01234")
    assert writer.close() == 0
    said = [record.getMessage() for record in logged(caplog)]
    assert len([line for line in said if "locked" in line]) == 1  # not at each try
    assert said[-1] == "the store works again"


def test_a_full_queue_drops_the_oldest_and_counts_them(
    locked: tuple[Store, Lock], caplog: pytest.LogCaptureFixture
) -> None:
    store, other = locked
    registry = CollectorRegistry()
    writer = Writer(store, registry, capacity=10)
    put = 100
    for k in range(put):
        writer.put(ADD, [(f"{k:03}", k)])
    assert sample(registry, "store_queue_length") == 10
    assert sample(registry, "store_records_dropped_total") == writer.dropped == put - 10
    other.execute("ROLLBACK")
    assert writer.flush(10)
    kept = ids(store)
    assert len(kept) == 10
    assert kept[-1] == f"{put - 1:03}"
    assert any(record.levelname == "ERROR" for record in logged(caplog))
    writer.close()


def test_it_is_behind_with_half_a_queue_to_write(store: Store) -> None:
    writer = Writer(store, CollectorRegistry(), capacity=10)
    behind = []
    for rows in ([(str(k), k) for k in range(5)], [("one more", 1)]):
        writer.put(ADD, rows)
        behind.append(writer.is_behind)
    assert writer.flush(10)
    assert [*behind, writer.is_behind] == [False, True, False]
    writer.close()


def test_while_the_store_is_away_nobody_is_asked_to_wait(locked: tuple[Store, Lock]) -> None:
    writer = Writer(locked[0], CollectorRegistry(), capacity=10)
    writer.put(ADD, [(str(k), k) for k in range(8)])
    assert not writer.flush(0.5)
    assert not writer.is_behind
    writer.close(0.1)


def test_more_rows_at_once_than_fit_are_dropped_whole(store: Store) -> None:
    writer = Writer(store, CollectorRegistry(), capacity=3)
    writer.put(ADD, [(str(k), k) for k in range(4)])
    assert writer.dropped == 4
    writer.put(ADD, [("fits", 1)])
    assert writer.flush(10)
    assert ids(store) == ["fits"]
    writer.close()


def test_records_that_the_store_can_never_take_don_t_hold_up_the_others(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    registry = CollectorRegistry()
    writer = Writer(store, registry)
    writer.put("INSERT INTO no_such_table VALUES (?)", [(1,)])
    writer.put(ADD, [("good", 1)])
    assert writer.flush(10)
    assert ids(store) == ["good"]
    assert sample(registry, "store_records_dropped_total") == 1
    assert any(record.exc_info for record in logged(caplog))
    writer.close()


def test_closing_while_the_store_is_away_ends_in_time_and_says_what_is_lost(
    locked: tuple[Store, Lock], caplog: pytest.LogCaptureFixture
) -> None:
    store, _ = locked
    registry = CollectorRegistry()
    writer = Writer(store, registry)
    writer.put(ADD, [("a", 1), ("b", 2)])
    started = time.monotonic()
    assert writer.close(0.5) == 2
    assert time.monotonic() - started < 3
    assert sample(registry, "store_records_dropped_total") == 2
    errors = [record for record in logged(caplog) if record.levelname == "ERROR"]
    # As they were dropped, and in all.
    assert [vars(record)["records"] for record in errors] == [2, 2]


def test_closing_tries_again_at_short_intervals_however_long_the_store_was_away(
    locked: tuple[Store, Lock],
) -> None:
    store, other = locked
    writer = Writer(store, CollectorRegistry())
    writer.put(ADD, [("a", 1)])
    while not writer._failures:
        time.sleep(0.01)
    writer._failures = 99
    with ThreadPoolExecutor(1) as threads:
        closing = threads.submit(writer.close, 1.0)
        time.sleep(0.2)
        other.execute("ROLLBACK")
        assert closing.result() == 0
    assert ids(store) == ["a"]


@pytest.mark.postgres
def test_a_restart_of_postgres_loses_nothing(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "PAUSE", 0.05)
    store = open_store(postgres.new_database())
    store.create(TABLE)
    writer = Writer(store, CollectorRegistry())
    writer.put(ADD, [("before", 1)])
    assert writer.flush(10)
    postgres.stop()
    try:
        writer.put(ADD, [("meanwhile", 1)])
        assert not writer.flush(0.3)
    finally:
        postgres.start()
    writer.put(ADD, [("after", 1)])
    assert writer.flush(20)
    assert ids(store) == ["after", "before", "meanwhile"]
    assert writer.close() == 0


def test_a_killed_process_loses_no_record_that_was_written_and_leaves_no_half_one(
    store: Store, store_url: str
) -> None:
    process = start_python(ADD_FOREVER, store_url, ADD, folder=ROOT)
    assert process.stdout
    written = [int(process.stdout.readline()) for _ in range(3)]
    process.kill()
    rest, _ = process.communicate()
    written += [int(line) for line in rest.splitlines() if line]
    found = [int(name.split("-")[0]) for name in ids(store)]
    assert set(found) >= set(range(written[-1] - 1))  # the last line may be cut off
    assert all(found.count(number) == 7 for number in set(found))
