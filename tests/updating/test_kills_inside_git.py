"""SIGKILL of everything at once while git works for us: git then leaves its own locks behind.

git itself says when: a learner's filter (as git-lfs and nbstripout are) runs in the middle of its
work, with its locks held, and ends the whole process group.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.updating.state import leftovers, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updating.conftest import Workshop
    from tests.updating.quick import Quick

FILTERED = "settings.yml", "app/rule.py", "app/work.py"


def ending_filter(machine: Quick) -> Path:
    """A script that passes a file on; at the run named by `number` it kills its process group."""
    script = machine.root / "filter"
    script.write_text(
        '#!/bin/sh\ncd "$(dirname "$0")"\necho >> runs\n'
        '[ "$(wc -l < runs)" = "$(cat number)" ] && kill -9 0\nexec cat\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    return script


def lay(workshop: Workshop, machine: Quick, stage: str, number: int) -> Path:
    folder = workshop.lay(stage, machine.work / "project")
    write = (folder / ".git/info/attributes").write_text
    (folder / ".git/info").mkdir(exist_ok=True)
    write("".join(f"{path} filter=ending\n" for path in FILTERED), encoding="utf-8")
    machine.git(folder, "config", "filter.ending.clean", str(machine.root / "filter"))
    (machine.root / "runs").write_text("", encoding="utf-8")
    (machine.root / "number").write_text(f"{number}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("words", "start", "goal"),
    [
        (("--no-lock",), "colliding", "conflicts"),
        (("--undo",), "conflicts", "colliding"),
        (("--finish", "--no-lock"), "resolved", "finished"),
    ],
    ids=["update", "undo", "finish"],
)
def test_a_kill_while_git_holds_its_locks_leaves_none_after_the_next_command(
    workshop: Workshop, quick: Quick, words: tuple[str, ...], start: str, goal: str
) -> None:
    ending_filter(quick)
    folder = lay(workshop, quick, start, 0)
    known = {start: state(quick, folder)}
    (quick.root / "runs").write_text("", encoding="utf-8")
    quick.run("update", "project", *words)
    runs = (quick.root / "runs").read_text(encoding="utf-8").count("\n")
    known[goal] = state(quick, folder)
    assert runs >= 2
    for number in range(1, runs + 1):
        lay(workshop, quick, start, number)
        said = quick.fork("update", "project", *words, prepare=os.setsid)
        assert said.code == -signal.SIGKILL, said
        (quick.root / "number").write_text("0\n", encoding="utf-8")
        again = quick.run("update", "project", "--json", *words)
        assert again.code == (1 if goal == "conflicts" else 0), (number, again)
        assert not state(quick, folder).differs(known[goal]), number
        assert leftovers(folder) == [], number


@pytest.mark.parametrize(
    ("stage", "words", "ref"),
    [("clean", (), "before-update"), ("updated", ("--undo",), "before-undo")],
    ids=["update", "undo"],
)
def test_the_lock_of_a_ref_that_a_killed_git_left_stops_nothing(
    workshop: Workshop, quick: Quick, stage: str, words: tuple[str, ...], ref: str
) -> None:
    folder = workshop.lay(stage, quick.work / "project")
    lock = folder / f".git/refs/worktree/scaffold/{ref}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.touch()
    said = quick.run("update", "project", *words)
    assert said.code == 0, said
    assert leftovers(folder) == []
