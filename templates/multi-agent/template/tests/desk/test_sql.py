"""SQL of agents: it reads, whatever it says, and it ends."""

import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.desk.found import ToolRefusedError
from app.desk.sql import open_to_read
from app.desk.sql_fences import MOST_SQL
from app.desk.tools import Desk

from .small_desk import BIG, desk

WRITES = [
    "INSERT INTO plants VALUES ('oak', 1, 1)",
    "REPLACE INTO plants VALUES ('oak', 1, 1)",
    "UPDATE plants SET sold = 0",
    "DELETE FROM plants",
    "WITH gone AS (SELECT 1) DELETE FROM plants",
    "INSERT INTO plants SELECT * FROM plants RETURNING *",
    "DROP TABLE plants",
    "ALTER TABLE plants RENAME TO weeds",
    "CREATE TABLE more (x)",
    "CREATE TEMP TABLE more (x)",
    "CREATE TABLE more AS SELECT * FROM plants",
    "CREATE VIEW more AS SELECT 1",
    "CREATE TRIGGER t AFTER INSERT ON plants BEGIN SELECT 1; END",
    "CREATE INDEX i ON plants (name)",
    "CREATE VIRTUAL TABLE more USING fts5 (x)",
    "REINDEX",
    "ANALYZE",
    "VACUUM",
    "BEGIN",
    "COMMIT",
    "SAVEPOINT here",
]
OUTSIDE = [
    "ATTACH ':memory:' AS other",
    "ATTACH 'file:other.db?mode=rwc' AS other",
    "DETACH main",
    "VACUUM INTO 'copy.db'",
    "PRAGMA query_only = 0",
    "PRAGMA table_info(plants)",
    "SELECT * FROM pragma_table_info('plants')",
    "SELECT * FROM pragma_database_list",
    "SELECT load_extension('evil')",
    "SELECT writefile('x', 'y')",
    "SELECT readfile('/etc/passwd')",
    "SELECT * FROM sqlite_master",
    "SELECT sql FROM sqlite_schema",
    "SELECT name FROM plants UNION SELECT sql FROM sqlite_master",
    "SELECT (SELECT digest FROM _about)",
    'SELECT * FROM "_ABOUT"',
    "SELECT * FROM _sections",
    "SELECT * FROM _sections_content",
    "SELECT * FROM dbstat",
    "SELECT printf('%.*c', 2000000000, 'x')",
    "SELECT format('%.*c', 2000000000, 'x')",
    "SELECT zeroblob(1000000000)",
    "SELECT randomblob(1000000000)",
    "SELECT fts5(1)",
    "SELECT sqlite_compileoption_get(1)",
]
SEVERAL = [
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE plants",
    "SELECT name FROM plants WHERE name = 'x'; DELETE FROM plants; --'",
    "; ; SELECT 1; SELECT 2",
]
ENDLESS = [
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n ORDER BY -i",
    "SELECT count(*) FROM " + ", ".join(f"plants AS n{at}" for at in range(40)),  # noqa: S608
]
HUGE = [
    f"SELECT replace({BIG}, 'd', 'eeeeeeeeee')",
    f"SELECT {BIG} || {BIG} || {BIG} || {BIG} || {BIG} || {BIG}",
    f"SELECT group_concat({BIG}) FROM plants, plants AS b",  # noqa: S608
    "WITH RECURSIVE n(t) AS (SELECT 'x' UNION ALL SELECT t || t FROM n) SELECT length(t) FROM n",
    f"SELECT '{'x' * MOST_SQL}'",
    f"SELECT {', '.join(['1'] * 501)}",
    "SELECT " + "(1 + " * 150 + "1" + ")" * 150,
    " UNION ALL ".join(["SELECT 1"] * 21),
    "SELECT ?",
    "SELECT :name",
    "SELECT '\x00'",
    "SELECT '\ud800'",
    "",
    "-- nothing",
    "SELECT nothing FROM nowhere",
    "SELECT CAST(x'ff' AS TEXT)",
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk(tmp_path_factory.mktemp("desk"), seconds=0.2)


@pytest.mark.parametrize("query", WRITES + OUTSIDE)
def test_what_is_not_reading_is_refused(small: Desk, query: str) -> None:
    with pytest.raises(ToolRefusedError) as refused:
        small.run_sql(query)
    assert refused.value.problem
    assert refused.value.remedy
    assert small.run_sql("SELECT count(*) FROM plants")["rows"] == [{"count(*)": 3}]


@pytest.mark.parametrize("query", SEVERAL)
def test_several_statements_are_refused(small: Desk, query: str) -> None:
    with pytest.raises(ToolRefusedError, match="one statement"):
        small.run_sql(query)


@pytest.mark.parametrize("query", ENDLESS)
def test_what_would_not_end_is_ended(small: Desk, query: str) -> None:
    start = monotonic()
    with pytest.raises(ToolRefusedError, match=r"ended after 0\.2 s"):
        small.run_sql(query)
    assert monotonic() - start < 5


@pytest.mark.parametrize("query", HUGE)
def test_what_is_too_much_or_no_sql_is_refused(small: Desk, query: str) -> None:
    with pytest.raises(ToolRefusedError):
        small.run_sql(query)


def test_the_file_is_open_for_reading_even_without_the_other_fences(tmp_path: Path) -> None:
    desk(tmp_path)
    with (
        closing(open_to_read(tmp_path / "made" / "desk.db")) as connection,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        connection.execute("DELETE FROM plants")


def test_nothing_is_written_beside_the_file_either(tmp_path: Path) -> None:
    small = desk(tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    for query in (*WRITES, *OUTSIDE, *SEVERAL):
        with pytest.raises(ToolRefusedError):
            small.run_sql(query)
    assert before == {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from([
            "SELECT", "FROM plants", "*", "name", "(", ")", ";", "'", '"', "--", "/*", "PRAGMA",
            "DROP TABLE plants", "DELETE FROM plants", "UNION", "WITH x AS (SELECT 1)", "WHERE 1",
            "ORDER BY 1",
        ])
        | st.text(max_size=8)
    ).map(" ".join)
)  # fmt: skip
def test_any_text_finds_something_or_is_refused(small: Desk, query: str) -> None:
    try:
        found = small.run_sql(query)
    except ToolRefusedError:
        return
    assert len(found["rows"]) <= found["row_count"]
