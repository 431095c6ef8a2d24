"""Waits for a stream no longer than it may take, and not beyond the end of the service."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from time import monotonic
from typing import TypeVar

from app.language.model import UnfinishedError

Item = TypeVar("Item")


LOOK_SECONDS = 0.25
STOP_SECONDS = 10.0  # less than the server waits for requests in flight


async def patiently(
    stream: AsyncIterator[Item], seconds: float, stopping: Callable[[], bool]
) -> AsyncGenerator[Item]:
    """Gives what a stream gives, and closes it at the end, also when nobody listens any more.

    Args:
        stream: Of a model.
        seconds: For all of it.
        stopping: Whether the service is about to end; then the rest has `STOP_SECONDS`.

    Raises:
        UnfinishedError: It takes longer.
        ModelError: The model fails.
    """
    end, told = monotonic() + seconds, False

    def late() -> UnfinishedError:
        why = "the service is stopping" if told else f"it took over {seconds:g} s"
        return UnfinishedError(f"The model did not finish: {why}.", "Ask again.")

    waiting: asyncio.Task[Item] | None = None
    try:
        while True:
            waiting = asyncio.ensure_future(_next(stream))
            while not (await asyncio.wait({waiting}, timeout=LOOK_SECONDS))[0]:
                if stopping() and not told:
                    end, told = min(end, monotonic() + STOP_SECONDS), True
                if monotonic() > end:
                    raise late()
            try:
                item = waiting.result()
            except StopAsyncIteration:
                return
            if monotonic() > end:
                raise late()
            yield item
    finally:
        if waiting is not None and not waiting.done():
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()


async def _next(stream: AsyncIterator[Item]) -> Item:
    return await anext(stream)
