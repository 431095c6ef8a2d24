"""The routes that answer about cases: one, many, why; and the one that hears how it went."""

import logging
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Body, FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.answers import BATCH_EXAMPLES, BODIES, EXAMPLES, Stored, batch_of
from app.columns import encode_all
from app.explain import Explanation, explain
from app.prediction_log import PredictionLog
from app.predictions import Caller, Predictions, bytes_of
from app.predictor import Matrix
from app.refusals import refuse_overflow
from app.schema import Features
from app.service import api_key
from app.service.health import Health
from app.service.json_route import add_post, json_response
from app.service.problems import documented
from app.service.request_id import current_request_id
from app.service.store import StoreAwayError
from app.settings import Settings
from app.tasks import TaskName

logger = logging.getLogger("app.feedback")

Case = Annotated[Features, Body(openapi_examples=EXAMPLES)]


def _caller(request: Request) -> Caller:
    headers = request.headers
    probe = headers.get("x-probe") == "1"
    return Caller(current_request_id(), headers.get("x-unit-id", ""), probe)


def _rows(cases: Sequence[Features], place: tuple[str, ...] = ()) -> Matrix:
    rows = encode_all(cases)
    refuse_overflow(rows, place)
    return rows


def _shared(settings: Settings, *statuses: int) -> dict[str, Any]:
    """Returns what all these routes have: the key, if there is one, and their errors."""
    return {
        "tags": ["prediction"],
        "dependencies": api_key.required(settings.api_key),
        "responses": documented(401, *statuses, 413, 422, 429, 503),
    }


def add_predictions(
    app: FastAPI,
    predictions: Predictions | None,
    health: Health,
    task: TaskName,
    settings: Settings,
) -> None:
    """Adds `/predict`, `/predict/batch` and `/explain`.

    They are `async` although nothing is awaited: the model needs some microseconds, and handing the
    call to a thread would cost more than the call.

    Args:
        app: Gets the routes.
        predictions: None as long as there is no model; then all answer 503.
        health: Knows what is missing.
        task: What the model answers.
        settings: Most cases in one batch, and the key of callers.
    """
    batch: Any = Annotated[batch_of(settings.max_batch_rows), Body(openapi_examples=BATCH_EXAMPLES)]
    shared, bodies = _shared(settings), BODIES[task]

    def ready() -> Predictions:
        if predictions is None:
            raise HTTPException(503, health.missing)
        return predictions

    async def predict(features: Case, request: Request) -> Response:
        """Returns the answer for one case; the header X-Unit-ID says whom it is about."""
        return json_response(ready().answer(_rows([features]), _caller(request))[0])

    async def predict_batch(body: batch, request: Request) -> Response:
        """Returns the answers for many cases, in their order."""
        if not await ready().catch_up():
            raise HTTPException(503, "Batches come faster than they can be stored.")
        answers = ready().answer(_rows(body.cases, ("cases",)), _caller(request))
        version = ready().models.champion.metadata.version
        return json_response({"model_version": version, "answers": answers})

    async def explain_case(features: Case, request: Request) -> Response:
        """Tells how the answer would change if one field at a time were typical."""
        models, rows = ready().models, _rows([features])
        unit = ready().units(bytes_of(rows), _caller(request))[0]
        model = models.challenger if models.is_challenged(unit) else None
        return json_response(explain(model or models.champion, rows[0]))

    add_post(app, "/predict", predict, response_model=bodies.answer, **shared)
    add_post(app, "/predict/batch", predict_batch, response_model=bodies.answers, **shared)
    add_post(app, "/explain", explain_case, response_model=Explanation, **shared)


def add_feedback(app: FastAPI, log: PredictionLog, task: TaskName, settings: Settings) -> None:
    """Adds `/feedback`.

    Args:
        app: Gets the route.
        log: Where the prediction is, if it is still kept.
        task: Decides what can come true: yes or no, or a number.
        settings: The key of callers.
    """
    feedback: Any = BODIES[task].feedback

    async def give_feedback(body: feedback, request: Request) -> Response:  # noqa: ARG001
        """Keeps what came true, or what somebody thinks of an answer."""
        actual = None if body.actual is None else float(body.actual)
        given = (body.prediction_id, actual, body.thumb, body.comment)
        try:
            known = await run_in_threadpool(log.add_feedback, *given)
        except StoreAwayError as error:
            logger.warning("feedback not kept: %s", error.problem)
            raise HTTPException(503, "Feedback can't be stored now; try again later.") from error
        if not known:
            raise HTTPException(404, "No prediction with this id is kept.")
        return json_response(Stored(prediction_id=body.prediction_id))

    add_post(app, "/feedback", give_feedback, response_model=Stored, **_shared(settings, 404))
