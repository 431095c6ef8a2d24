"""A stream is waited for, but not for ever."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from app.language import patience
from app.language.model import UnfinishedError
from app.language.patience import patiently


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(patience, "STOP_SECONDS", 0.05)


class Source:
    """Gives numbers with pauses between them, and knows whether it was closed."""

    def __init__(self, *pauses: float) -> None:
        self.pauses = pauses
        self.ended = ""

    async def stream(self) -> AsyncGenerator[int]:
        try:
            for number, pause in enumerate(self.pauses):
                await asyncio.sleep(pause)
                yield number
            self.ended = "whole"
        except asyncio.CancelledError:
            self.ended = "cancelled"
            raise
        except GeneratorExit:
            self.ended = "closed"
            raise


async def everything(source: Source, seconds: float = 60, *, stopping: bool = False) -> list[int]:
    async with aclosing(patiently(source.stream(), seconds, lambda: stopping)) as items:
        return [item async for item in items]


def test_what_comes_is_given() -> None:
    source = Source(0, 0.02, 0)
    assert asyncio.run(everything(source)) == [0, 1, 2]
    assert source.ended == "whole"


def test_a_stream_that_says_nothing_is_given_up() -> None:
    source = Source(0, 60)
    with pytest.raises(UnfinishedError, match=r"over 0\.1 s"):
        asyncio.run(everything(source, 0.1))
    assert source.ended == "cancelled"


def test_a_stream_that_says_something_all_the_time_is_given_up_too() -> None:
    source = Source(*[0.02] * 100)
    with pytest.raises(UnfinishedError, match=r"over 0\.1 s"):
        asyncio.run(everything(source, 0.1))
    assert source.ended


def test_a_service_that_stops_waits_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(0, 60)
    with pytest.raises(UnfinishedError, match="the service is stopping"):
        asyncio.run(everything(source, stopping=True))
    monkeypatch.setattr(patience, "STOP_SECONDS", 20)
    assert asyncio.run(everything(Source(0, 0.02), stopping=True)) == [0, 1]


def test_whoever_leaves_early_closes_the_stream() -> None:
    source = Source(0, 0, 0)

    async def leave() -> None:
        async with aclosing(patiently(source.stream(), 60, lambda: False)) as items:
            assert await anext(items) == 0

    asyncio.run(leave())
    assert source.ended == "closed"
