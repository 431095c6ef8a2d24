"""What people call a repository: a URL that git fetches from, or a path."""

from __future__ import annotations

import os
import re
from pathlib import Path

_REMOTE = re.compile(r"(https?|ssh|git|file)://|[\w.-]+@[\w.-]+:", re.IGNORECASE)


def fetchable(place: str) -> str | None:
    """The URL that git fetches a place from; None for a folder whose files can be read.

    Args:
        place: A URL or a path; that of a bare repository, which holds no files, becomes a URL.
    """
    if is_remote(place):
        return place
    folder = Path(place).expanduser()
    names = (folder / "HEAD", folder / "objects", folder / "refs")
    bare = all(map(os.path.exists, names)) and not os.path.lexists(folder / ".git")
    return folder.resolve().as_uri() if bare else None


def is_remote(place: str) -> bool:
    """Whether a place is a URL that git fetches from, and no path."""
    return _REMOTE.match(place) is not None
