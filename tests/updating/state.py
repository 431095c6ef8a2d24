"""What a repository is at one moment: what must be the same before and after."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine import Machine


_PLAIN = ("-c", "core.fsmonitor=false", "-c", "color.ui=false", "-c", "status.branch=false")


@dataclass(frozen=True)
class State:
    """A repository at one moment.

    Attributes:
        head: Where HEAD is: the branch or the commit, and the commit.
        files: Every path of the work tree but `.git`: `folder`, the target of a link, or whether
            it can be run and its bytes.
        index: What `git ls-files -s` says.
        status: What `git status --porcelain --ignored` says.
    """

    head: str
    files: dict[str, tuple[str, bytes]]
    index: str
    status: str

    def text(self, path: str) -> str:
        """A file as text."""
        return self.files[path][1].decode()

    def differs(self, other: State) -> list[str]:
        """In what two states differ, for a failing test."""
        found = [
            f"{name}: {getattr(self, name)!r} -> {getattr(other, name)!r}"
            for name in ("head", "index", "status")
            if getattr(self, name) != getattr(other, name)
        ]
        paths = sorted(self.files.keys() | other.files.keys())
        return found + [
            f"{path}: {self.files.get(path)!r} -> {other.files.get(path)!r}"
            for path in paths
            if self.files.get(path) != other.files.get(path)
        ]


def state(machine: Machine, folder: Path) -> State:
    """Look at a repository without changing anything, not even the dates in its index."""

    def git(*words: str) -> str:
        return machine.git(folder, "--no-optional-locks", *_PLAIN, *words)

    return State(
        head=git("rev-parse", "HEAD") + git("rev-parse", "--abbrev-ref", "HEAD"),
        files=files_below(folder),
        index=git("ls-files", "-s"),
        status=git("status", "--porcelain", "--ignored"),
    )


def files_below(folder: Path) -> dict[str, tuple[str, bytes]]:
    """Every path below a folder but `.git`, and what it is."""
    found: dict[str, tuple[str, bytes]] = {}
    for place, folders, names in os.walk(folder):
        if ".git" in folders:
            folders.remove(".git")
        here = os.path.relpath(place, folder)
        for name in [*folders, *(one for one in names if one != ".git")]:
            path = os.path.join(place, name)  # noqa: PTH118 - thousands of times
            relative = os.path.normpath(os.path.join(here, name))  # noqa: PTH118
            mode = os.lstat(path).st_mode
            if stat.S_ISLNK(mode):
                found[relative] = ("link", os.fsencode(os.readlink(path)))  # noqa: PTH115
            elif stat.S_ISDIR(mode):
                found[relative] = ("folder", b"")
            else:
                with open(path, "rb") as stream:  # noqa: PTH123
                    kind = "executable" if mode & stat.S_IXUSR else "file"
                    found[relative] = (kind, stream.read())
    return found


def leftovers(folder: Path, git_dir: Path | None = None) -> list[str]:
    """What a killed command may leave for the next one to clear, and nobody else."""
    git_dir = git_dir or folder / ".git"
    found = [
        *git_dir.glob("*.lock"),
        *git_dir.glob("refs/**/*.lock"),
        *(git_dir / "scaffold").glob("*/pending"),
        *(git_dir / "scaffold").glob("*/draft-*"),
        *(git_dir / "scaffold").glob("*/dropped-*"),
        *(path for path in folder.rglob(".scaffold-*") if ".git" not in path.parts),
    ]
    return sorted(os.fspath(path) for path in found)
