"""What the service did in the last 24 hours, for hosts whose metrics nobody collects."""

import logging
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from app.answer_log import AnswerLog
from app.budget import Budget
from app.index.index import Index
from app.service.store import StoreAwayError

HOURS = 24

logger = logging.getLogger("app.status")


def status_route(index: Index, log: AnswerLog, budget: Budget, model: str) -> APIRouter:
    """Returns `/status`.

    Args:
        index: What is searched.
        log: Where answers and feedback are kept.
        budget: Of today.
        model: Who writes; empty: nobody.
    """
    router = APIRouter(tags=["operations"])

    def look() -> dict[str, Any]:
        return {
            "index": {"passages": index.count(), "version": index.version()},
            "budget_left": asdict(budget.left()),
            "last_hours": asdict(log.summary(HOURS)),
        }

    @router.get("/status", summary="Last 24 hours")
    async def status() -> dict[str, Any]:
        """Counts of the last 24 hours, the index and the budget; no questions and no texts."""
        told: dict[str, Any] = {"model": model or None, "store": "available"}
        try:
            return told | await run_in_threadpool(look)
        except StoreAwayError as error:  # the rest can still be told
            logger.warning(error.problem)
            return told | {"store": "away", "index": None, "budget_left": None, "last_hours": None}

    return router
