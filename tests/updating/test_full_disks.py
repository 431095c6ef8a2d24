"""Disks that run full at every stage of an update, and git directories on other disks."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_disks import small_disk, used
from tests.machine import listing
from tests.updating.bench import DEEDS
from tests.updating.conftest import ALL
from tests.updating.dying import KILLED, Watch, operations
from tests.updating.learner import resolve
from tests.updating.quick import in_two
from tests.updating.state import State, leftovers, state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.machine import Said
    from tests.updating.conftest import Workshop
    from tests.updating.quick import Quick

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(
        not hasattr(os, "getuid") or os.getuid() != 0, reason="mounting a small disk takes root"
    ),
]
NOTHING_CHANGED = [
    "Error: The disk is full; nothing was changed.",
    "Make some room and run it again.",
]
HALF_DONE = "Error: The disk is full; the change is half done."


def resize(disk: Path, *options: str) -> None:
    """Give a mounted disk another size."""
    subprocess.run(["mount", "-o", ",".join(["remount", *options]), disk], check=True)


@pytest.mark.parametrize("lacking", ["room", "names"])
@pytest.mark.parametrize("name", DEEDS)
def test_a_full_disk_changes_nothing_or_is_made_up_for_with_room(
    workshop: Workshop, quick: Quick, name: str, lacking: str
) -> None:
    deed, place = DEEDS[name], quick.work / "disk"
    with small_disk(place, 0) as disk:
        folder = workshop.lay(deed.start, disk / "project")
        start = state(quick, folder)
        facts = os.statvfs(disk)
        names = facts.f_files - facts.f_ffree
        assert quick.run("update", os.fspath(folder), *deed.words).code == deed.code
        goal = state(quick, folder)
    failed = 0
    for free in range(0, 2000, 16 if lacking == "room" else 6):
        with small_disk(place, 0) as disk:
            folder = workshop.lay(deed.start, disk / "project")
            wanted = (
                f"size={used(disk) + free}k" if lacking == "room" else f"nr_inodes={names + free}"
            )
            resize(disk, wanted)
            said = quick.run("update", os.fspath(folder), *deed.words)
            if said.code != deed.code:
                failed += 1
                half = told_truly(quick, folder, said, start)
                resize(disk, "size=50%", "nr_inodes=0")
                again = quick.run("update", os.fspath(folder), *deed.words, "--json")
                assert again.code == deed.code, (free, again)
                assert (again.document["state"] == "completed") == half, free
            assert not state(quick, folder).differs(goal), free
            assert leftovers(folder) == [], free
        if said.code == deed.code:
            break
    assert failed >= 3


def told_truly(machine: Quick, folder: Path, said: Said, start: State) -> bool:
    """What is said of a full disk is true; whether the change is half done."""
    assert said.code == 3, said
    half = any(folder.glob(".git/scaffold/*/pending"))
    if half:
        assert said.error[0] == HALF_DONE
    else:
        assert said.error == NOTHING_CHANGED
        assert leftovers(folder) == []
        assert not state(machine, folder).differs(start)
    return half


@pytest.mark.parametrize(
    ("name", "step", "least"), [("update", 20, 4), ("undo", 4, 2), ("finish", 4, 0)]
)
def test_a_full_folder_for_temporary_files_is_named_and_changes_nothing(
    workshop: Workshop, quick: Quick, name: str, step: int, least: int
) -> None:
    deed = DEEDS[name]
    folder = workshop.lay(deed.start, quick.work / "project")
    before = state(quick, folder)
    failed = 0
    with small_disk(quick.root / "disk", 0) as disk:
        for kilobytes in range(4, 1000, step):
            resize(disk, f"size={kilobytes}k")
            said = quick.run("update", "project", *deed.words, env={"TMPDIR": os.fspath(disk)})
            assert listing(disk) == {}, kilobytes
            if said.code == deed.code:
                break
            failed += 1
            assert said.code == 3, (kilobytes, said)
            assert "disk is full" in said.error[0], (kilobytes, said)
            assert not state(quick, folder).differs(before), kilobytes
            assert leftovers(folder) == [], kilobytes
    assert failed >= least


def set_apart(folder: Path, git_dir: Path) -> None:
    """Move a git directory away, as `git init --separate-git-dir` does on one disk."""
    shutil.move(folder / ".git", git_dir)
    (folder / ".git").write_text(f"gitdir: {git_dir}\n", encoding="utf-8")


@pytest.fixture(params=["git directory", "work tree"])
def apart(request: pytest.FixtureRequest, quick: Quick) -> Iterator[tuple[Path, Path]]:
    """Two folders on different disks: for work trees, and for their git directories."""
    with small_disk(quick.root / "disk", 0) as disk:
        yield (quick.work, disk) if request.param == "git directory" else (disk, quick.work)


def test_a_git_directory_on_another_disk_is_updated_finished_and_taken_back(
    workshop: Workshop, quick: Quick, apart: tuple[Path, Path]
) -> None:
    folder, git_dir = apart[0] / "project", apart[1] / "history"
    set_apart(workshop.lay("colliding", folder), git_dir)
    before, where = state(quick, folder), os.fspath(folder)
    assert quick.run("update", where, "--no-lock").code == 1
    assert state(quick, folder).text("settings.yml") == "port: 8000\nlog: info\nregion: europe\n"
    assert os.access(folder / "run.sh", os.X_OK)
    resolve(folder)
    assert quick.run("update", where, "--finish", "--no-lock").code == 0
    assert leftovers(folder, git_dir) == []
    assert quick.run("update", where, "--undo").code == 0
    assert not state(quick, folder).differs(before)
    assert leftovers(folder, git_dir) == []


def test_a_kill_at_any_operation_is_mended_on_another_disk_too(
    workshop: Workshop, quick: Quick, apart: tuple[Path, Path], tmp_path: Path
) -> None:
    among_files = r"^(open|fsync|os\.) ?.*/project\d+/"

    def lay(number: int) -> tuple[Path, Path]:
        folder, git_dir = apart[0] / f"project{number}", apart[1] / f"history{number}"
        set_apart(workshop.lay("colliding", folder), git_dir)
        return folder, git_dir

    folder, _ = lay(0)
    watch = Watch(folder, matching=among_files, log=tmp_path / "log")
    said = quick.fork("update", os.fspath(folder), "--no-lock", prepare=watch.install)
    assert said.code == 1
    goal = state(quick, folder)
    operations_there = len(operations(tmp_path / "log"))
    assert operations_there >= 40

    def kill(number: int) -> None:
        folder, git_dir = lay(number)
        watch = Watch(folder, number=number, matching=among_files)
        said = quick.fork("update", os.fspath(folder), "--no-lock", prepare=watch.install)
        assert said.code == KILLED
        assert any(git_dir.glob("scaffold/*/pending"))
        again = quick.run("update", os.fspath(folder), "--no-lock", "--json")
        assert (again.code, again.document["state"]) == (1, "completed"), said
        assert not state(quick, folder).differs(goal), said
        assert leftovers(folder, git_dir) == [], said
        shutil.rmtree(folder)
        shutil.rmtree(git_dir)

    in_two(kill, range(1, operations_there + 1, 1 if ALL else 3))


def test_a_work_tree_without_room_beside_its_history_is_completed_with_room(
    workshop: Workshop, quick: Quick
) -> None:
    with small_disk(quick.work / "disk", 0) as disk:
        folder = workshop.lay("colliding", disk / "project")
        set_apart(folder, quick.work / "history")
        before = state(quick, folder)
        resize(disk, f"size={used(disk) + 4}k")
        said = quick.run("update", os.fspath(folder), "--no-lock")
        assert (said.code, said.error[0]) == (3, HALF_DONE)
        assert not list(folder.rglob(".scaffold-*"))
        resize(disk, "size=50%")
        again = quick.run("update", os.fspath(folder), "--json")
        assert (again.code, again.document["state"]) == (1, "completed")
        assert leftovers(folder, quick.work / "history") == []
        assert quick.run("update", os.fspath(folder), "--undo").code == 0
        assert not state(quick, folder).differs(before)
    shutil.rmtree(quick.work / "history")
