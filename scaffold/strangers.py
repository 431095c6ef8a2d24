"""Reading files of a repository that somebody else wrote: never through a link, never too much."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


class RefusedError(ValueError):
    """Why a file is not read, in one line that follows "it"."""


def read(path: Path | str, most: int) -> bytes:
    """The content of a regular file.

    Args:
        path: Of the file. The folders above it are followed, the file itself is not.
        most: Bytes that it may hold.

    Raises:
        RefusedError: It is a link, a device, a pipe or a folder, or holds more.
        OSError: It is not there, or cannot be read.
    """
    _check(os.lstat(path), most)
    # Between the look and the opening it may be replaced: open no link, and wait for no pipe.
    file = os.open(path, _FLAGS)
    try:
        known = os.fstat(file)
        _check(known, most)
        content = os.read(file, known.st_size + 1)
        if len(content) != known.st_size:  # it grew, or comes in pieces
            while len(content) <= most and (more := os.read(file, known.st_size + 1)):
                content += more
        return bounded(content, most)
    finally:
        os.close(file)


def bounded(content: bytes, most: int) -> bytes:
    """The content, unless it holds more than `most` bytes.

    Raises:
        RefusedError: It does.
    """
    if len(content) > most:
        raise RefusedError(f"it is larger than {most // 1_000_000} MB")
    return content


def _check(known: os.stat_result, most: int) -> None:
    if stat.S_ISREG(known.st_mode) and known.st_size <= most:
        return
    if stat.S_ISDIR(known.st_mode):
        raise RefusedError("it is a folder")
    if stat.S_ISLNK(known.st_mode):
        raise RefusedError("it is a link, which is not followed")
    if not stat.S_ISREG(known.st_mode):
        raise RefusedError("it is no regular file")
    raise RefusedError(f"it is larger than {most // 1_000_000} MB")
