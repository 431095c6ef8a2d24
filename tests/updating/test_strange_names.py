"""Repositories and files whose names are not plain words."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.updating.conftest import ALL
from tests.updating.dying import KILLED, Watch
from tests.updating.learner import append, begin, resolve
from tests.updating.state import leftovers, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updating.conftest import Workshop
    from tests.updating.quick import Quick

NAMES = (
    "with space.py",
    "-dash.py",
    "--help",
    "ünïcode \N{SNOWMAN}.py",
    "new\nline.py",
    "tab\there.py",
    'quote".py',
    "apostrophe'.py",
    "back\\slash.py",
    "[glob]*.py",
    ":(top)magic.py",
    "$HOME `ls`.py",
    " space first",
    "space last ",
    "#hash",
    "~tilde",
    ".scaffold",
    "index.lock",
    "CON",
)
BYTES = b"no-utf8-\xff\xfe.py"
MOVED_TO = [*(NAMES if ALL else NAMES[1:8:2]), os.fsdecode(BYTES)]


def everywhere(machine: Quick, folder: Path) -> None:
    """Put files of all these names into a repository: tracked, untracked and ignored."""
    for name in NAMES:
        append(folder, name, "tracked")
        append(folder, f"inside/{name}/{name}", "tracked")
    (folder / os.fsdecode(BYTES)).write_bytes(b"tracked\n")
    words = ["git", "add", "--all", "--", "."]
    subprocess.run(words, cwd=folder, env=machine.env, check=True)
    machine.git(folder, "commit", "-qm", "Names")
    for name in NAMES:
        append(folder, f"loose/{name}", "untracked")
        append(folder, f".venv/{name}", "ignored")
    (folder / os.fsdecode(b"loose-" + BYTES)).write_bytes(b"untracked\n")


def test_files_of_any_name_stay_as_they_are(quick: Quick, colliding: Path) -> None:
    everywhere(quick, colliding)
    before = state(quick, colliding)
    assert quick.run("update", "project", "--no-lock").code == 1
    after = state(quick, colliding)
    mine = {path for path in before.files if path.partition("/")[0] in {*NAMES, "inside", "loose"}}
    assert len(mine) >= 4 * len(NAMES)
    assert all(before.files[path] == after.files[path] for path in mine)
    append(colliding, "new\nline.py", "edited")
    resolve(colliding)
    assert quick.run("update", "project", "--finish", "--no-lock").code == 0
    assert quick.run("update", "project", "--undo").code == 0
    assert "edited" in (colliding / "new\nline.py").read_text(encoding="utf-8")
    quick.git(colliding, "checkout", "--", "new\nline.py")
    assert not state(quick, colliding).differs(before)


@pytest.mark.parametrize("name", MOVED_TO, ids=repr)
def test_a_change_finds_a_file_that_was_moved_to_any_name(
    workshop: Workshop, quick: Quick, name: str
) -> None:
    folder = workshop.lay("clean", quick.work / "project")
    name = f"{name.removesuffix('.py')}.py"  # what has another suffix is another file
    append(folder, "app/work.py", "# where the release adds a line too")
    (folder / "app/work.py").rename(folder / name)
    words = ["git", "add", "--all", "--", "."]
    subprocess.run(words, cwd=folder, env=quick.env, check=True)
    quick.git(folder, "commit", "-qam", "Moved")
    before = state(quick, folder)
    said = quick.run("update", "project", "--no-lock", "--json")
    assert said.code == 1, said
    (line,) = (one["lines"][0] for one in said.document["files"] if one["action"] == "conflict")
    text = (folder / name).read_text(encoding="utf-8")
    assert text.splitlines()[line - 1] == "<<<<<<< yours"
    assert "STEP_13" in text
    left = quick.run("update", "project", "--finish", "--no-lock")
    assert left.code == 1
    assert f" line {line}, " in left.error[0]
    kept = [one for one in text.splitlines() if not one.startswith(("<<<", "===", ">>>"))]
    (folder / name).write_text("\n".join([*kept, ""]), encoding="utf-8")
    assert quick.run("update", "project", "--finish", "--no-lock").code == 0
    assert quick.run("update", "project", "--undo").code == 0
    assert not state(quick, folder).differs(before)
    assert leftovers(folder) == []


@pytest.mark.parametrize(
    "name", ["with space", "ünïcode \N{SNOWMAN}", "-dash", "quote's", "a:b;c", "100%"]
)
def test_a_repository_may_have_any_name(workshop: Workshop, quick: Quick, name: str) -> None:
    folder = workshop.lay("colliding", quick.work / name / name)
    before = state(quick, folder)
    here = {"cwd": folder}
    assert quick.run("update", "--no-lock", **here).code == 1
    resolve(folder)
    assert quick.run("update", "--finish", "--no-lock", **here).code == 0
    assert quick.run("update", "--undo", **here).code == 0
    assert not state(quick, folder).differs(before)
    watch = Watch(folder, number=1, matching="os.rename .*/app/rule.py$")
    said = quick.fork("update", "--no-lock", cwd=folder, prepare=watch.install)
    assert said.code == KILLED
    again = quick.run("update", "--json", **here)
    assert (again.code, again.document["state"]) == (1, "completed")
    assert leftovers(folder) == []


def test_a_kill_is_mended_through_a_link_to_a_subfolder_of_any_name(quick: Quick) -> None:
    top = quick.work / "bigger ünïcode"
    made = begin(quick, quick.work / "project", collide=True)
    shutil.rmtree(made / ".git")
    folder = top / "with space" / "-dash"
    folder.parent.mkdir(parents=True)
    made.rename(folder)
    quick.git(top, "init", "-q", "-b", "main")
    quick.git(top, "add", "--all")
    quick.git(top, "commit", "-qm", "All")
    before = state(quick, top)
    assert quick.run("update", os.fspath(folder), "--no-lock").code == 1
    goal = state(quick, top)
    assert quick.run("update", os.fspath(folder), "--undo").code == 0
    assert not state(quick, top).differs(before)
    link = quick.work / "link"
    link.symlink_to(folder)
    for place, other in ((link, folder), (folder, link)):
        watch = Watch(top, number=1, matching="os.rename .*/app/rule.py$")
        said = quick.fork("update", os.fspath(place), "--no-lock", prepare=watch.install)
        assert said.code == KILLED
        again = quick.run("update", os.fspath(other), "--json")
        assert (again.code, again.document["state"]) == (1, "completed")
        assert not state(quick, top).differs(goal)
        assert quick.run("update", os.fspath(other), "--undo").code == 0
        assert not state(quick, top).differs(before)
    assert leftovers(top) == []


def test_a_submodule_is_updated_like_any_repository(quick: Quick, colliding: Path) -> None:
    top = quick.work / "top"
    top.mkdir()
    quick.git(top, "init", "-q", "-b", "main")
    allow = ("-c", "protocol.file.allow=always")
    quick.git(top, *allow, "submodule", "--quiet", "add", os.fspath(colliding), "part")
    quick.git(top, "commit", "-qm", "Part")
    before = state(quick, top / "part")
    assert quick.run("update", "top/part", "--no-lock").code == 1
    resolve(top / "part")
    assert quick.run("update", "top/part", "--finish", "--no-lock").code == 0
    assert quick.run("update", "top/part", "--undo").code == 0
    assert not state(quick, top / "part").differs(before)
    watch = Watch(top, number=1, matching="os.rename .*/app/rule.py$")
    said = quick.fork("update", "top/part", "--no-lock", prepare=watch.install)
    assert said.code == KILLED
    again = quick.run("update", "top/part", "--json")
    assert (again.code, again.document["state"]) == (1, "completed")
    assert leftovers(top / "part", top / ".git/modules/part") == []


def test_a_repository_with_the_longer_ids_is_updated_like_any(
    quick: Quick, colliding: Path
) -> None:
    shutil.rmtree(colliding / ".git")
    quick.git(colliding, "init", "-q", "-b", "main", "--object-format=sha256")
    (colliding / "notes.txt").unlink()
    quick.git(colliding, "add", "--all")
    quick.git(colliding, "commit", "-qm", "All")
    before = state(quick, colliding)
    assert len(before.head.split()[0]) == 64
    assert quick.run("update", "project", "--no-lock").code == 1
    assert quick.run("update", "project", "--undo").code == 0
    assert not state(quick, colliding).differs(before)
