"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scaffold.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def refusals_told(what: str, remedy: str = "Mend that and run it again.") -> Iterator[None]:
    """Tell a refusal of the disk in words.

    Args:
        what: Is written, such as "The reports".
        remedy: What to do about it.

    Raises:
        OutsideError: The disk refuses.
    """
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        problem = f"{what} can't be written: {error.strerror or error}{where}."
        raise OutsideError(problem, remedy) from error


def write(file: Path, text: str) -> None:
    """Write a file, and the folders above it; somebody may be reading the old one.

    Raises:
        OSError: The disk refuses; the old file is as it was.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with fresh.open("w", encoding="utf-8", newline="") as opened:
            opened.write(text)
        os.replace(fresh, file)  # noqa: PTH105 - in one folder
    finally:
        fresh.unlink(missing_ok=True)
