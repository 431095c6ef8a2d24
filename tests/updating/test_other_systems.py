"""Windows by simulation, and systems whose text is no UTF-8. Not run on Windows itself."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_as_on_windows import PRELUDE
from tests.machine import Said, told
from tests.updating.dying import Watch
from tests.updating.learner import append, edit, resolve
from tests.updating.state import leftovers, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updating.conftest import Workshop
    from tests.updating.quick import Quick

NO_LINKS = """
import os, pathlib
def refuse(*words, **options):
    raise OSError("this disk knows no links")
os.link = refuse
"""
ANSWER = "Größe, naïveté, \N{SNOWMAN}"


def as_on_windows(machine: Quick, *words: str) -> Said:
    """Run a command without `fcntl`, `os.fork`, SIGKILL and hard links."""
    command = [sys.executable, "-P", "-c", NO_LINKS + PRELUDE, *words]
    return told(
        subprocess.run(command, cwd=machine.work, env=machine.env, capture_output=True, check=False)
    )


def test_an_update_needs_nothing_that_only_unix_has(quick: Quick, colliding: Path) -> None:
    before = state(quick, colliding)
    said = as_on_windows(quick, "update", "project", "--no-lock")
    assert said.code == 1, said
    resolve(colliding)
    assert as_on_windows(quick, "update", "project", "--finish", "--no-lock").code == 0
    assert leftovers(colliding) == []
    assert as_on_windows(quick, "update", "project", "--undo").code == 0
    assert not state(quick, colliding).differs(before)
    assert leftovers(colliding) == []


def test_a_kill_is_mended_where_there_are_no_hard_links(
    workshop: Workshop, quick: Quick, colliding: Path
) -> None:
    goal = state(quick, workshop.lay("conflicts", colliding))

    def refuse(*words: object, **options: object) -> None:
        raise OSError(errno.EPERM, "no links here", words, options)

    for before in ("open .*/index.lock$", "os.rename .*/app/rule.py$", "os.remove .*/index.lock$"):
        workshop.lay("colliding", colliding)
        watch = Watch(colliding, number=1, matching=before)

        def prepare(watch: Watch = watch) -> None:
            os.link = refuse
            watch.install()

        said = quick.fork("update", "project", "--no-lock", prepare=prepare)
        assert said.err.rstrip().endswith("index.lock") or "rule.py" in said.err, said
        again = quick.run("update", "project", "--json")
        assert (again.code, again.document["state"]) == (1, "completed")
        assert not state(quick, colliding).differs(goal)
        assert leftovers(colliding) == []


@pytest.mark.parametrize("held", [b"", b"{", b'{\n "schema": 1,\n "kin'])
def test_a_lock_that_was_half_written_is_known_for_ours(
    workshop: Workshop, quick: Quick, colliding: Path, held: bytes
) -> None:
    goal = state(quick, workshop.lay("conflicts", colliding))
    workshop.lay("colliding", colliding)
    watch = Watch(colliding, number=1, matching="os.link .*/index.lock$")
    quick.fork("update", "project", "--no-lock", prepare=watch.install)
    lock = colliding / ".git/index.lock"
    lock.write_bytes(held)
    said = quick.run("update", "project", "--json")
    if not held:  # that may as well be git's
        assert said.code == 3
        assert "Another git command holds the index" in said.document["error"]["problem"]
        lock.unlink()
        said = quick.run("update", "project", "--json")
    assert (said.code, said.document["state"]) == (1, "completed")
    assert not state(quick, colliding).differs(goal)
    assert leftovers(colliding) == []


class HeldOpen(Watch):
    """A file that another program has open, so that Windows lets nobody replace it."""

    def _stop(self, event: str, what: str) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), f"{event} {what}")


@pytest.mark.parametrize("path", ["app/rule.py", "docs/hosting.md", ".git/index"])
def test_a_file_that_is_held_open_delays_the_update(
    workshop: Workshop, quick: Quick, colliding: Path, path: str
) -> None:
    goal = state(quick, workshop.lay("conflicts", colliding))
    before = state(quick, workshop.lay("colliding", colliding))
    for _ in range(2):
        watch = HeldOpen(colliding, number=1, matching=rf"os\.(rename|remove) .*/project/{path}$")
        said = quick.fork("update", "project", "--no-lock", prepare=watch.install)
        assert said.code == 3, said
        assert said.error[0].startswith("Error: The change is half done: ")
        assert path in said.error[0]
        assert said.error[1:] == ["Mend that, then run `scaffold update` again: it completes it."]
    again = quick.run("update", "project", "--json")
    assert (again.code, again.document["state"]) == (1, "completed")
    assert not state(quick, colliding).differs(goal)
    assert quick.run("update", "project", "--undo").code == 0
    assert not state(quick, colliding).differs(before)


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252:strict"},
    ],
    ids=["ascii", "cp1252 outside", "ascii, and cp1252 outside"],
)
def test_text_stays_what_it_is_whatever_the_systems_encoding(
    quick: Quick, colliding: Path, env: dict[str, str]
) -> None:
    edit(colliding, "README.md", "The clinic's, every day.", ANSWER)
    edit(colliding, "app/rule.py", "LIMIT = 11", f"LIMIT = 11  # {ANSWER}")
    append(colliding, f"{ANSWER}.md", ANSWER)
    quick.git(colliding, "add", "--all")
    quick.git(colliding, "commit", "-qm", ANSWER)
    before = state(quick, colliding)
    python = ("-X", "dev")
    said = quick.run("update", "project", "--no-lock", env=env, python=python)
    assert said.code == 1, said
    assert ANSWER in (colliding / "README.md").read_text(encoding="utf-8")
    assert ANSWER in (colliding / "app/rule.py").read_text(encoding="utf-8")
    resolve(colliding)
    said = quick.run("update", "project", "--finish", "--no-lock", env=env, python=python)
    assert said.code == 0, said
    assert quick.run("update", "project", "--undo", env=env, python=python).code == 0
    assert not state(quick, colliding).differs(before)


def test_a_preview_in_another_encoding_shows_what_it_can(quick: Quick, colliding: Path) -> None:
    edit(colliding, "README.md", "The clinic's, every day.", ANSWER)
    quick.git(colliding, "commit", "-qam", "Mine")
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"}
    said = quick.run("update", "project", "--preview", env=env, python=("-X", "dev"))
    assert said.code == 1, said
    assert "Größe" in said.out
