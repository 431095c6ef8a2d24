"""Slows down who is refused and asks again at once, so that refusing leaves time for the work."""

import asyncio
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

REFUSED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
WAIT_SECONDS = 0.5
MOST_WAITING = 256  # far below the 1,024 open files that many systems allow a process
PROBES = "/health/"  # whoever looks whether the service is well hears it at once


class BackpressureMiddleware:
    """Sends the refusals 429 and 503 half a second late.

    `Retry-After` helps only with clients that heed it. One that asks again at once, on 64
    connections, is refused some thousand times a second, which takes the processor from those who
    are served. Waiting costs next to nothing. Everything inside is over by then: metrics and logs
    show how long a refusal took without the wait, and it holds no place in a queue.

    Args:
        app: The application inside.
        seconds: How long a refusal waits.
        most: How many may wait at a time; more are sent at once, so that connections stay bounded.
    """

    def __init__(
        self, app: ASGIApp, seconds: float = WAIT_SECONDS, most: int = MOST_WAITING
    ) -> None:
        self.app = app
        self._seconds = seconds
        self._most = most
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection; what is not HTTP passes through."""
        if scope["type"] != "http" or scope["path"].startswith(PROBES):
            await self.app(scope, receive, send)
            return
        refusal: list[Message] = []

        async def send_or_keep(message: Message) -> None:
            if refusal or message.get("status") in REFUSED:
                refusal.append(message)
            else:
                await send(message)

        await self.app(scope, receive, send_or_keep)
        if refusal:
            await self._wait()
        for message in refusal:
            await send(message)

    async def _wait(self) -> None:
        if self._waiting >= self._most:
            return
        self._waiting += 1
        try:
            await asyncio.sleep(self._seconds)
        finally:
            self._waiting -= 1
