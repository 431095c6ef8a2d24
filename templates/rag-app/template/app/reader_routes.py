"""The routes for readers of answers: open a passage, say what you think."""

import logging
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.answers import Answers
from app.chat_bodies import FeedbackBody, PassageBody, Stored
from app.chat_routes import unavailable
from app.service import api_key
from app.service.json_route import add_post, json_response
from app.service.problems import documented
from app.service.store import StoreAwayError
from app.settings import Settings

logger = logging.getLogger("app.feedback")


def add_reading(app: FastAPI, answers: Answers, settings: Settings) -> None:
    """Adds `/passages/{id}` and `/feedback`.

    Args:
        app: Gets the routes.
        answers: Knows the passages, and keeps what is said.
        settings: The key of callers.
    """
    shared: dict[str, Any] = {
        "tags": ["chat"],
        "dependencies": api_key.required(settings.api_key),
    }

    async def give_feedback(body: FeedbackBody, request: Request) -> Response:  # noqa: ARG001
        """Keeps what somebody thinks of an answer."""
        try:
            known = await run_in_threadpool(answers.add_feedback, body)
        except StoreAwayError as error:
            logger.warning("feedback not kept: %s", error.problem)
            raise HTTPException(503, "Feedback can't be stored now; try again later.") from error
        if not known:
            raise HTTPException(404, "No answer with this id is kept.")
        return json_response(Stored(answer_id=body.answer_id))

    errors = documented(401, 404, 413, 422, 429, 503)
    add_post(app, "/feedback", give_feedback, response_model=Stored, responses=errors, **shared)

    errors = documented(401, 404, 422, 429, 503)

    @app.get("/passages/{passage_id}", responses=errors, summary="Passage", **shared)
    async def passage(passage_id: int) -> PassageBody:
        """Returns a passage that an answer cites, as long as the index holds it."""
        try:
            found = await run_in_threadpool(answers.passage, passage_id)
        except StoreAwayError as error:
            raise unavailable(error) from error
        if found is None:
            raise HTTPException(404, "The index has no such passage any more.")
        return PassageBody(
            id=passage_id,
            source=found.source,
            breadcrumb=found.breadcrumb,
            place=found.place,
            text=found.text,
        )
