"""The service's runs: so many at once, taken up again at the start, let go of at the end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

from prometheus_client import CollectorRegistry

from app.project import Project, read_project
from app.run_metrics import RunMetrics
from app.runs.forgetting import forget
from app.runs.opening import open_runner
from app.runs.run_log import Run
from app.runs.runner import HeldError, Runner
from app.service.errors import UserError
from app.service.health import Health
from app.settings import Settings

LOOK_SECONDS = 15.0
"""So often it looks for runs that another process left."""
PROBE_SECONDS = 10.0
"""After which the run of a probe is forgotten: until then, whoever asked may read it."""
OTHERS = ("planner", "writer", "reviewer")
"""Who asks models, besides the workers."""
STARTING = "The service is starting."
logger = logging.getLogger("app.office")


class BusyError(UserError):
    """As many runs as this service works on at once are worked on."""


class Office:
    """Works on runs in the background.

    Args:
        settings: Where everything is, and how many runs there may be at once.
        registry: Where metrics go.
        health: Not ready until everything is open.

    Attributes:
        project: Who works on what.
        metrics: Hear of every run.
        runner: Once it is open.

    Raises:
        UserError: `project.toml` can't be read.
    """

    runner: Runner

    def __init__(self, settings: Settings, registry: CollectorRegistry, health: Health) -> None:
        self.project: Project = read_project(settings.project_file)
        self.metrics = RunMetrics(registry, (*OTHERS, *self.project.workers))
        self._settings, self._health = settings, health
        self._tasks: set[asyncio.Task[Any]] = set()
        self._probes: set[asyncio.Task[None]] = set()
        self._taken = 0
        self._health.missing = STARTING

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Opens everything, takes up the runs that other processes left or leave; closes it all.

        Raises:
            UserError: A part of it can't work.
        """
        async with AsyncExitStack() as stack:
            opened = open_runner(self._settings, self.project)
            self.runner = await stack.enter_async_context(opened)
            self.runner.observer = self.metrics
            self.metrics.tools = self.runner.crew.tools.keys()
            stack.push_async_callback(self._let_go)
            for run_id in await asyncio.to_thread(self.runner.log.broken_off):
                self._taken += 1  # these go first, also where there are many
                self._spawn(self.runner.resume(run_id), run_id)
            looking = asyncio.create_task(self._look_for_abandoned())
            stack.callback(looking.cancel)
            self._health.missing = None
            yield

    async def start(self, question: str, *, probe: bool = False) -> tuple[str, asyncio.Task[Any]]:
        """Begins a run and works on it in the background.

        Args:
            question: What is asked.
            probe: Whether the run is forgotten when it is over.

        Returns:
            Its id, and the work.

        Raises:
            BusyError: There are as many as there may be.
            UserError: The question will not do, or the store is away.
        """
        self._take_place()
        try:
            begun = await self.runner.begin(question)
        except BaseException:
            self._give_place()
            raise
        work = self._spawn(self.runner.carry_out(begun), begun.run_id)
        if probe:
            later = asyncio.create_task(self._forget_later(begun.run_id, work))
            self._probes.add(later)
            later.add_done_callback(self._probes.discard)
        return begun.run_id, work

    def resume(self, run_id: str) -> asyncio.Task[Any]:
        """Takes up a run that broke off, in the background.

        Raises:
            BusyError: As above.
        """
        self._take_place()
        return self._spawn(self.runner.resume(run_id), run_id)

    async def _look_for_abandoned(self) -> None:
        """Takes up runs of processes that died or were stopped, for which there is room."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with suppress(UserError):  # the store is away, or there is no room: it looks again
                for run_id in await asyncio.to_thread(self.runner.log.abandoned):
                    self.resume(run_id)

    def _take_place(self) -> None:
        """Takes a place before anything is waited for, so that two can't take the last one."""
        if self._taken >= self._settings.runs_at_once:
            raise BusyError("Too many runs at once.", "Ask again in a few seconds.")
        self._taken += 1
        self.metrics.in_progress.set(self._taken)

    def _give_place(self) -> None:
        self._taken -= 1
        self.metrics.in_progress.set(self._taken)

    def _spawn(self, work: Coroutine[Any, Any, Run], run_id: str) -> asyncio.Task[Run]:
        task = asyncio.create_task(work, name=run_id)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._give_place()
        error = None if task.cancelled() else task.exception()
        if isinstance(error, HeldError):
            logger.info("%s", error.problem)  # it was faster
        elif isinstance(error, UserError):
            logger.error("a run broke off: %s", error.problem)
        elif error is not None:
            logger.error("unhandled error in a run", exc_info=error)

    async def _forget_later(self, run_id: str, work: asyncio.Task[Run]) -> None:
        """Forgets the run of a probe a while after its end, and at once when the service ends."""
        try:
            await asyncio.wait({work})
            await asyncio.sleep(PROBE_SECONDS)
        finally:
            await forget(self.runner, [run_id])

    async def _let_go(self) -> None:
        """Ends the work; what is not done another process takes up, or the next start."""
        run_ids = [task.get_name() for task in self._tasks]
        for tasks in (self._tasks, self._probes):  # a probe is forgotten when nobody works on it
            for task in tasks:
                task.cancel()
            with suppress(Exception):
                await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(UserError):
            for run_id in run_ids:
                await asyncio.to_thread(self.runner.log.hand_over, run_id)
