"""What every store promises, on SQLite and on Postgres alike; and how each says no."""

import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from app.service import databases
from app.service.errors import UserError
from app.service.store import GROUP, Store, StoreAwayError, open_store

from .stores import Postgres, start_python

ROOT = Path(__file__).parents[2]
TABLE = ("CREATE TABLE IF NOT EXISTS notes (id TEXT PRIMARY KEY, n DOUBLE PRECISION, b BYTEA)",)
ADD = "INSERT INTO notes (id, n, b) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""
CREATE_AND_ADD = """
import sys
from app.service.store import open_store
url, name, create, add = sys.argv[1:]
sys.stdin.readline()
store = open_store(url)
store.create([create])
for part in range(20):
    store.executemany(add, [(f"{name}-{part}-{k}", k, b"") for k in range(60)])
"""


@pytest.fixture
def store(store_url: str) -> Store:
    opened = open_store(store_url)
    opened.create(TABLE)
    return opened


def count(store: Store) -> int:
    return int(store.query("SELECT COUNT(*) FROM notes")[0][0])


@pytest.mark.parametrize("n", [0, 1, GROUP - 1, GROUP, 2 * GROUP + 1])
def test_all_rows_arrive_as_they_were_given(store: Store, n: int) -> None:
    rows = [(f"Ü {k} ? %s", k / 3, bytes([k % 256, 0])) for k in range(n)]
    store.executemany(ADD, rows)
    assert sorted(store.query("SELECT id, n, b FROM notes")) == sorted(rows)


def test_an_insert_may_be_repeated(store: Store) -> None:
    for _ in range(2):
        store.executemany(ADD, [(str(k), k, b"") for k in range(GROUP + 3)])
    assert count(store) == GROUP + 3


def test_a_batch_with_one_bad_row_leaves_nothing_behind(store: Store) -> None:
    rows = [(str(k), k, b"") for k in range(GROUP)]
    with pytest.raises((sqlite3.Error, psycopg.Error)):
        store.executemany(ADD, [*rows, ("x", {"not": "a value"}, b"")])
    assert count(store) == 0
    store.executemany(ADD, rows)
    assert count(store) == GROUP


def test_a_mistake_in_a_statement_is_not_taken_for_a_store_that_is_away(store: Store) -> None:
    for sql in ("SELECT * FROM no_such_table", "no sql"):
        with pytest.raises((sqlite3.Error, psycopg.Error)):
            store.query(sql)


def test_a_change_tells_how_many_rows_it_changed(store: Store) -> None:
    store.executemany(ADD, [(str(k), k, None) for k in range(5)])
    assert store.execute("DELETE FROM notes WHERE n < ?", (2,)) == 2


def test_a_session_keeps_what_it_commits_and_nothing_else(store: Store) -> None:
    insert = "INSERT INTO notes (id, n) VALUES ('{}', 1)"

    def work(cursor: Any) -> str:  # noqa: ANN401
        cursor.execute("BEGIN")
        cursor.execute(insert.format("kept"))
        cursor.execute("COMMIT")
        cursor.execute("BEGIN")
        cursor.execute(insert.format("left open"))
        assert count(store) == 1  # others don't see it
        return "done"

    def fail(cursor: Any) -> None:  # noqa: ANN401
        cursor.execute("BEGIN")
        cursor.execute(insert.format("failed"))
        raise ValueError("of the work's own")

    assert store.session(work) == "done"
    with pytest.raises(ValueError, match="own"):
        store.session(fail)
    assert store.query("SELECT id FROM notes") == [("kept",)]


def test_several_statements_read_with_one_cursor(store: Store) -> None:
    def work(cursor: Any) -> list[Any]:  # noqa: ANN401
        return [cursor.execute(f"SELECT {n}").fetchone()[0] for n in (1, 2)]

    assert store.read(work) == [1, 2]


def test_many_threads_use_one_store(store: Store) -> None:
    def work(thread: int) -> int:
        for part in range(5):
            store.executemany(ADD, [(f"{thread}-{part}-{k}", k, b"") for k in range(70)])
        return count(store)

    with ThreadPoolExecutor(8) as pool:
        assert max(pool.map(work, range(8))) == 8 * 5 * 70


def test_several_processes_create_and_fill_the_same_table(store_url: str) -> None:
    processes = [
        start_python(CREATE_AND_ADD, store_url, str(name), TABLE[0], ADD, folder=ROOT)
        for name in range(4)
    ]
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=50)
        assert process.returncode == 0
    assert count(open_store(store_url)) == 4 * 20 * 60


