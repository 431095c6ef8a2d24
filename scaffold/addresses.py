"""What people call a repository: a URL that git fetches from, or a path."""

from __future__ import annotations

import re

_REMOTE = re.compile(r"(https?|ssh|git|file)://|[\w.-]+@[\w.-]+:", re.IGNORECASE)


def is_remote(place: str) -> bool:
    """Whether a place is a URL that git fetches from, and no path."""
    return _REMOTE.match(place) is not None
