"""The route for readers: say what you think of a run."""

import asyncio
import logging

from fastapi import FastAPI, Request, Response
from fastapi.params import Depends
from starlette.exceptions import HTTPException

from app.feedback import FeedbackLog
from app.run_bodies import FeedbackBody, Stored
from app.run_metrics import RunMetrics
from app.service.json_route import add_post, json_response
from app.service.problems import documented
from app.service.store import StoreAwayError

logger = logging.getLogger("app.feedback")


def add_feedback(
    app: FastAPI, log: FeedbackLog, metrics: RunMetrics, asking: list[Depends]
) -> None:
    """Adds `/feedback`.

    Args:
        app: Gets the route.
        log: Keeps what is said.
        metrics: Counts thumbs.
        asking: Who may say something.
    """

    async def give_feedback(body: FeedbackBody, request: Request) -> Response:  # noqa: ARG001
        """Keeps what somebody thinks of a run."""
        try:
            known = await asyncio.to_thread(log.add, body.run_id, body.thumb, body.comment)
        except StoreAwayError as error:
            logger.warning("feedback not kept: %s", error.problem)
            raise HTTPException(503, "Feedback can't be stored now; try again later.") from error
        if not known:
            raise HTTPException(404, "No run with this id is kept.")
        if body.thumb:
            metrics.feedback.labels(body.thumb).inc()
        return json_response(Stored(run_id=body.run_id))

    add_post(
        app,
        "/feedback",
        give_feedback,
        response_model=Stored,
        responses=documented(401, 404, 413, 422, 429, 503),
        dependencies=asking,
        tags=["runs"],
    )
