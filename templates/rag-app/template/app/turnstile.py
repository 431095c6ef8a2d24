"""How many answers are made at the same time; a short queue, and no more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.exceptions import HTTPException

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
