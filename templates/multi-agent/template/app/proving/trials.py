"""Runs every task, with several agents and with one, and keeps what came of it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from uuid import uuid4

from app.agents.crew import RunContext
from app.agents.evidence import in_order
from app.agents.single import answer_alone, hire_single
from app.agents.state import Json, RunState
from app.agents.working import Agent
from app.project import Project
from app.proving.judging import Trial, failures
from app.proving.tasks import Expected
from app.runs.calls import Call, Spent
from app.runs.opening import open_runner
from app.runs.runner import Runner
from app.settings import Settings

SEVERAL, SINGLE = "several", "single"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Bench:
    """Where trials are run: both ways, on one store."""

    runner: Runner
    single: Agent


@asynccontextmanager
async def open_trials(settings: Settings, project: Project) -> AsyncIterator[Bench]:
    """Opens a store that is gone afterwards, so that trials leave nothing behind."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        url = f"sqlite:///{Path(name) / 'trials.db'}"
        own = settings.model_copy(update={"database_url": url})
        async with open_runner(own, project) as runner:
            yield Bench(runner, hire_single(runner.crew))


async def try_all(bench: Bench, tasks: Sequence[Expected], repeats: int, say: Say) -> list[Json]:
    """Runs each task so many times, each way.

    Returns:
        A row for each task and time, with what both ways came to.
    """
    rows: list[Json] = []
    for expected in tasks:
        for repeat in range(repeats):
            row: Json = {
                "unit": expected.task.name,
                "kind": expected.task.kind,
                "repeat": repeat,
                "refusal": expected.task.refused,
            }
            for way, work in ((SEVERAL, _by_several), (SINGLE, _by_one)):
                row[way] = await work(bench, expected)
                if not row[way]["passed"]:
                    say(f"{expected.task.name}, {way}: {'; '.join(row[way]['failures'])}")
            rows.append(row)
    return rows


async def _by_several(bench: Bench, expected: Expected) -> Json:
    run = await bench.runner.start(expected.question)
    outcome = run.outcome
    if run.status == "waiting":  # an evaluation approves what a person would be shown
        outcome = (await bench.runner.decide(run.run_id, {"type": "approve"})).outcome
    _, calls = await bench.runner.look(run.run_id)
    trial = Trial(outcome, run.reason, run.memo, run.evidence, _tools(calls))
    return _row(expected, trial, run.spent, run.seconds)


async def _by_one(bench: Bench, expected: Expected) -> Json:
    run_id, began = uuid4().hex[:12], monotonic()
    context = RunContext(run_id, bench.runner.ledger(run_id))
    state: RunState = await answer_alone(bench.single, context, expected.question)
    seconds = monotonic() - began
    calls = bench.runner.calls
    trial = Trial(
        outcome=state.get("outcome", "published"),
        reason=state.get("reason", ""),
        memo=state.get("memo"),
        evidence=in_order(state["findings"]),
        tools=_tools(calls.of_run(run_id)),
    )
    return _row(expected, trial, calls.spent(run_id), seconds)


def _tools(calls: Sequence[Call]) -> list[str]:
    return [one.name for one in calls if one.kind == "tool"]


def _row(expected: Expected, trial: Trial, spent: Spent, seconds: float) -> Json:
    wrong = list(failures(expected, trial))
    return {
        "passed": not wrong,
        "failures": wrong,
        "outcome": trial.outcome,
        "model_calls": spent.model_calls,
        "tool_calls": spent.tool_calls,
        "tokens": spent.tokens,
        "dollars": spent.dollars,
        "seconds": seconds,
    }
