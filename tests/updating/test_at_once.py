"""Several commands in one repository at once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from filelock import FileLock

from tests.machine import told
from tests.updating.dying import KILLED, Watch
from tests.updating.learner import append
from tests.updating.state import leftovers, state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.updating.conftest import Workshop
    from tests.updating.quick import Quick

LONG_SECONDS = 60


def wait_for(known: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + LONG_SECONDS
    while not known():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_of_two_updates_at_once_one_is_made(
    workshop: Workshop, quick: Quick, colliding: Path
) -> None:
    before = state(quick, colliding)
    goal = state(quick, workshop.lay("conflicts", colliding))
    workshop.lay("colliding", colliding)
    both = [quick.start("update", "project", "--no-lock") for _ in range(2)]
    said = []
    for one in both:
        out, err = one.communicate(timeout=LONG_SECONDS)
        said.append(told(subprocess.CompletedProcess([], one.returncode, out, err)))
    codes = sorted(one.code for one in said)
    assert codes == [1, 2], said
    (refused,) = (one for one in said if one.code == 2)
    assert refused.error[0].startswith(
        ("Error: Conflicts are not resolved yet", "Error: There are changes that are not committed")
    )
    assert not state(quick, colliding).differs(goal)
    assert leftovers(colliding) == []
    assert quick.run("update", "project", "--undo").code == 0
    assert not state(quick, colliding).differs(before)


def test_a_repository_that_another_command_changes_is_left_to_it(
    quick: Quick, updated: Path
) -> None:
    before = state(quick, updated)
    ours = updated / ".git/scaffold"

    def impatient() -> None:
        from scaffold.update import record

        record._LOCK_SECONDS = 0.1  # type: ignore[assignment]

    with FileLock(ours / "lock"):
        for words in ((), ("--undo",), ("--finish",), ("-d", "region=asia")):
            said = quick.fork("update", "project", *words, prepare=impatient)
            if not words:  # nothing to do
                assert said.code == 0
                continue
            assert (said.code, said.error) == (
                2,
                [
                    "Error: Another scaffold command is changing this repository.",
                    "Wait until it is done.",
                ],
            )
    assert not state(quick, updated).differs(before)


def test_a_command_waits_for_the_one_before_it(quick: Quick, updated: Path) -> None:
    lock = FileLock(updated / ".git/scaffold/lock")
    lock.acquire()
    process = quick.start("update", "project", "--undo")
    time.sleep(1.5)
    assert process.poll() is None
    lock.release()
    process.communicate(timeout=LONG_SECONDS)
    assert process.returncode == 0


def test_an_update_beside_a_commit_with_an_open_editor_is_refused(
    quick: Quick, clean: Path
) -> None:
    append(clean, "app/mine.py", "COMMITTED = True")
    editor = quick.root / "editor"
    editor.write_text(
        f'#!/bin/sh\ntouch "{quick.root}/open"\n'
        f'while [ -e "{quick.root}/open" ]; do sleep 0.05; done\necho Mine > "$1"\n',
        encoding="utf-8",
    )
    editor.chmod(0o755)
    command = ["git", "commit", "-q", "-a"]
    env = {**quick.env, "GIT_EDITOR": os.fspath(editor)}
    commit = subprocess.Popen(command, cwd=clean, env=env, start_new_session=True)
    try:
        wait_for((quick.root / "open").exists)
        assert (clean / ".git/index.lock").exists()
        held = (clean / ".git/index.lock").read_bytes()
        before = state(quick, clean)
        said = quick.run("update", "project")
        assert said.code == 2, said
        assert not state(quick, clean).differs(before)
        assert (clean / ".git/index.lock").read_bytes() == held
        (quick.root / "open").unlink()
        assert commit.wait(LONG_SECONDS) == 0
    finally:
        if commit.poll() is None:
            os.killpg(commit.pid, signal.SIGKILL)
    assert quick.git(clean, "log", "-1", "--format=%s").strip() == "Mine"
    assert quick.run("update", "project", "--no-lock").code == 0


def test_a_lock_that_git_takes_just_after_the_point_of_no_return_is_respected(
    workshop: Workshop, quick: Quick, colliding: Path
) -> None:
    goal = state(quick, workshop.lay("conflicts", colliding))
    before = state(quick, workshop.lay("colliding", colliding))
    lock = colliding / ".git/index.lock"

    class Taking(Watch):
        """Takes git's lock instead of ending the process."""

        def _stop(self, event: str, what: str) -> None:  # noqa: ARG002
            lock.write_bytes(b"DIRC")

    watch = Taking(colliding, number=1, matching="os.link .*/index.lock")
    said = quick.fork("update", "project", "--no-lock", prepare=watch.install)
    assert (said.code, said.error) == (
        3,
        [
            "Error: Another git command holds the index; the change is half done.",
            "Wait for it, then run `scaffold update` again: it completes it.",
        ],
    )
    assert lock.read_bytes() == b"DIRC"
    assert state(quick, colliding).files == before.files
    again = quick.run("update", "project")
    assert (again.code, again.error[0]) == (3, said.error[0])
    lock.unlink()
    done = quick.run("update", "project", "--json")
    assert (done.code, done.document["state"]) == (1, "completed")
    assert not state(quick, colliding).differs(goal)
    assert leftovers(colliding) == []


def test_of_two_commands_that_complete_a_killed_one_both_say_what_is_there(
    workshop: Workshop, quick: Quick, colliding: Path
) -> None:
    goal = state(quick, workshop.lay("conflicts", colliding))
    workshop.lay("colliding", colliding)
    watch = Watch(colliding, number=1, matching="os.rename .*/project/app/rule.py$")
    said = quick.fork("update", "project", "--no-lock", prepare=watch.install)
    assert said.code == KILLED
    both = [quick.start("update", "project", "--json") for _ in range(2)]
    codes = []
    for one in both:
        out, err = one.communicate(timeout=LONG_SECONDS)
        assert b"bug" not in out + err
        codes.append(one.returncode)
    assert codes[0] == 1 or codes[1] == 1
    assert not state(quick, colliding).differs(goal)
    assert leftovers(colliding) == []


def test_two_repositories_of_one_git_directory_do_not_wait_for_an_undo_record(
    quick: Quick, colliding: Path
) -> None:
    tree = quick.work / "tree"
    quick.git(colliding, "worktree", "add", "-q", "-b", "topic", os.fspath(tree))
    both = [quick.start("update", name, "--no-lock") for name in ("project", "tree")]
    for one in both:
        one.communicate(timeout=LONG_SECONDS)
        assert one.returncode == 1
    shutil.rmtree(tree)
