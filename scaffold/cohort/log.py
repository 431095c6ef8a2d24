"""The log of one repository in one run. No password or token gets into it."""

from __future__ import annotations

import datetime
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scaffold import credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import TextIOWrapper
    from pathlib import Path


class Log:
    """Lines with the time of day, in UTC."""

    def __init__(self, stream: TextIOWrapper) -> None:
        self._stream = stream

    def say(self, text: str) -> None:
        """Write what happens; further lines are indented."""
        now = datetime.datetime.now(tz=datetime.UTC)
        lines = credentials.redacted(text).strip().splitlines() or [""]
        shown = "\n".join([f"{now:%Y-%m-%d %H:%M:%S} {lines[0]}", *(f"    {x}" for x in lines[1:])])
        self._stream.write(f"{shown}\n")
        self._stream.flush()


@contextmanager
def opened(path: Path) -> Iterator[Log]:
    """The log at a path; what is there already stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
        yield Log(stream)
