"""Folders that cannot be written, and disks that run full at every stage."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.machine import Machine, listing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(
        not hasattr(os, "getuid") or os.getuid() != 0, reason="mounting a small disk takes root"
    ),
]


@contextmanager
def small_disk(place: Path, kilobytes: int, *options: str) -> Iterator[Path]:
    """A disk of that size, mounted at `place`; 0 means as large as memory allows."""
    place.mkdir(parents=True, exist_ok=True)
    choices = ",".join([f"size={kilobytes}k" if kilobytes else "size=50%", *options])
    subprocess.run(["mount", "-t", "tmpfs", "-o", choices, "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def used(place: Path) -> int:
    """Kilobytes that are taken on a disk."""
    facts = os.statvfs(place)
    return (facts.f_blocks - facts.f_bfree) * facts.f_frsize // 1024


def test_a_full_disk_at_any_stage_leaves_nothing_behind(machine: Machine) -> None:
    with small_disk(machine.root / "disk", 0) as disk:
        assert machine.new(os.fspath(disk / "x")).code == 0
        needed = used(disk)
    failed = 0
    for share in range(1, 13):
        with small_disk(machine.root / "disk", max(needed * share // 12, 4)) as disk:
            said = machine.new(os.fspath(disk / "x"))
            if said.code == 0:
                assert share >= 11
                continue
            failed += 1
            assert (said.code, said.error) == (
                3,
                [
                    f"Error: The disk is full; {disk}/x was not made.",
                    "Make some room and run it again.",
                ],
            ), share
            assert listing(disk) == {}, share
    assert failed >= 10
    assert listing(machine.temporary) == {}


def test_a_disk_without_room_for_another_file_leaves_nothing_behind(machine: Machine) -> None:
    for inodes in (2, 8, 20, 40):
        with small_disk(machine.root / "disk", 0, f"nr_inodes={inodes}") as disk:
            (disk / "x").mkdir()
            said = machine.new(".", cwd=disk / "x")
            assert (said.code, said.error[0]) == (
                3,
                f"Error: The disk is full; {disk}/x was not made.",
            )
            assert listing(disk) == {"x": "folder"}


def test_a_home_without_room_for_the_templates_is_named(fresh: Machine) -> None:
    for kilobytes in (4, 12, 24, 32, 40):
        with small_disk(fresh.root / "disk", kilobytes) as disk:
            said = fresh.run("list", env={"HOME": os.fspath(disk)})
            assert said.code == 3, kilobytes
            assert said.error == [
                (
                    "Error: The templates could not be written to "
                    "~/.local/share/scaffold/templates.bundle: No space left on device."
                ),
                "Make room there, or the folder writable, and try again.",
            ], kilobytes
            left = {path for path, kind in listing(disk).items() if kind != "folder"}
            assert left <= {".local/share/scaffold/templates.lock"}


def test_a_full_folder_for_temporary_files_is_named(machine: Machine) -> None:
    bundle = machine.root / "other.bundle"
    shutil.copy(machine.embedded, bundle)
    for kilobytes in (16, 60, 100):
        with small_disk(machine.root / "disk", kilobytes) as disk:
            said = machine.new("x", f"--source={bundle}", env={"TMPDIR": os.fspath(disk)})
            assert (said.code, said.error) == (
                3,
                [
                    (f"Error: The disk is full: the templates of {bundle} could not be unpacked."),
                    f"Make room in the folder for temporary files, {disk}.",
                ],
            ), kilobytes
            assert listing(disk) == {}
    assert listing(machine.work) == {}


def test_a_place_that_takes_no_folder_is_named_and_no_temporary_one(machine: Machine) -> None:
    said = machine.new("/proc/x")
    assert (said.code, said.error) == (
        3,
        [
            "Error: Nothing can be made in the folder /proc: No such file or directory.",
            "Choose a folder of your own.",
        ],
    )


def test_a_folder_that_cannot_be_written_is_named(machine: Machine) -> None:
    with small_disk(machine.root / "disk", 0) as disk:
        (disk / "empty").mkdir()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        for words, place in ((disk / "x", disk), (disk / "empty", disk / "empty")):
            said = machine.new(os.fspath(words))
            assert (said.code, said.error) == (
                3,
                [
                    f"Error: The folder {place} cannot be written.",
                    "Choose a folder of your own.",
                ],
            )
    assert listing(machine.temporary) == {}


def test_a_home_that_cannot_be_written_is_named_unless_the_templates_are_there(
    machine: Machine, joined: Path
) -> None:
    with small_disk(machine.root / "disk", 0) as disk:
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        said = machine.run("list", env={"HOME": os.fspath(disk)})
        assert (said.code, said.error) == (
            3,
            [
                (
                    "Error: The templates could not be written to "
                    "~/.local/share/scaffold/templates.bundle: Read-only file system."
                ),
                "Make room there, or the folder writable, and try again.",
            ],
        )
    with small_disk(machine.root / "disk", 0) as disk:
        (disk / ".local/share/scaffold").mkdir(parents=True)
        shutil.copy(joined, disk / ".local/share/scaffold/templates.bundle")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        assert machine.run("list", env={"HOME": os.fspath(disk)}).code == 0
