"""Whether there is room left, for programs that fail without saying why."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NEARLY_NOTHING_BYTES = 1 << 20


def reason(error: Exception) -> str:
    """Why something was not written, in a person's words and without an error's number."""
    full = getattr(error, "disk_full", False) or getattr(error, "errno", None) == errno.ENOSPC
    if full:
        return "the disk is full"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error)


def is_full(folder: Path) -> bool:
    """Whether the disk of `folder` has next to no room, for data or for another file."""
    try:
        if shutil.disk_usage(folder).free < _NEARLY_NOTHING_BYTES:
            return True
        if hasattr(os, "statvfs"):
            facts = os.statvfs(folder)
            return facts.f_files > 0 and facts.f_favail == 0
    except OSError:
        pass
    return False
