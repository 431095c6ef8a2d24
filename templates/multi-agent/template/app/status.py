"""What the service did in the last 24 hours, for hosts whose metrics nobody collects."""

import asyncio
import logging
from time import time
from typing import Any

from fastapi import APIRouter

from app.feedback import FeedbackLog
from app.office import Office
from app.runs.calls import today
from app.service.store import StoreAwayError
from app.settings import Settings

HOURS = 24
logger = logging.getLogger("app.status")


def status_route(office: Office, feedback: FeedbackLog, settings: Settings) -> APIRouter:
    """Returns `/status`.

    Args:
        office: Whose runs.
        feedback: What was said about them.
        settings: The model, and the day's budget.
    """
    router = APIRouter(tags=["operations"])

    def look() -> dict[str, Any]:
        runner, since = office.runner, time() - HOURS * 3600
        tokens, dollars, unpriced = runner.calls.costs(since)
        waiting, oldest = runner.log.waiting()
        spent = runner.calls.dollars_of(today())
        return {
            "waiting": {"runs": waiting, "oldest_seconds": oldest and time() - oldest},
            "budget_left_dollars": max(settings.daily_dollars - spent, 0),
            "last_hours": {
                "hours": HOURS,
                "runs": runner.log.outcomes(since),
                "tokens": tokens,
                "dollars": dollars,
                "unpriced_calls": unpriced,
                **feedback.thumbs(since),
            },
        }

    @router.get("/status", summary="Last 24 hours")
    async def status() -> dict[str, Any]:
        """Counts of the last 24 hours, what waits, and the budget; no questions and no texts."""
        told: dict[str, Any] = {"model": settings.model, "store": "available"}
        try:
            return told | await asyncio.to_thread(look)
        except StoreAwayError as error:  # the rest can still be told
            logger.warning(error.problem)
            return told | {
                "store": "away",
                "waiting": None,
                "budget_left_dollars": None,
                "last_hours": None,
            }

    return router
