"""Folders that live for a moment, and their removal even while something still writes there."""

from __future__ import annotations

import secrets
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_REMOVALS = 20
_BETWEEN_SECONDS = 0.1


@contextmanager
def folder(prefix: str, place: Path | None = None) -> Iterator[Path]:
    """A new folder that only this user can read, gone afterwards.

    Args:
        prefix: How its name begins.
        place: Where; the system's folder for temporary files when None.

    Raises:
        OSError: It cannot be made.
    """
    made = (place or Path(tempfile.gettempdir())) / f"{prefix}{secrets.token_hex(4)}"
    try:
        made.mkdir(mode=0o700)
        yield made
    finally:
        remove(made)


@contextmanager
def alone(lock: Path, place: Path, prefix: str) -> Iterator[None]:
    """Hold a lock between processes, and remove what an earlier holder was killed in.

    Args:
        lock: Its file; stays.
        place: Where folders with `prefix` are made; made if it is not there.
        prefix: How their names begin, as of `folder`.

    Raises:
        OSError: The lock cannot be had there.
    """
    from filelock import FileLock

    place.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):
        for left in place.glob(f"{prefix}*"):
            remove(left)
        yield


def remove(folder: Path) -> None:
    """Remove a folder, as far as that can be done.

    Of a Ctrl-C we may hear before the git beside us does, which then still writes for a moment:
    so this takes a few goes.
    """
    for attempt in range(_REMOVALS):
        if attempt:
            time.sleep(_BETWEEN_SECONDS)
        if sys.version_info >= (3, 12):
            shutil.rmtree(folder, onexc=_unprotect)
        else:
            shutil.rmtree(folder, onerror=_unprotect)
        if not folder.exists():
            return


def _unprotect(remove: object, path: str, _: object) -> None:
    """Git's objects are read-only, and so Windows does not remove them."""
    with suppress(OSError):
        Path(path).chmod(0o700)
        if callable(remove):
            remove(path)
