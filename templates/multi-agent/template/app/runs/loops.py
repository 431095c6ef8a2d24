"""Running asynchronous work from a command, on every system."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Returns what the work returns; Ctrl-C cancels it, so that it can let go of what it holds."""
    # The driver of Postgres needs the loop that is not Windows' own.
    factory = asyncio.SelectorEventLoop if sys.platform == "win32" else None
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)
