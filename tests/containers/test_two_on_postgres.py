"""Two processes of each starter on one Postgres, as `compose.postgres.yaml` runs them.

What either answers is stored once; what one began and can't finish, the other can.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import pytest

from tests.containers.engine import docker, until
from tests.containers.hosted import MULTI_AGENT, RAG_APP, SUPERVISED_API, Starter
from tests.containers.stack import KEY, PASSWORD, Stack, call, stack

pytestmark = pytest.mark.container

SETTINGS = ("RATE_LIMIT_PER_MINUTE=0", f"API_KEY={KEY}", "DRAIN_SECONDS=0")
MANY = 100
LARGE = (
    "Can we ship this under our licence policy and size budget? Which packages break the rules, "
    "who pulls them in, and what do we do?"
)
Pair = Callable[[Starter], Stack]


@pytest.fixture(scope="module")
def pair(
    projects: Callable[[str], Path],
    images: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pair]:
    """Starters, each twice, begun at the same moment on an empty Postgres."""
    with ExitStack() as opened:

        @cache
        def make(starter: Starter) -> Stack:
            images(starter.template)  # its layers are what compose builds
            folder = tmp_path_factory.mktemp("pair") / starter.template
            files = ("compose.postgres.yaml",)
            made = opened.enter_context(stack(projects(starter.template), folder, SETTINGS, files))
            made.up("--scale=app=2")
            return made

        yield make


def ask_database(one: Stack, sql: str) -> list[list[str]]:
    """Return what Postgres answers."""
    words = ["psql", "--host=127.0.0.1", "--username=app", "--no-align", "--tuples-only", "app"]
    inside = ["exec", "--no-TTY", f"--env=PGPASSWORD={PASSWORD}", "postgres", *words]
    return [row.split("|") for row in one.compose(*inside, f"--command={sql}").splitlines()]


def ports(one: Stack) -> tuple[int, int]:
    return one.port("app", 8000, 1), one.port("app", 8000, 2)


def answered(starter: Starter, one: Stack, key: str) -> set[str]:
    """Ask both processes from eight threads, while the second is stopped; return ids of answers."""
    both = ports(one)
    _, described = call(both[0], "/openapi.json")
    post = described["paths"][starter.path]["post"]
    examples = post["requestBody"]["content"]["application/json"]["examples"]
    body = next(iter(examples.values()))["value"]

    given: list[str] = []
    refused: list[int] = []
    enough = Event()

    def ask(port: int) -> None:
        while not enough.is_set():
            try:
                status, said = call(port, starter.path, body)
            except OSError:  # it has stopped
                refused.append(port)
                sleep(0.05)
            else:
                if status == 200:
                    given.append(str(said[key]))

    with ThreadPoolExecutor(8) as pool:
        try:
            asking = [pool.submit(ask, port) for port in both * 4]
            until(lambda: len(given) > MANY, 60, "many answers")
            docker("stop", "--time=30", one.containers("app")[1])
            then = len(given)
            until(lambda: len(given) > then + MANY, 60, "the other process goes on")
        finally:
            enough.set()
    for done in asking:
        done.result()
    docker("start", one.containers("app")[1])
    assert set(refused) == {both[1]}
    assert len(set(given)) == len(given)
    return set(given)


def test_each_prediction_is_stored_once_whoever_made_it(pair: Pair) -> None:
    one = pair(SUPERVISED_API)
    ids = answered(SUPERVISED_API, one, "prediction_id")
    sql = "SELECT prediction_id FROM predictions WHERE role <> 'shadow'"
    until(lambda: len(ask_database(one, sql)) >= len(ids), 10, "all are stored")
    stored = [row[0] for row in ask_database(one, sql)]
    assert sorted(stored) == sorted(ids)


def test_each_answer_is_stored_once_whoever_gave_it(pair: Pair) -> None:
    one = pair(RAG_APP)
    ids = answered(RAG_APP, one, "answer_id")
    sql = "SELECT answer_id FROM answers"
    until(lambda: len(ask_database(one, sql)) >= len(ids), 10, "all are stored")
    stored = [row[0] for row in ask_database(one, sql)]
    assert sorted(stored) == sorted(ids)


def test_the_index_is_made_once_by_two_that_start_together(pair: Pair) -> None:
    one = pair(RAG_APP)
    files = list((one.folder / "data/corpus").rglob("*.md"))
    documents = len([file for file in files if file.name != "README.md"])
    state = "SELECT version, passages, (SELECT COUNT(*) FROM passages) FROM index_state"
    ((version, counted, there),) = ask_database(one, state)
    assert version == "1", "the second found nothing left to do"
    assert int(counted) == int(there) > 300
    assert ask_database(one, "SELECT COUNT(*) FROM documents") == [[str(documents)]]
    twice = "SELECT source, place, text FROM passages GROUP BY 1, 2, 3 HAVING COUNT(*) > 1"
    assert ask_database(one, twice) == []


def begin_slowly(one: Stack) -> str:
    """Begin a run in the first process, which gets little of a processor; return its id."""
    docker("update", "--cpus=0.05", one.containers("app")[0])
    status, said = call(ports(one)[0], "/runs", {"question": LARGE})
    assert status == 202, said
    run_id = str(said["run_id"])
    until(lambda: len(of_run(one, run_id, "calls", "call_id")) >= 3, 60, "three calls")
    assert status_of(one, run_id) == "running"
    return run_id


def of_run(one: Stack, run_id: str, table: str, columns: str) -> list[list[str]]:
    sql = f"SELECT {columns} FROM {table} WHERE run_id = '{run_id}'"  # noqa: S608 - our own words
    return ask_database(one, sql)


def status_of(one: Stack, run_id: str) -> str:
    return of_run(one, run_id, "runs", "status")[0][0]


def assert_nothing_was_done_twice(one: Stack, run_id: str) -> None:
    rows = of_run(one, run_id, "calls", "kind, agent, ref, status")
    done = [tuple(row) for row in rows if row[3] == "done"]
    tools = [row for row in done if row[0] == "tool"]
    assert len(tools) == len(set(tools)) > 3
    assert sum(row[:2] == ("model", "planner") for row in done) == 1
    assert sum(row[:2] == ("model", "writer") for row in done) == 1


def test_a_run_is_worked_on_by_one_process(pair: Pair) -> None:
    one = pair(MULTI_AGENT)
    run_id = begin_slowly(one)
    assert call(ports(one)[1], f"/runs/{run_id}/resume", {})[0] == 202
    docker("update", "--cpus=2", one.containers("app")[0])
    until(lambda: status_of(one, run_id) == "waiting", 60, "the run waits for a person")
    assert {row[0] for row in of_run(one, run_id, "calls", "status")} == {"done"}
    assert_nothing_was_done_twice(one, run_id)


def test_of_many_who_approve_one_does(pair: Pair) -> None:
    one = pair(MULTI_AGENT)
    status, said = call(ports(one)[0], "/runs", {"question": LARGE, "wait": 30})
    assert (status, said["status"]) == (202, "waiting")

    def approve(port: int) -> tuple[int, Any]:
        return call(port, f"/runs/{said['run_id']}/decision", {"type": "approve"})

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(status for status, _ in pool.map(approve, ports(one) * 4))
    assert statuses == [200, *[409] * 7]
    assert len(of_run(one, said["run_id"], "memos", "published")) == 1
    exceptions = len(of_run(one, said["run_id"], "exceptions", "record_key"))
    assert exceptions == len(said["memo"]["exceptions"]) > 0


def test_a_run_of_a_killed_process_is_taken_over(pair: Pair) -> None:
    one = pair(MULTI_AGENT)
    run_id = begin_slowly(one)
    first = one.containers("app")[0]
    docker("kill", first)
    assert status_of(one, run_id) == "running", "it was done before it was killed"
    other = one.port("app", 8000, 2)
    status, said = call(other, f"/runs/{run_id}/resume", {})
    assert status == 202, said
    until(lambda: status_of(one, run_id) == "waiting", 60, "the other has finished it")
    assert_nothing_was_done_twice(one, run_id)
    assert call(other, f"/runs/{run_id}/decision", {"type": "approve"})[0] == 200


def test_a_start_takes_up_what_a_killed_process_left(pair: Pair) -> None:
    one = pair(MULTI_AGENT)
    first = one.containers("app")[0]
    docker("update", "--cpus=2", first)
    docker("start", first)
    until(lambda: json.loads(docker("inspect", first))[0]["State"]["Health"]["Status"] == "healthy",
          60, "it is healthy again")  # fmt: skip
    run_id = begin_slowly(one)
    docker("kill", first)
    docker("update", "--cpus=2", first)
    docker("start", first)
    until(lambda: status_of(one, run_id) == "waiting", 60, "the start has taken it up")
    assert_nothing_was_done_twice(one, run_id)
