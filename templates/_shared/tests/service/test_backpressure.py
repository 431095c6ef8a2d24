"""Who is refused waits a moment; who is served does not, and no more wait than may."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from app.service.backpressure import BackpressureMiddleware

FOREVER = 3600.0


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the status that the query names."""
    status = int(scope["query_string"])
    await PlainTextResponse("words", status, {"Retry-After": "5"})(scope, receive, send)


@contextlib.asynccontextmanager
async def asked(
    service: BackpressureMiddleware, status: int, path: str = "/items"
) -> AsyncIterator[list[Message]]:
    """What a client has received, once everything that need not wait was sent."""
    received: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        received.append(message)

    query = str(status).encode()
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": []}
    request = asyncio.ensure_future(service(scope, receive, send))
    await asyncio.wait([request], timeout=0.05)
    try:
        yield received
    finally:
        request.cancel()
        await asyncio.wait([request])


async def at_once(service: BackpressureMiddleware, status: int, path: str = "/items") -> bool:
    async with asked(service, status, path) as received:
        return bool(received)


def test_who_is_refused_waits_and_who_is_served_does_not() -> None:
    async def statuses() -> dict[int, bool]:
        service = BackpressureMiddleware(app, FOREVER)
        return {status: await at_once(service, status) for status in (200, 404, 422, 429, 503)}

    assert asyncio.run(statuses()) == {200: True, 404: True, 422: True, 429: False, 503: False}


def test_after_the_wait_the_refusal_arrives_whole() -> None:
    async def refusal() -> tuple[Message, ...]:
        async with asked(BackpressureMiddleware(app, 0), 503) as received:
            return tuple(received)

    start, body = asyncio.run(refusal())
    assert start["status"] == 503
    assert (b"retry-after", b"5") in start["headers"]
    assert body["body"] == b"words"


def test_no_more_wait_than_may() -> None:
    async def third_and_after() -> tuple[bool, bool]:
        service = BackpressureMiddleware(app, FOREVER, most=2)
        async with asked(service, 429), asked(service, 503):
            third = await at_once(service, 503)
        return third, await at_once(service, 503)  # those who waited have gone

    assert asyncio.run(third_and_after()) == (True, False)


def test_whoever_looks_at_the_health_does_not_wait() -> None:
    service = BackpressureMiddleware(app, FOREVER)
    assert asyncio.run(at_once(service, 503, "/health/ready"))


def test_what_is_not_http_passes_through() -> None:
    passed: list[str] = []

    async def inner(scope: Scope, _: Receive, __: Send) -> None:
        passed.append(scope["type"])

    async def receive() -> Message:
        return {}

    async def send(_: Message) -> None: ...

    asyncio.run(BackpressureMiddleware(inner, FOREVER)({"type": "lifespan"}, receive, send))
    assert passed == ["lifespan"]
