"""One process at a time works on a run, and its seconds are counted over all of them."""

import asyncio
import time
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage

from app.model.choosing import load_chat_model
from app.runs.loops import run_to_end
from app.runs.observer import Nobody
from app.runs.opening import open_runner
from app.runs.run_log import Lease, Run
from app.runs.runner import HeldError, Runner
from app.service.errors import UserError
from app.service.store import open_store

from .small import QUESTION, Scripted, Small, Turn, small

LEASE = 0.2
DAY = 86_400
OTHER = Lease("another process", 60)


class Hearing(Nobody):
    """Counts the runs that an error stopped."""

    broken = 0

    def broke_off(self) -> None:
        self.broken += 1


@pytest.fixture
def place(tmp_path: Path) -> Small:
    return small(tmp_path)


def slow(place: Small) -> Scripted:
    """The offline model, whose planner thinks for several times as long as a lease holds."""
    offline = load_chat_model(place.settings, place.project)

    def say(turn: Turn) -> AIMessage:
        if turn.role == "planner":
            time.sleep(3 * LEASE)
        tools = [{"type": "function", "function": {"name": one}} for one in turn.tools]
        answer = offline.bind(tools=tools).invoke(turn.messages)
        assert isinstance(answer, AIMessage)
        return answer

    return Scripted(say=say)


async def _begun(runner: Runner) -> tuple[str, "asyncio.Task[Run]"]:
    """Begins a run and returns when it has been worked on for longer than one lease."""
    begun = await runner.begin(QUESTION)
    work = asyncio.create_task(runner.carry_out(begun))
    await asyncio.sleep(2 * LEASE)
    return begun.run_id, work


def test_nobody_else_can_take_a_run_that_is_worked_on(place: Small) -> None:
    async def inside() -> tuple[bool, Run]:
        model = slow(place)
        async with open_runner(place.settings, place.project, model, None, LEASE) as runner:
            run_id, work = await _begun(runner)
            taken = runner.log.take(run_id, OTHER)
            return taken, await work

    taken, run = run_to_end(inside())
    assert not taken
    assert run.status == "waiting"


def test_who_has_lost_a_run_stops_working_on_it(place: Small) -> None:
    heard = Hearing()

    async def inside() -> tuple[Run, list[str]]:
        model = slow(place)
        async with open_runner(place.settings, place.project, model, None, LEASE) as runner:
            runner.observer = heard
            run_id, work = await _begun(runner)
            # As if this process had slept, and another one had taken it up meanwhile.
            _change(place, f"holder = '{OTHER.holder}', held_until = held_until + 60")
            with pytest.raises(HeldError, match="Another process has taken up"):
                await work
            run, calls = await runner.look(run_id)
            return run, [one.agent for one in calls]

    run, agents = run_to_end(inside())
    assert (run.status, agents) == ("running", ["planner"])
    assert heard.broken == 0


def test_a_run_that_an_error_stops_is_heard_of_and_goes_on_when_it_is_resumed(
    place: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Hearing()

    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("a node is gone")

    async def inside() -> Run:
        async with open_runner(place.settings, place.project) as runner:
            runner.observer = heard
            begun = await runner.begin(QUESTION)
            with monkeypatch.context() as broken:
                broken.setattr(runner.graph, "ainvoke", breaks)
                with pytest.raises(UserError, match="broke off: a node is gone"):
                    await runner.carry_out(begun)
            assert heard.broken == 1
            return await runner.resume(begun.run_id)

    assert run_to_end(inside()).status == "waiting"
    assert heard.broken == 1


def test_a_decision_is_not_asked_for_again_though_nothing_has_come_of_it(place: Small) -> None:
    async def inside() -> Run:
        async with open_runner(place.settings, place.project, lease_seconds=LEASE) as runner:
            run = await runner.start(QUESTION)
            # Killed just after the decision was written down.
            assert runner.log.decide(run.run_id, {"type": "approve"}, Lease("dead", LEASE))
            return await runner.resume(run.run_id)

    assert run_to_end(inside()).outcome == "published"


def test_seconds_of_work_add_up_and_those_of_waiting_do_not(place: Small) -> None:
    async def inside() -> Run:
        async with open_runner(place.settings, place.project) as runner:
            run = await runner.start(QUESTION)
            _change(place, f"seconds = 100, started = started - {DAY}")
            return await runner.decide(run.run_id, {"type": "approve"})

    run = run_to_end(inside())
    assert run.outcome == "published"
    assert 100 <= run.seconds < 200


def _change(place: Small, what: str) -> None:
    store = open_store(place.settings.database_url)
    store.execute(f"UPDATE runs SET {what}")  # noqa: S608
    store.close()
