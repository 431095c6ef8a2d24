"""Answers that were given before, for exactly the same question."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


def cache_key(question: str, *others: object) -> str:
    """Returns what two questions share that get the same answer.

    Capitals and spaces make no difference. Similar questions are different ones: word vectors don't
    see the order of words, so "A to B" would get the answer to "B to A".

    Args:
        question: As asked.
        others: All else that the answer follows from, such as the version of the index.
    """
    parts: Sequence[object] = (" ".join(question.casefold().split()), *others)
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


class Cache(Generic[Kept]):
    """Keeps the answers that were asked for last; safe for threads.

    Args:
        most: How many; 0 keeps none.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> Kept | None:
        """Returns what is kept under a key."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: str, answer: Kept) -> None:
        """Keeps an answer, and drops the one that was longest not asked for."""
        with self._lock:
            self._kept[key] = answer
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
