"""The pool: one task that kills its process stops no other."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scaffold.cohort import pool
from scaffold.cohort.class_file import Assignment
from scaffold.cohort.layout import Task
from scaffold.cohort.outcome import Outcome
from scaffold.cohort.roster import Learner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.cohort.pool import Do

ONE = Assignment("one", "rag-app")


@dataclass(frozen=True)
class Odd:
    """Does what the learner's name says."""

    @contextmanager
    def open(self) -> Iterator[Do]:
        def do(task: Task) -> Outcome:
            name = task.learner.username
            if name.startswith("killed"):
                os.kill(os.getpid(), signal.SIGKILL)
            if name.startswith("raises"):
                msg = f"odd {name} at https://me:secret@h/"
                raise ValueError(msg)
            if name.startswith("slow"):
                time.sleep(60)
            return Outcome(task.key, "done", commit=str(os.getpid()))

        yield do


def run(names: list[str], room: Path, jobs: int = 2) -> tuple[list[str], dict[str, Outcome]]:
    begun: list[str] = []
    ended: dict[str, Outcome] = {}

    def ends(one: Outcome) -> None:
        ended[one.key.partition("/")[2]] = one

    watch = pool.Watch(lambda task: begun.append(task.learner.username), ends)
    todo = [Task(Learner(name), ONE, f"/{name}") for name in names]
    pool.run(todo, Odd(), room, jobs, watch)
    return begun, ended


def test_a_dead_worker_fails_its_task_alone(tmp_path: Path) -> None:
    names = ["a", "killed1", "b", "raises", "killed2", "c", "d"]
    begun, ended = run(names, tmp_path)
    assert sorted(begun) == sorted(names)
    assert set(ended) == set(names)
    states = {name: one.state for name, one in ended.items()}
    assert {name for name, state in states.items() if state == "done"} == {"a", "b", "c", "d"}
    assert "Its process was ended (code -9)" in ended["killed1"].reason
    assert "ValueError: odd raises at https://***@h/" in ended["raises"].reason


def test_a_ctrl_c_ends_what_does_not_end_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "GRACE_SECONDS", 0.5)
    seen: list[int] = []

    def ends(one: Outcome) -> None:
        seen.append(int(one.commit))
        raise KeyboardInterrupt

    watch = pool.Watch(lambda task: None, ends)  # noqa: ARG005
    todo = [Task(Learner(name), ONE, "/x") for name in ("slow", "a", "slow2", "b")]
    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        pool.run(todo, Odd(), tmp_path, 2, watch)
    assert time.monotonic() - before < 20
    assert len(seen) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(seen[0], 0)
