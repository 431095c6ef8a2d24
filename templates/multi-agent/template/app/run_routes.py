"""The routes of runs: ask, look, decide, go on."""

import asyncio
import logging
from typing import Annotated, Any

from fastapi import Body, FastAPI, Request, Response
from fastapi.params import Depends
from starlette.exceptions import HTTPException

from app.office import BusyError, Office
from app.run_bodies import (
    DecisionBody,
    NothingBody,
    QuestionBody,
    RunBody,
    RunsBody,
    TracedRunBody,
    call_bodies,
    entry_body,
    run_body,
)
from app.runs.run_log import Run
from app.runs.runner import HeldError, NoRunError, NotWaitingError
from app.service.errors import UserError
from app.service.json_route import add_post, json_response
from app.service.problems import documented
from app.service.store import StoreAwayError

TAGS: dict[str, Any] = {"tags": ["runs"]}
logger = logging.getLogger("app.runs")


def refused(error: UserError) -> HTTPException:
    """Returns what a caller is told of an error."""
    words = f"{error.problem} {error.remedy}".strip()
    if isinstance(error, StoreAwayError):
        # What is wrong is for whoever runs it, and stands in the log.
        logger.error("the store is away: %s", error.problem)
        return HTTPException(503, "Runs can't be stored now; try again later.")
    if isinstance(error, BusyError):
        return HTTPException(503, words)
    if isinstance(error, NoRunError):
        return HTTPException(404, error.problem)
    if isinstance(error, HeldError | NotWaitingError):
        return HTTPException(409, error.problem)
    return HTTPException(422, words)


def add_runs(app: FastAPI, office: Office, asking: list[Depends], example: str) -> None:
    """Adds `/runs` to ask, and `/runs/{run_id}` to look.

    Args:
        app: Gets them.
        office: Works on runs.
        asking: Who may ask.
        example: A question for the documentation.
    """
    examples: Any = {"question": {"value": {"question": example, "wait": 8}}}
    Asking = Annotated[QuestionBody, Body(openapi_examples=examples)]  # noqa: N806 - a type

    async def ask(body: Asking, request: Request) -> Response:
        """Begins a run; with `wait`, what came of it until then."""
        try:
            probe = request.headers.get("x-probe") == "1"
            run_id, work = await office.start(body.question, probe=probe)
            await asyncio.wait({work}, timeout=body.wait)
            return _answer(await office.runner.find(run_id), 202)
        except UserError as error:
            raise refused(error) from error

    errors = documented(401, 413, 422, 429, 503)
    add_post(
        app,
        "/runs",
        ask,
        response_model=RunBody,
        status_code=202,
        responses=errors,
        dependencies=asking,
        **TAGS,
    )

    errors = documented(404, 429, 503)

    @app.get("/runs/{run_id}", responses=errors, response_model=TracedRunBody, **TAGS)
    async def look(run_id: str) -> Response:
        """Returns a run as it stands, with every call that was made for it."""
        try:
            run, calls = await office.runner.look(run_id)
        except UserError as error:
            raise refused(error) from error
        return json_response(run_body(run) | {"calls": call_bodies(calls)})


def add_deciding(app: FastAPI, office: Office, deciding: list[Depends]) -> None:
    """Adds the routes of whoever is in charge: list runs, decide about one, go on with one.

    Args:
        app: Gets them.
        office: Works on runs.
        deciding: Who may.
    """
    shared: dict[str, Any] = TAGS | {
        "responses": documented(401, 403, 404, 409, 413, 422, 429, 503),
        "dependencies": deciding,
    }

    async def decide(body: DecisionBody, request: Request) -> Response:
        """Approves, edits or rejects the memo of a run that waits."""
        decision = body.model_dump(exclude_none=True)
        try:
            return _answer(await office.runner.decide(request.path_params["run_id"], decision))
        except UserError as error:
            raise refused(error) from error

    async def resume(body: NothingBody, request: Request) -> Response:  # noqa: ARG001
        """Goes on with a run that broke off; one that waits or is done stays as it is."""
        run_id = request.path_params["run_id"]
        try:
            run = await office.runner.find(run_id)
            if run.status == "running":
                office.resume(run_id)
            return _answer(run, 202)
        except UserError as error:
            raise refused(error) from error

    add_post(app, "/runs/{run_id}/decision", decide, response_model=RunBody, **shared)
    add_post(
        app, "/runs/{run_id}/resume", resume, response_model=RunBody, status_code=202, **shared
    )

    @app.get("/runs", response_model=RunsBody, **shared)
    async def newest() -> Response:
        """Returns the newest runs: what was asked, and what waits for a decision."""
        try:
            entries = await asyncio.to_thread(office.runner.log.newest)
        except UserError as error:
            raise refused(error) from error
        return json_response({"runs": [entry_body(one) for one in entries]})


def _answer(run: Run, status: int = 200) -> Response:
    response = json_response(run_body(run))
    response.status_code = status
    return response
