"""A process is killed in the middle of a run, and another one goes on: nothing is done twice."""

from asyncio import gather
from pathlib import Path

import pytest

from app.runs.checkpoints import open_checkpoints
from app.runs.loops import run_to_end
from app.runs.register import Register
from app.runs.run_log import RunLog
from app.service.store import open_store

from .dying import Life, live

pytestmark = pytest.mark.posix
TOOLS = 5  # of the run in tests/dying.py


def run_id_of(url: str) -> str:
    store = open_store(url)
    try:
        return RunLog(store).newest()[0].run_id
    finally:
        store.close()


def records(url: str) -> list[str]:
    store = open_store(url)
    try:
        memos = store.query("SELECT run_id FROM memos")
        keys = [one.record_key for row in memos for one in Register(store).exceptions(row[0])]
        return [str(row[0]) for row in memos] + keys
    finally:
        store.close()


def finished(url: str) -> int:
    store = open_store(url)
    try:
        done = "SELECT COUNT(*) FROM calls WHERE kind = 'tool' AND status = 'done'"
        return int(store.query(done)[0][0])
    finally:
        store.close()


def noted(folder: Path, what: str) -> list[str]:
    lines = (folder / "done.txt").read_text(encoding="utf-8").splitlines()
    return [line.split(" ", 2)[2] for line in lines if line.split(" ")[1] == what]


@pytest.mark.parametrize("at", range(1, TOOLS + 1))
def test_a_run_killed_in_a_tool_goes_on_and_no_finished_tool_runs_again(
    tmp_path: Path, store_url: str, at: int
) -> None:
    assert live(Life(tmp_path, store_url, "start", dies=f"tool {at}")) is None
    run_id = run_id_of(store_url)
    on_record = finished(store_url)
    before = noted(tmp_path, "begun")
    assert live(Life(tmp_path, store_url, "resume", run_id)) == (run_id, "waiting", "")
    begun = noted(tmp_path, "begun")
    # What was on record as done when the process died was not begun again: only the others were.
    assert len(begun) - len(before) == TOOLS - on_record
    assert len(set(begun)) == TOOLS


@pytest.mark.parametrize("role", ["planner", "writer", "reviewer"])
def test_a_run_killed_while_a_model_thinks_goes_on(
    tmp_path: Path, store_url: str, role: str
) -> None:
    assert live(Life(tmp_path, store_url, "start", dies=role)) is None
    run_id = run_id_of(store_url)
    assert live(Life(tmp_path, store_url, "resume", run_id)) == (run_id, "waiting", "")
    assert len(noted(tmp_path, "begun")) == TOOLS


@pytest.mark.parametrize("when", ["before publish", "after publish"])
def test_the_effect_happens_once_though_the_process_is_killed_around_it(
    tmp_path: Path, store_url: str, when: str
) -> None:
    started = live(Life(tmp_path, store_url, "start"))
    assert started is not None
    run_id = started[0]
    # Another process than the one that asked.
    assert live(Life(tmp_path, store_url, "approve", run_id, dies=when)) is None
    assert bool(records(store_url)) == (when == "after publish")
    # The decision is not asked for again: it was written down before.
    assert live(Life(tmp_path, store_url, "resume", run_id)) == (run_id, "done", "published")
    found = records(store_url)
    assert found == [run_id, *(f"{run_id}-{at}" for at in (1, 2, 3))]
    assert live(Life(tmp_path, store_url, "resume", run_id)) == (run_id, "done", "published")
    assert records(store_url) == found


def test_what_a_killed_process_has_used_counts(tmp_path: Path, store_url: str) -> None:
    live(Life(tmp_path, store_url, "start", dies="writer"))
    run_id = run_id_of(store_url)
    live(Life(tmp_path, store_url, "resume", run_id))
    store = open_store(store_url)
    try:
        asked = store.query("SELECT status FROM calls WHERE agent = 'writer'")
    finally:
        store.close()
    assert sorted(row[0] for row in asked) == ["begun", "done"]


def test_processes_that_start_together_all_get_their_tables(store_url: str) -> None:
    async def opened() -> bool:
        async with open_checkpoints(store_url) as saver:
            return await saver.aget_tuple({"configurable": {"thread_id": "x"}}) is None

    async def together() -> list[bool]:
        return await gather(*(opened() for _ in range(6)))

    open_store(store_url).close()
    assert run_to_end(together()) == [True] * 6
