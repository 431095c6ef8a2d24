"""Turns on a remote host: so many pushes a minute and no more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scaffold.cohort import hosts

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.cohort.layout import Task

_MINUTE_SECONDS = 60.0


class Pacing:
    """Says how long a task has to wait; a folder or a bare repository on this disk never does.

    Args:
        per_minute: Tasks on one host; 0 for no limit.
        clock: Seconds that only grow.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._apart = _MINUTE_SECONDS / per_minute if per_minute else 0.0
        self._clock = clock
        self._next: dict[str, float] = {}

    def wait(self, task: Task) -> float:
        """Seconds until it may begin; 0 takes the turn."""
        host = hosts.host(task.place)
        if not host or not self._apart:
            return 0.0
        now = self._clock()
        due = self._next.get(host, now)
        if due > now:
            return due - now
        self._next[host] = max(due, now - self._apart) + self._apart
        return 0.0
