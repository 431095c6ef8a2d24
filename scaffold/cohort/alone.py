"""One command at a time works in a class's folder."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from scaffold.cohort import layout
from scaffold.errors import OutsideError, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.cohort.class_file import Class

_IGNORED = "*\n"
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Patience:
    """How long somebody waits for another command.

    Attributes:
        seconds: At most.
        waits: Is called once, when the waiting begins.
    """

    seconds: float = 0.0
    waits: Callable[[], None] = lambda: None


_NONE = Patience()


@contextmanager
def alone(klass: Class, patience: Patience = _NONE) -> Iterator[None]:
    """Hold the one lock of a class.

    Raises:
        RequestError: Another command has it.
        OutsideError: The folder cannot be written.
    """
    own = layout.own(klass)
    try:
        own.mkdir(exist_ok=True)
        ignored = own / ".gitignore"
        if not ignored.exists():
            ignored.write_text(_IGNORED, encoding="utf-8")
        lock = FileLock(own / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            patience.waits()
            lock.acquire(timeout=patience.seconds)
    except Timeout as error:
        raise RequestError(
            f"Another `scaffold cohort` is at work on {klass.name}.", "Wait until it is done."
        ) from error
    except (PermissionError, NotADirectoryError) as error:
        raise OutsideError(
            f"{own} cannot be written: {error.strerror}.", "Choose a folder of your own."
        ) from error
    try:
        yield
    finally:
        lock.release()
