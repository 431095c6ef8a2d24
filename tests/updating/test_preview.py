"""What a preview, and a refusal, leave alone: everything."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.machine import listing
from tests.updating.learner import append, edit
from tests.updating.state import state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.updating.conftest import Workshop
    from tests.updating.quick import Quick


def test_a_preview_writes_nothing_into_the_repository(quick: Quick, colliding: Path) -> None:
    os.utime(colliding / "README.md", (1, 1))  # git would note in its index that it is unchanged
    before = listing(colliding)
    said = quick.run("update", "project", "--preview", "--json")
    assert said.code == 1
    assert listing(colliding) == before
    assert "+LIMIT = 20" in said.document["diff"]
    assert listing(quick.temporary) == {}


def test_a_preview_says_what_an_update_then_does(
    quick: Quick, workshop: Workshop, colliding: Path
) -> None:
    preview = quick.run("update", "project", "--preview", "--json").document
    done = quick.run("update", "project", "--json").document
    assert (preview.pop("state"), done.pop("state")) == ("previewed", "conflicts")
    diff = preview.pop("diff")
    assert preview == done
    goal = state(quick, colliding).files
    workshop.lay("colliding", colliding)
    words = ["git", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(words, cwd=colliding, env=quick.env, input=diff.encode(), check=True)
    patched = state(quick, colliding).files
    differing = {path for path in goal.keys() | patched if goal.get(path) != patched.get(path)}
    assert differing == {"logo.bin", "run.sh"}  # bytes and modes have no lines


def test_a_preview_takes_files_as_they_are_and_says_that_they_are_not_committed(
    quick: Quick, clean: Path
) -> None:
    append(clean, "app/mine.py", "x = 1")
    edit(clean, "app/rule.py", "LIMIT = 10", "LIMIT = 11")  # the release changes it too
    before = listing(clean)
    said = quick.run("update", "project", "--preview")
    assert (said.code, said.error) == (1, [])
    told = " ".join(said.out.split())
    assert "Not committed yet: app/mine.py, app/rule.py." in told
    assert "git stash" in told.partition("Nothing is written yet.")[2]
    document = quick.run("update", "project", "--preview", "--json").document
    assert document["uncommitted"] == ["app/mine.py", "app/rule.py"]
    assert [one["path"] for one in document["files"] if one["action"] == "conflict"] == [
        "app/rule.py"
    ]
    assert listing(clean) == before
    assert quick.run("update", "project").code == 2


OURS = (".git/scaffold", ".git/refs/worktree")


def _unmerged(machine: Quick, folder: Path) -> None:
    machine.git(folder, "checkout", "-q", "-b", "other")
    append(folder, "app/rule.py", "A = 1")
    machine.git(folder, "commit", "-qam", "other")
    machine.git(folder, "checkout", "-q", "main")
    append(folder, "app/rule.py", "B = 1")
    machine.git(folder, "commit", "-qam", "main")
    words = ["git", "merge", "-q", "other"]
    subprocess.run(words, cwd=folder, env=machine.env, capture_output=True, check=False)


REFUSED: dict[str, tuple[Callable[[Quick, Path], object], str]] = {
    "an edit": (
        lambda _, folder: append(folder, "app/mine.py", "x"),
        "There are changes that are not committed: app/mine.py.",
    ),
    "a staged edit": (
        lambda machine, folder: (
            append(folder, "app/mine.py", "x"),
            machine.git(folder, "add", "--all"),
        ),
        "There are changes that are not committed: app/mine.py, notes.txt.",
    ),
    "a deleted file": (
        lambda _, folder: (folder / "app/mine.py").unlink(),
        "There are changes that are not committed: app/mine.py.",
    ),
    "a merge": (_unmerged, "git is in the middle of a merge."),
    "no commit": (
        lambda machine, folder: machine.git(folder, "update-ref", "-d", "HEAD"),
        "{folder} has no commit yet, so no update could be taken back.",
    ),
    "somebody's lock": (
        lambda _, folder: (folder / ".git/index.lock").write_bytes(b""),
        "Another git command is at work here, or was killed: {folder}/.git/index.lock.",
    ),
    "somebody's lock with something in it": (
        lambda _, folder: (folder / ".git/index.lock").write_bytes(
            (folder / ".git/index").read_bytes()
        ),
        "Another git command is at work here, or was killed: {folder}/.git/index.lock.",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_repository_that_is_not_ready_is_refused_and_stays_as_it_is(
    quick: Quick, clean: Path, what: str
) -> None:
    make, problem = REFUSED[what]
    make(quick, clean)
    before = listing(clean)
    said = quick.run("update", "project")
    assert (said.code, said.error[0]) == (2, f"Error: {problem.format(folder=clean)}")
    after = listing(clean)
    assert {path: after.get(path) for path in before} == before
    assert all(path.startswith(OURS) for path in after.keys() - before.keys())


def test_versions_that_cannot_be_had_are_refused(quick: Quick, clean: Path, updated: Path) -> None:
    del clean
    before = state(quick, updated)
    for version, problem in (
        ("v9.9.9", "has no release v9.9.9."),
        ("0.1.0", "v0.1.0 is older than v0.2.0, which is here; updates go forward only."),
    ):
        said = quick.run("update", "project", "--to", version)
        assert said.code == 2
        assert problem in said.error[0]
    assert not state(quick, updated).differs(before)
