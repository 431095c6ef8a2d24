"""What the service does now and then: looks at what waits and what is left, forgets what is old."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from time import monotonic

from app.feedback import FeedbackLog
from app.office import Office
from app.run_metrics import RunMetrics
from app.runs.calls import today
from app.runs.forgetting import purge
from app.service.store import StoreAwayError
from app.settings import Settings

LOOK_SECONDS, PURGE_SECONDS = 15.0, 3600.0
logger = logging.getLogger("app.housekeeping")


class Housekeeping:
    """Looks and forgets.

    Args:
        office: Whose runs.
        feedback: What was said about them.
        metrics: Shows what was seen.
        settings: The day's budget, and how long runs are kept.
    """

    def __init__(
        self, office: Office, feedback: FeedbackLog, metrics: RunMetrics, settings: Settings
    ) -> None:
        self._office, self._feedback, self._metrics = office, feedback, metrics
        self._dollars, self._days = settings.daily_dollars, settings.retention_days
        self._purged = float("-inf")

    async def look(self) -> None:
        """Looks once, and forgets once an hour; a store that is away is looked at again later."""
        runner = self._office.runner
        try:
            count, _ = await asyncio.to_thread(runner.log.waiting)
            self._metrics.waiting.set(count)
            spent = await asyncio.to_thread(runner.calls.dollars_of, today())
            self._metrics.left.set(max(self._dollars - spent, 0))
            if monotonic() - self._purged > PURGE_SECONDS:
                await purge(runner, self._days)
                await asyncio.to_thread(self._feedback.forget)
                self._purged = monotonic()
        except StoreAwayError as error:
            logger.warning(error.problem)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Looks again and again while the block runs."""
        await self.look()
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()
