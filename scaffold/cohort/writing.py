"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


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
