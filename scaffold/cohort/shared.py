"""Locks that many learners share: made by whoever needs one first, in whichever process."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Shared:
    """What came of something that was made once.

    Attributes:
        content: The text; None where it could not be made.
        reason: Why not.
        state: A word of whoever made it.
    """

    content: str | None
    reason: str = ""
    state: str = ""


class Store:
    """A folder of what was made once in a run.

    Args:
        folder: Of the run.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, about: Any, make: Callable[[], Shared]) -> Shared:
        """What was made from these facts; made now if nobody did, others wait for it.

        Args:
            about: Everything that the result depends on; plain data or bytes.
            make: Makes it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        key = hashlib.sha256(json.dumps(about, sort_keys=True, default=repr).encode()).hexdigest()
        path = self._folder / f"{key}.json"
        with FileLock(self._folder / f"{key}.lock"):
            if path.exists():
                return Shared(**json.loads(path.read_text(encoding="utf-8")))
            made = make()
            facts = {"content": made.content, "reason": made.reason, "state": made.state}
            draft = path.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(facts), encoding="utf-8")
            draft.replace(path)
            return made
