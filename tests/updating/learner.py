"""A repository that somebody made from the pack's first release, and worked in."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine import Machine

THEIRS = (
    "The clinic's, every day.",
    "# my own remark",
    "step_3 = 333",
    "MINE = True",
    "TOKEN=secret",
    "to do",
)
"""Lines of the learner's that must be there whatever happens."""

MERGED_AWAY = "LIMIT = 11"
"""The learner's line in the file where the release changed the same one."""


def edit(folder: Path, path: str, old: str, new: str) -> None:
    """Replace a text that stands in a file."""
    text = (folder / path).read_text(encoding="utf-8")
    assert old in text, f"{path} has no {old!r}"
    (folder / path).write_text(text.replace(old, new), encoding="utf-8", newline="")


def append(folder: Path, path: str, line: str) -> None:
    """Add a line to a file, in place as an editor does; made where there is none."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    with (folder / path).open("a", encoding="utf-8", newline="") as stream:
        stream.write(f"{line}\n")


def work_in(folder: Path, *, collide: bool = False) -> None:
    """Edit a repository as a learner does: tracked, ignored and untracked files.

    Args:
        folder: The repository.
        collide: Whether to change a line that the second release changes too.
    """
    edit(folder, "README.md", "_PF1: replace this line by your answer._", THEIRS[0])
    edit(folder, "app/work.py", "STEP_1 =", f"{THEIRS[1]}\nSTEP_1 =")
    edit(folder, "app/before.py", "step_3 = 3", THEIRS[2])
    append(folder, "app/mine.py", THEIRS[3])
    append(folder, ".env", THEIRS[4])
    if collide:
        edit(folder, "app/rule.py", "LIMIT = 10", MERGED_AWAY)


def begin(machine: Machine, folder: Path, *, collide: bool = False) -> Path:
    """Make a repository from the first release, work in it, and commit."""
    words = ("new", "tiny", str(folder), "--defaults", "--no-lock", "--ref", "v0.1.0")
    said = machine.run(*words)
    assert said.code == 0, said.err
    work_in(folder, collide=collide)
    machine.git(folder, "add", "--all")
    machine.git(folder, "commit", "--quiet", "-m", "Mine")
    append(folder, "notes.txt", THEIRS[5])
    return folder


def resolve(folder: Path) -> None:
    """Resolve the one conflict that `work_in` makes, keeping both sides."""
    text = (folder / "app/rule.py").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith(("<<<", "===", ">>>"))]
    (folder / "app/rule.py").write_text("\n".join([*kept, ""]), encoding="utf-8", newline="")


def put(master: Path, folder: Path) -> Path:
    """Lay a copy of a repository down, whatever was there."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(master, folder, symlinks=True)
    return folder
