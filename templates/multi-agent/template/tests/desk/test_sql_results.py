"""SQL of agents: what comes back is short, counted, and plain JSON."""

import json
import sqlite3
import sys
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from app.desk.fitting import MOST_BYTES, MOST_ROWS
from app.desk.found import Found, ToolRefusedError
from app.desk.sql_fences import MOST_TEXT
from app.desk.tools import Desk

from .small_desk import BIG, desk


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk(tmp_path_factory.mktemp("desk"))


def rows(found: Found) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in found["rows"]]


def test_common_queries_of_analysts_work(small: Desk) -> None:
    query = """WITH tall AS (SELECT * FROM plants WHERE height_cm >= 40 AND name LIKE '%r%')
        SELECT upper(substr(name, 1, 1)) AS initial, round(avg(height_cm), 1) AS mean,
          coalesce(sum(sold), 0) AS sold, rank() OVER (ORDER BY sum(sold) DESC) AS place,
          CASE WHEN count(*) > 1 THEN 'many' ELSE 'one' END AS how,
          json_extract('{"a": 5}', '$.a') AS a, date('2026-01-31', '+1 day') AS next
        FROM tall GROUP BY 1 HAVING count(*) > 0 ORDER BY 2 DESC LIMIT 5"""
    assert rows(small.run_sql(query)) == [
        ("B", 900.0, 12, 1, "one", 5, "2026-02-01"),
        ("F", 40.0, 3, 2, "one", 5, "2026-02-01"),
    ]
    recursive = """WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 9)
        SELECT sum(i) FROM n;"""
    assert rows(small.run_sql(recursive)) == [(45,)]


def test_fifty_rows_come_back_and_all_are_counted(tmp_path: Path) -> None:
    small = desk(tmp_path, {"many.csv": "n\n" + "".join(f"{n}\n" for n in range(1000))})
    found = small.run_sql("SELECT n FROM many ORDER BY n")
    assert rows(found) == [(n,) for n in range(MOST_ROWS)]
    assert found["row_count"] == 1000
    assert found["truncated"]
    assert not small.run_sql("SELECT n FROM many LIMIT 50")["truncated"]


def test_no_result_is_longer_than_its_limit(small: Desk) -> None:
    wide = ", ".join([f"{BIG} AS {'c' * 40}{at}" for at in range(25)])
    long = f"SELECT {BIG} AS t FROM plants"  # noqa: S608
    for query in (long, f"SELECT {wide}", f"SELECT {BIG} AS '{'n' * 3000}'"):
        found = small.run_sql(query)
        assert found["truncated"]
        assert found["rows"]
        assert len(json.dumps(found, ensure_ascii=False).encode()) < MOST_BYTES + 100


def test_a_column_of_a_name_that_comes_again_gets_a_number(small: Desk) -> None:
    found = small.run_sql("SELECT 1 AS a, 2 AS b, 3 AS a, 4 AS 'a:2'")
    assert found["rows"] == [{"a": 1, "b": 2, "a:2": 3, "a:2:2": 4}]


def test_what_json_can_not_hold_is_told_in_words(small: Desk) -> None:
    found = small.run_sql("SELECT 1e999 AS endless, x'00ff' AS bytes, NULL AS gap")
    assert found["rows"] == [{"endless": "inf", "bytes": "<2 bytes>", "gap": None}]


def test_a_column_in_quotes_that_there_is_not_is_no_text(small: Desk) -> None:
    query = 'SELECT DISTINCT "hieght" AS h FROM plants'
    strict = sys.version_info >= (3, 12)
    if not strict:  # Python can't tell SQLite so: this is what an agent gets there
        assert small.run_sql(query)["rows"] == [{"h": "hieght"}]
        return
    with pytest.raises(ToolRefusedError, match="hieght"):
        small.run_sql(query)


def test_a_text_as_long_as_a_file_may_hold_can_be_read(tmp_path: Path) -> None:
    small = desk(tmp_path, {"long.csv": f"a,b\n{'x' * MOST_TEXT},1\n"})
    assert rows(small.run_sql("SELECT length(a), b FROM long ORDER BY b")) == [(MOST_TEXT, 1)]


def test_many_threads_read_at_once(small: Desk) -> None:
    found: list[Found] = []
    queries = ["SELECT sum(height_cm) AS s FROM plants"] * 20
    work = [partial(small.run_sql, one) for one in queries]
    threads = [Thread(target=lambda use: found.append(use()), args=[one]) for one in work]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one["rows"] for one in found] == [[{"s": 942}]] * 20


def test_a_file_that_is_gone_is_no_refusal_but_a_fault(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        Desk(tmp_path / "nothing.db").run_sql("SELECT 1")
