"""The routes that answer: at once, or as a stream."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Body, FastAPI, Request, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from app.answering.conversation import Turn
from app.answering.reply import Event, Question, Reply, Sources
from app.answers import Answers
from app.chat_bodies import (
    QuestionBody,
    ReplyBody,
    examples,
)
from app.service import api_key
from app.service.errors import UserError
from app.service.json_route import add_post, json_response
from app.service.problems import documented
from app.service.request_id import current_request_id
from app.settings import Settings
from app.turnstile import Turnstile

logger = logging.getLogger("app.chat")


SEND_SECONDS = 15.0


class _Stream(EventSourceResponse):
    """Events, whose place inside is given back whatever becomes of the connection.

    Who asks and does not read is left, or a few such would keep all others out.
    """

    place: AbstractAsyncContextManager[None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(SEND_SECONDS):
                await send(message)

        try:
            await super().__call__(scope, receive, send_in_time)
        except (TimeoutError, ClientDisconnect):
            logger.warning("a reader who does not read was left")
        finally:
            await self.place.__aexit__(None, None, None)


def _question(body: QuestionBody, request: Request) -> Question:
    return Question(
        text=body.question,
        history=tuple(Turn(one.question, one.answer) for one in body.history),
        request_id=current_request_id(),
        probe=request.headers.get("x-probe") == "1",
    )


def unavailable(error: UserError) -> HTTPException:
    """Returns what a caller is told when the index or a provider does not work."""
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
    """Adds `/ask` and `/ask/stream`.

    Args:
        app: Gets the routes.
        answers: Makes them.
        settings: The key of callers, and how many are answered at once.
        example: A question for the documentation.
    """
    turnstile = Turnstile(settings.answers_at_once)
    shared: dict[str, Any] = {
        "tags": ["chat"],
        "dependencies": api_key.required(settings.api_key),
    }
    Asking = Annotated[QuestionBody, Body(openapi_examples=examples(example))]  # noqa: N806 - a type

    async def ask(body: Asking, request: Request) -> Response:
        """Answers a question; the whole answer at once."""
        async with turnstile.inside():
            try:
                reply = await answers.reply(_question(body, request))
            except UserError as error:
                raise unavailable(error) from error
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
                told = unavailable(error)
                data = {"status": told.status_code, "detail": told.detail}
                yield _sent("error", data | {"request_id": current_request_id()})
            except Exception:  # the border of the program: half a response is out
                logger.exception("unhandled error in a stream")
                data = {"status": 500, "detail": "This is our fault; the id finds it in the log."}
                yield _sent("error", data | {"request_id": current_request_id()})

        # A proxy that gathers an answer before it passes it on would end the streaming.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        response = _Stream(stream(), headers=headers)
        response.place = place
        return response

    errors = documented(401, 413, 422, 429, 503)
    add_post(app, "/ask", ask, response_model=ReplyBody, responses=errors, **shared)
    streamed: dict[int | str, dict[str, Any]] = {
        200: {"description": "Events", "content": {"text/event-stream": {}}}
    }
    add_post(app, "/ask/stream", ask_stream, responses=errors | streamed, **shared)
