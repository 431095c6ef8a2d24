"""The ways of running that a benchmark compares: plain, as a graph, with kinds of checkpoints."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from langgraph.checkpoint.memory import InMemorySaver

from app.agents.crew import Crew, RunContext
from app.agents.graph import build
from app.agents.state import RunState
from app.project import Project
from app.proving.plain import run_plain
from app.runs.opening import open_runner
from app.runs.runner import Runner
from app.service.store import POSTGRES, SQLITE
from app.settings import Settings

PLAIN, GRAPH, MEMORY, LASTING = "plain", "graph", "memory", "sqlite"
COUNT = "SELECT COUNT(*) FROM checkpoints WHERE thread_id = {}"


@dataclass(frozen=True)
class Variant:
    """One way of running the example.

    Attributes:
        name: In the report.
        run: Does it once, and returns the id of the run.
        kept: Checkpoints, and bytes of them, of a run; None where there are none.
    """

    name: str
    run: Callable[[], Awaitable[str]]
    kept: Callable[[str], tuple[int, int]] | None


async def _approved(_: Crew, __: RunContext, ___: RunState) -> RunState:
    """Stands where a person approves: without checkpoints nobody can be waited for."""
    return RunState(decision={"type": "approve", "reason": ""})


@asynccontextmanager
async def open_variants(
    settings: Settings, project: Project, folder: Path
) -> AsyncIterator[list[Variant]]:
    """Opens each way, on stores of their own; in Postgres too where the settings name one."""
    question = project.words.example
    lasting = settings.model_copy(update={"database_url": f"{SQLITE}{folder / 'lasting.db'}"})
    async with open_runner(lasting, project) as runner:
        crew = runner.crew

        async def plain() -> str:
            await run_plain(crew.model, crew.tools, project, question)
            return ""

        variants = [
            Variant(PLAIN, plain, None),
            Variant(GRAPH, _by(runner, build(crew, None, _approved), question), None),
            Variant(MEMORY, _by(runner, build(crew, InMemorySaver()), question), None),
            Variant(LASTING, _started(runner, question), _sqlite(folder / "lasting.db")),
        ]
        if not settings.database_url.startswith(POSTGRES):
            yield variants
            return
        async with open_runner(settings, project) as other:
            kept = _postgres(settings.database_url)
            yield [*variants, Variant("postgres", _started(other, question), kept)]


def _by(runner: Runner, graph: Any, question: str) -> Callable[[], Awaitable[str]]:  # noqa: ANN401
    async def run() -> str:
        run_id = uuid4().hex[:12]
        await graph.ainvoke(
            RunState(question=question),
            {"configurable": {"thread_id": run_id}},
            context=RunContext(run_id, runner.ledger(run_id)),
        )
        return run_id

    return run


def _started(runner: Runner, question: str) -> Callable[[], Awaitable[str]]:
    async def run() -> str:
        return (await runner.start(question)).run_id

    return run


def _sqlite(file: Path) -> Callable[[str], tuple[int, int]]:
    def kept(run_id: str) -> tuple[int, int]:
        size = """SELECT
            (SELECT SUM(LENGTH(checkpoint) + LENGTH(metadata)) FROM checkpoints WHERE thread_id = ?)
            + (SELECT SUM(LENGTH(value)) FROM writes WHERE thread_id = ?)"""
        with closing(sqlite3.connect(file)) as connection:
            count = connection.execute(COUNT.format("?"), (run_id,)).fetchone()[0]
            return count, connection.execute(size, (run_id, run_id)).fetchone()[0]

    return kept


def _postgres(url: str) -> Callable[[str], tuple[int, int]]:
    def kept(run_id: str) -> tuple[int, int]:
        import psycopg

        size = """SELECT
            (SELECT SUM(pg_column_size(checkpoint) + pg_column_size(metadata)) FROM checkpoints
                WHERE thread_id = %s)
            + (SELECT COALESCE(SUM(LENGTH(blob)), 0) FROM checkpoint_blobs WHERE thread_id = %s)
            + (SELECT COALESCE(SUM(LENGTH(blob)), 0) FROM checkpoint_writes WHERE thread_id = %s)"""
        with psycopg.connect(url) as connection:
            count: Any = connection.execute(COUNT.format("%s"), (run_id,)).fetchone()
            whole: Any = connection.execute(size, (run_id, run_id, run_id)).fetchone()
            return count[0], whole[0]

    return kept
