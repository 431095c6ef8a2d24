"""A session with the tools, for one piece of work."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from langchain_core.tools import BaseTool

from app.desk.client import open_tools
from app.desk.tools import Desk

T = TypeVar("T")
Tools = Mapping[str, BaseTool]


def with_tools(
    small: Desk, work: Callable[[Tools], Coroutine[Any, Any, T]], seconds: float = 5
) -> T:
    async def run() -> T:
        async with open_tools(small, seconds) as found:
            return await work(found)

    return asyncio.run(run())
