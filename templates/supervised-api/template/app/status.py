"""`/status`: the last 24 hours from the app's own store, for hosts whose metrics nobody scrapes."""

import logging
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from app.prediction_log import PredictionLog
from app.routing import Models
from app.service.store import StoreAwayError

HOURS = 24

logger = logging.getLogger("app.status")


def _models(models: Models | None) -> list[dict[str, Any]]:
    roles = models.roles() if models else {}
    return [
        {"role": role, "version": model.metadata.version, "made": model.metadata.created}
        for role, model in roles.items()
    ]


def status_route(models: Models | None, log: PredictionLog) -> APIRouter:
    """Returns `/status`.

    Args:
        models: What is loaded; None when there is no model yet.
        log: Where predictions and feedback are kept.
    """
    router = APIRouter(tags=["operations"])

    @router.get("/status", summary="Last 24 hours")
    async def status() -> dict[str, Any]:
        """Counts of the last 24 hours and the models that answer; no inputs and no texts."""
        store = "available"
        summary: dict[str, Any] | None = None
        try:
            summary = asdict(await run_in_threadpool(log.summary, HOURS))
        except StoreAwayError as error:  # the rest can still be told
            logger.warning(error.problem)
            store = "away"
        return {"models": _models(models), "store": store, "last_hours": summary}

    return router
