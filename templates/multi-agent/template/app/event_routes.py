"""A run as it goes on, as server-sent events: whoever left and comes back misses nothing."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator
from time import time
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.exceptions import HTTPException

from app.office import Office
from app.run_bodies import call_bodies, run_body
from app.run_routes import refused
from app.service.errors import UserError
from app.service.health import Health
from app.service.problems import documented

STREAMED: dict[int | str, dict[str, Any]] = {
    200: {"description": "Events", "content": {"text/event-stream": {}}}
}
WATCHERS = 64
"""At once; each asks the store a few times a second."""
PAUSE = 0.2
ALIVE_SECONDS = 15.0
logger = logging.getLogger("app.events")


def add_events(app: FastAPI, office: Office, health: Health) -> None:
    """Adds `/runs/{run_id}/events`.

    Args:
        app: Gets the route.
        office: Knows the runs.
        health: Ends the streams when the service stops.
    """
    watching = asyncio.Semaphore(WATCHERS)

    @app.get(
        "/runs/{run_id}/events",
        tags=["runs"],
        response_model=None,
        responses=documented(404, 429, 503) | STREAMED,
    )
    async def events(run_id: str, request: Request) -> Response:
        """Sends `call` when a call begins and, with the same `n`, when it ends; then the `run`.

        It reads what is on record, so it may be asked again at any time, and from any process.
        """
        try:
            await office.runner.find(run_id)
        except UserError as error:
            raise refused(error) from error
        if watching.locked():
            raise HTTPException(503, "Too many watch at once; try again in a few seconds.")

        async def stream() -> AsyncGenerator[bytes]:
            async with watching:
                try:
                    async for event in _events(office, run_id, health):
                        if await request.is_disconnected():
                            return
                        yield event
                except UserError as error:
                    yield _sent("error", refused(error).detail, "error")

        # A proxy that gathers an answer before it passes it on would end the streaming.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return EventSourceResponse(stream(), headers=headers)


async def _events(office: Office, run_id: str, health: Health) -> AsyncGenerator[bytes]:
    seen: dict[int, Any] = {}
    loop = asyncio.get_running_loop()
    last = loop.time()
    while True:
        # First whether it goes on, then the calls: so none that came before the end is missed.
        entry = await asyncio.to_thread(office.runner.log.find, run_id)
        calls = call_bodies(await asyncio.to_thread(office.runner.calls.of_run, run_id))
        for call in calls:
            if seen.get(call["n"]) != call:
                seen[call["n"]] = call
                last = loop.time()
                yield _sent("call", call, f"{call['n']}-{call['status']}")
        if entry is None or entry.status != "running" or health.stopping:
            break
        if entry.held_until < time() - PAUSE:  # nobody works on it: it broke off
            break
        if loop.time() - last > ALIVE_SECONDS:
            last = loop.time()
            yield b": still there\n\n"
        await asyncio.sleep(PAUSE)
    yield _sent("run", run_body(await office.runner.find(run_id)), "run")


def _sent(name: str, data: object, event_id: str) -> bytes:
    text = json.dumps(data, ensure_ascii=False)
    return format_sse_event(event=name, data_str=text, id=event_id)
