"""What the service does now and then: looks at index and budget, and forgets what is old."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from time import monotonic

from starlette.concurrency import run_in_threadpool

from app.answer_log import AnswerLog
from app.answer_metrics import AnswerMetrics
from app.budget import Budget
from app.retrieval.retriever import Retriever
from app.service.health import Health
from app.service.store import StoreAwayError

LOOK_SECONDS, PURGE_SECONDS = 15.0, 3600.0
EMPTY = "Nothing is in the index. Run `uv run app ingest`."
OTHER = (
    "The index has vectors of {}, and EMBEDDINGS means {}. Set it as it was, or run "
    "`uv run app ingest`, which makes the index anew."
)

logger = logging.getLogger("app.housekeeping")


class Housekeeping:
    """Looks and forgets.

    Args:
        retriever: Is its index one that it can search, and how large is it?
        log: Old answers are deleted from it.
        budget: Old days likewise.
        metrics: Shows what was seen.
        health: Not ready while the index can't be used; another process may fill it.
        days: After which answers are deleted.
    """

    def __init__(
        self,
        retriever: Retriever,
        log: AnswerLog,
        budget: Budget,
        metrics: AnswerMetrics,
        health: Health,
        days: float,
    ) -> None:
        self._index, self._embedder = retriever.index, retriever.embedder.name
        self._log, self._budget = log, budget
        self._metrics, self._health, self._days = metrics, health, days
        self._purged = float("-inf")

    def look(self) -> None:
        """Looks once, and forgets once an hour; a store that is away is looked at again later."""
        try:
            passages = self._index.count()
            self._metrics.passages.set(passages)
            self._metrics.index_version.set(self._index.version())
            self._metrics.show_left(self._budget.left())
            self._health.missing = self._missing() if passages else EMPTY
            if monotonic() - self._purged > PURGE_SECONDS:
                self._log.purge(self._days)
                self._budget.purge(self._days)
                self._purged = monotonic()
        except StoreAwayError as error:
            logger.warning(error.problem)

    def _missing(self) -> str | None:
        recipe = self._index.recipe()
        if recipe is None or recipe.embedder == self._embedder:
            return None
        return OTHER.format(recipe.embedder, self._embedder)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Looks again and again while the block runs."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await run_in_threadpool(self.look)
