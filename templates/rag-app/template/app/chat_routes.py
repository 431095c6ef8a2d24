"""The routes of the chat: ask, ask and stream, open a passage, say what you think."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Body, FastAPI, Request, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from app.answering.conversation import Turn
from app.answering.reply import Event, Question, Reply, Sources
from app.answers import Answers
from app.chat_bodies import (
    FeedbackBody,
    PassageBody,
    QuestionBody,
    ReplyBody,
    Stored,
    examples,
)
from app.service import api_key
from app.service.errors import UserError
from app.service.json_route import add_post, json_response
from app.service.problems import documented
from app.service.request_id import current_request_id
from app.service.store import StoreAwayError
from app.settings import Settings

logger = logging.getLogger("app.chat")
WAIT_SECONDS = 5.0
WAITING_FOR_EACH = 4  # places in the queue for each answer that is made at the same time


class Turnstile:
    """Lets a few in at a time, some wait a moment, and tells the others to come back.

    Args:
        at_once: How many are in.
    """

    def __init__(self, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._most_waiting = at_once * WAITING_FOR_EACH
        self._waiting = 0

    @asynccontextmanager
    async def inside(self) -> AsyncIterator[None]:
        """Is in while the block runs.

        Raises:
            HTTPException: 503: the queue is full, or it took too long.
        """
        busy = HTTPException(503, "Too many questions at once; ask again in a few seconds.")
        if self._free.locked() and self._waiting >= self._most_waiting:
            raise busy
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError as error:
            raise busy from error
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()


class _Stream(EventSourceResponse):
    """Events, whose place inside is given back whatever becomes of the connection."""

    place: AbstractAsyncContextManager[None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.place.__aexit__(None, None, None)


def _question(body: QuestionBody, request: Request) -> Question:
    return Question(
        text=body.question,
        history=tuple(Turn(one.question, one.answer) for one in body.history),
        request_id=current_request_id(),
        probe=request.headers.get("x-probe") == "1",
    )


def _unavailable(error: UserError) -> HTTPException:
    # What is wrong is for whoever runs it, and stands in the log.
    logger.error("no answer: %s", error.problem)
    return HTTPException(503, "The index or its provider does not work now; try again later.")


def _named(event: Event) -> tuple[str, dict[str, Any]]:
    if isinstance(event, Reply):
        return "done", event.as_json()
    return ("sources" if isinstance(event, Sources) else "token"), asdict(event)


def _sent(name: str, data: dict[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False))


def add_chat(app: FastAPI, answers: Answers, settings: Settings, example: str) -> None:
    """Adds `/ask`, `/ask/stream`, `/passages/{id}` and `/feedback`.

    Args:
        app: Gets the routes.
        answers: Makes them, and keeps them.
        settings: The key of callers, and how many are answered at once.
        example: A question for the documentation.
    """
    turnstile = Turnstile(settings.answers_at_once)
    guards = api_key.required(settings.api_key)
    shared: dict[str, Any] = {"tags": ["chat"], "dependencies": guards}
    Asking = Annotated[QuestionBody, Body(openapi_examples=examples(example))]  # noqa: N806 - a type

    async def ask(body: Asking, request: Request) -> Response:
        """Answers a question; the whole answer at once."""
        async with turnstile.inside():
            try:
                reply = await answers.reply(_question(body, request))
            except UserError as error:
                raise _unavailable(error) from error
        return json_response(reply.as_json())

    async def ask_stream(body: Asking, request: Request) -> Response:
        """Answers a question as server-sent events: `sources`, `token`s, and `done` with the reply.

        `error` comes in the place of `done` where there is none.
        """
        place = turnstile.inside()
        await place.__aenter__()
        events = answers.events(_question(body, request))

        async def stream() -> AsyncGenerator[bytes]:
            try:
                async with aclosing(events):
                    async for event in events:
                        yield _sent(*_named(event))
            except UserError as error:
                told = _unavailable(error)
                data = {"status": told.status_code, "detail": told.detail}
                yield _sent("error", data | {"request_id": current_request_id()})

        # A proxy that gathers an answer before it passes it on would end the streaming.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        response = _Stream(stream(), headers=headers)
        response.place = place
        return response

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

    errors = documented(401, 413, 422, 429, 503)
    add_post(app, "/ask", ask, response_model=ReplyBody, responses=errors, **shared)
    streamed: dict[int | str, dict[str, Any]] = {
        200: {"description": "Events", "content": {"text/event-stream": {}}}
    }
    add_post(app, "/ask/stream", ask_stream, responses=errors | streamed, **shared)
    errors = documented(401, 404, 413, 422, 429, 503)
    add_post(app, "/feedback", give_feedback, response_model=Stored, responses=errors, **shared)

    errors = documented(401, 404, 422, 429, 503)

    @app.get("/passages/{passage_id}", responses=errors, summary="Passage", **shared)
    async def passage(passage_id: int) -> PassageBody:
        """Returns a passage that an answer cites, as long as the index holds it."""
        try:
            found = await run_in_threadpool(answers.passage, passage_id)
        except StoreAwayError as error:
            raise _unavailable(error) from error
        if found is None:
            raise HTTPException(404, "The index has no such passage any more.")
        return PassageBody(
            id=passage_id,
            source=found.source,
            breadcrumb=found.breadcrumb,
            place=found.place,
            text=found.text,
        )
