"""Journals: what a run was to do and what came of it, line by line.

A line is on the disk before the work that it announces begins. A run that was killed leaves a
journal without its last line, which the next run reads: nothing is ever done twice for want of it.
"""

from __future__ import annotations

import datetime
import json
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scaffold.cohort import outcome as outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from scaffold.cohort.outcome import Outcome

_NAME = re.compile(r"(?P<verb>[a-z]+)-(?P<number>[0-9]{4,9})\.jsonl")


@dataclass(frozen=True)
class Planned:
    """The first line of a journal.

    Attributes:
        verb: What was asked for.
        options: And how.
        tasks: Key and place of each task, in order.
        at: When the run was begun, ISO 8601.
    """

    verb: str
    options: Mapping[str, Any]
    tasks: tuple[tuple[str, str], ...]
    at: str = ""


@dataclass(frozen=True)
class Record:
    """A journal, read.

    Attributes:
        path: The file.
        planned: What was to be done.
        begun: Keys of the tasks that were begun.
        ended: What came of those that ended, by key; the last time counts.
        complete: Whether the run came to its end.
    """

    path: Path
    planned: Planned
    begun: frozenset[str] = frozenset()
    ended: Mapping[str, Outcome] = field(default_factory=dict)
    complete: bool = False

    @property
    def run(self) -> str:
        """`<verb>-<number>`."""
        return self.path.stem


class Journal:
    """A journal that is being written; only the process that holds the class's lock does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = path.open("ab")
        if self._stream.tell() and not path.read_bytes().endswith(b"\n"):
            self._stream.write(b"\n")  # the last line was torn

    @property
    def run(self) -> str:
        """`<verb>-<number>`."""
        return self.path.stem

    def plan(self, planned: Planned) -> None:
        """Say what is to be done."""
        self._write(
            {
                "event": "plan",
                "verb": planned.verb,
                "number": int(self.run.rpartition("-")[2]),
                "at": _now(),
                "options": dict(planned.options),
                "tasks": [list(one) for one in planned.tasks],
            }
        )

    def begin(self, key: str) -> None:
        """Say that a task begins now."""
        self._write({"event": "begin", "key": key, "at": _now()})

    def end(self, outcome: Outcome) -> None:
        """Say what came of a task."""
        self._write({"event": "end", "at": _now(), **outcome.facts()})

    def complete(self) -> None:
        """Say that the run came to its end."""
        self._write({"event": "complete", "at": _now()})

    def forget_if_empty(self) -> None:
        """Remove it where nothing was begun."""
        if self._stream.tell() == 0:
            self._stream.close()
            self.path.unlink()

    def close(self) -> None:
        """Write no more."""
        self._stream.close()

    def _write(self, facts: Mapping[str, Any]) -> None:
        self._stream.write(json.dumps(facts, ensure_ascii=False).encode() + b"\n")
        self._stream.flush()
        os.fsync(self._stream.fileno())


def fresh(folder: Path, verb: str) -> Journal:
    """A new journal of a verb."""
    number = max((number for number, _ in _numbered(folder, verb)), default=0) + 1
    return Journal(folder / f"{verb}-{number:04}.jsonl")


def newest(folder: Path, verb: str) -> Record | None:
    """The newest journal of a verb; one that does not even say its plan does not count."""
    for _, path in sorted(_numbered(folder, verb), reverse=True):
        record = read(path)
        if record is not None:
            return record
    return None


def every(folder: Path, verb: str) -> Iterator[Record]:
    """All journals of a verb, the oldest first."""
    for _, path in sorted(_numbered(folder, verb)):
        record = read(path)
        if record is not None:
            yield record


def _numbered(folder: Path, verb: str) -> Iterator[tuple[int, Path]]:
    for path in folder.glob(f"{verb}-*.jsonl"):
        found = _NAME.fullmatch(path.name)
        if found is not None and found["verb"] == verb:
            yield int(found["number"]), path


def read(path: Path) -> Record | None:
    """Read a journal; a line that was torn by a power cut is left out.

    Returns:
        None where its plan was not written whole: then nothing was begun.
    """
    planned: Planned | None = None
    begun: set[str] = set()
    ended: dict[str, Outcome] = {}
    complete = False
    for facts in _lines(path.read_bytes()):
        event, key = facts.get("event"), facts.get("key")
        if event == "plan":
            planned = _planned(facts)
        elif event == "begin" and isinstance(key, str):
            begun.add(key)
            complete = False
        elif event == "end":
            found = outcomes.from_facts(facts)
            if found is not None:
                ended[found.key] = found
        elif event == "complete":
            complete = True
    if planned is None:
        return None
    return Record(path, planned, frozenset(begun), ended, complete)


def _lines(content: bytes) -> Iterator[dict[str, Any]]:
    for line in content.split(b"\n"):
        try:
            facts = json.loads(line)
        except ValueError:
            continue
        if isinstance(facts, dict):
            yield facts


def _planned(facts: Mapping[str, Any]) -> Planned | None:
    verb, options, tasks = facts.get("verb"), facts.get("options"), facts.get("tasks")
    if not isinstance(verb, str) or not isinstance(options, dict) or not isinstance(tasks, list):
        return None
    pairs: Sequence[tuple[str, str]] = [(str(one[0]), str(one[1])) for one in tasks]
    return Planned(verb, options, tuple(pairs), str(facts.get("at", "")))


def _now() -> str:
    return datetime.datetime.now(tz=datetime.UTC).isoformat(timespec="seconds")