def test_whoever_comes_first_waits_for_who_is_writing_into_the_new_file(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(open_store, f"sqlite:///{file}")
        with pytest.raises(TimeoutError):
            opening.result(0.1)
        other.execute("COMMIT")
        opening.result(5).create(TABLE)
    other.close()


def test_a_reader_in_another_process_is_not_kept_waiting_by_a_writer(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    store = open_store(f"sqlite:///{file}")
    store.create(TABLE)
    store.execute(ADD, ("a", 1, b""))
    locking = start_python(LOCK, str(file), folder=ROOT)
    assert locking.stdout
    assert locking.stdout.readline() == "locked\n"
    try:
        assert count(store) == 1
    finally:
        locking.communicate(timeout=10)


def test_a_locked_file_is_a_store_that_is_away_until_it_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "WAIT_SECONDS", 0.1)
    file = tmp_path / "app.db"
    store = open_store(f"sqlite:///{file}")
    store.create(TABLE)
    locking = start_python(LOCK, str(file), folder=ROOT)
    assert locking.stdout
    locking.stdout.readline()
    with pytest.raises(StoreAwayError, match="locked"):
        store.execute(ADD, ("a", 1, b""))
    locking.communicate(timeout=10)
    assert store.execute(ADD, ("a", 1, b"")) == 1


def test_a_full_disk_is_a_store_that_is_away_and_keeps_what_it_has(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'app.db'}")
    store.create(TABLE)
    store.execute(ADD, ("first", 1, b""))
    # The connection's own idea of a full disk; it is gone with the connection.
    store._write.run(lambda cursor: cursor.execute("PRAGMA max_page_count = 10").fetchall())
    rows = [(str(k), k, bytes(1000)) for k in range(200)]
    with pytest.raises(StoreAwayError, match="full"):
        store.executemany(ADD, rows)
    assert count(store) == 1
    store.executemany(ADD, rows)
    assert count(store) == 201


@pytest.mark.postgres
def test_after_a_restart_of_postgres_the_same_store_goes_on(postgres: Postgres) -> None:
    store = open_store(postgres.new_database())
    store.create(TABLE)
    count(store)
    postgres.stop()
    try:
        for _ in range(2):
            with pytest.raises(StoreAwayError):
                count(store)
            with pytest.raises(StoreAwayError):
                store.executemany(ADD, [("a", 1, b"")])
    finally:
        postgres.start()
    store.executemany(ADD, [("a", 1, b"")])
    assert count(store) == 1


def test_what_is_deleted_is_not_left_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    store = open_store(f"sqlite:///{file}")
    store.create(TABLE)
    store.executemany(ADD, [(f"a secret {k}", 1, b"") for k in range(100)])
    store.execute("DELETE FROM notes")
    store.close()
    assert b"secret" not in file.read_bytes()
    assert not file.with_name("app.db-wal").exists()


@pytest.mark.parametrize(
    "url", ["", "app.db", "mysql://root:hunter2@host/x", "sqlite:///", "sqlite:///:memory:"]
)
def test_an_address_of_no_store_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(UserError) as refused:
        open_store(url)
    assert "DATABASE_URL" in refused.value.problem
    assert "hunter2" not in refused.value.problem + refused.value.remedy


def test_a_folder_that_can_t_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="file"):
        open_store(f"sqlite:///{tmp_path}/file/below/app.db")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("not a database, but long enough to look like one\n" * 50, encoding="utf-8")
    with pytest.raises(UserError, match=r"notes\.db"):
        open_store(f"sqlite:///{file}")


def test_a_relative_file_is_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:///var/app.db").close()
    assert (tmp_path / "var" / "app.db").exists()


@pytest.mark.parametrize("secret", ["pass/word", "p@ss@word", "12#34/x", "a%zzb", "plain"])
def test_a_postgres_that_does_not_answer_is_named_without_the_password(secret: str) -> None:
    with pytest.raises(UserError) as refused:
        open_store(f"postgresql://user:{secret}@127.0.0.1:1/name")
    parts = (secret, "ss@word", "p@ss", "pass/", "word@", "zzb", "12#")
    assert not any(part in refused.value.problem for part in parts)


@pytest.mark.postgres
@pytest.mark.skipif(sys.platform == "win32", reason="there the wheel's server has other rules")
def test_a_wrong_password_is_said_and_not_shown(postgres: Postgres) -> None:
    uri = postgres.new_database()
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("CREATE ROLE guarded LOGIN PASSWORD 'the right one'")
        row = connection.execute("SHOW hba_file").fetchone()
        assert row
        rules = Path(row[0])
        rules.write_text("local all guarded scram-sha-256\n" + rules.read_text(encoding="utf-8"))
        connection.execute("SELECT pg_reload_conf()")
    with_user = uri.replace("postgres:@", "guarded:{}@", 1)
    with pytest.raises(UserError, match="password authentication failed") as refused:
        open_store(with_user.format("hunter2"))
    assert "hunter2" not in refused.value.problem + refused.value.remedy
    assert open_store(with_user.format(quote("the right one"))).query("SELECT 1") == [(1,)]
