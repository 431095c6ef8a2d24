"""Git for pack work: plumbing commands on bytes, deaf to the machine's settings.

What is made here must come out the same on every machine, so neither the user's nor the system's
configuration, attributes, excludes, hooks, time zone or `GIT_*` variables have a say.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

HALF_DONE = ".scaffold-pack-"
"""How our temporary folders begin: what a killed command leaves is known by it."""

_SETTINGS = {
    "core.attributesFile": os.devnull,
    "core.autocrlf": "false",
    "core.excludesFile": os.devnull,
    "core.hooksPath": os.devnull,
    "core.safecrlf": "false",
    "gc.auto": "0",
    "init.defaultBranch": "main",
    "pack.threads": "1",  # so that the same objects make the same bytes
}


def neutral_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without anything that changes what git does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return (
        kept
        | {
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
            "TZ": "UTC",
        }
        | dict(extra or {})
    )


@contextmanager
def workspace(beside: Path | None = None) -> Iterator[Path]:
    """A temporary folder, hidden in `beside` if given; gone afterwards.

    Raises:
        OutsideError: Something in it, or done with it, could not be written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=HALF_DONE, dir=beside) as name:
            yield Path(name)
    except OSError as error:
        raise unwritable(error) from error


def unwritable(error: OSError) -> OutsideError:
    """The error for a disk that is full, or a folder that is not ours."""
    return OutsideError(
        f"The files could not be written: {error}",
        "Free some space or correct the permissions, then try again.",
    )


@dataclass(frozen=True)
class Entry:
    """One path of a git tree.

    Attributes:
        path: Relative, with forward slashes.
        mode: git's: `100644`, `100755`, `120000` (symlink), `160000` (nested repository).
        data: The content; for a symlink its target; empty for a nested repository.
    """

    path: str
    mode: str
    data: bytes


@dataclass(frozen=True)
class Repository:
    """A git directory of our own, and the work tree that it looks at, if any."""

    git_dir: Path
    work_tree: Path | None = None

    @classmethod
    def create(cls, git_dir: Path, work_tree: Path | None = None) -> Repository:
        """Make a new one. With a work tree, `git_dir` may be its `.git` or lie elsewhere."""
        repository = cls(git_dir, work_tree)
        bare = [] if work_tree else ["--bare"]
        repository._git(["init", "--quiet", "--template=", *bare])
        return repository

    def run(
        self, *arguments: str, stdin: bytes = b"", extra: Mapping[str, str] | None = None
    ) -> bytes:
        """Run one git command; give back what it printed.

        Raises:
            OutsideError: git is missing, or the command failed.
        """
        return self._git(list(arguments), stdin, extra)

    def line(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run one git command that prints one line."""
        return self.run(*arguments, stdin=stdin).decode().strip()

    def paths(self, *arguments: str, stdin: Iterable[str] = ()) -> tuple[str, ...]:
        """Run one git command with `-z` output; give back the fields."""
        joined = "".join(f"{path}\0" for path in stdin).encode()
        return tuple(self.run(*arguments, stdin=joined).decode().split("\0")[:-1])

    def entries(self, tree: str) -> Iterator[Entry]:
        """Every file of a commit or tree, with its content."""
        rows = [row.partition("\t") for row in self.paths("ls-tree", "-r", "-z", tree)]
        heads = [head.split(" ") for head, _, _ in rows]
        blobs = self.objects([name for _, kind, name in heads if kind == "blob"])
        for (mode, kind, _), (_, _, path) in zip(heads, rows, strict=True):
            yield Entry(path, mode, next(blobs) if kind == "blob" else b"")

    def objects(self, names: Iterable[str]) -> Iterator[bytes]:
        """The raw content of each named object, in this order."""
        wanted = "".join(f"{name}\n" for name in names).encode()
        out = self.run("cat-file", "--batch", stdin=wanted)
        start = 0
        while start < len(out):
            end = out.index(b"\n", start)
            size = int(out[start:end].split(b" ")[2])
            yield out[end + 1 : end + 1 + size]
            start = end + size + 2

    def _git(
        self,
        arguments: list[str],
        stdin: bytes = b"",
        extra: Mapping[str, str] | None = None,
    ) -> bytes:
        settings = [part for item in _SETTINGS.items() for part in ("-c", "=".join(item))]
        where = {"GIT_DIR": str(self.git_dir)}
        if self.work_tree:
            where["GIT_WORK_TREE"] = str(self.work_tree)
        try:
            done = subprocess.run(
                ["git", *settings, *arguments],
                input=stdin,
                capture_output=True,
                check=False,
                cwd=self.work_tree,
                env=neutral_environment(where | dict(extra or {})),
            )
        except FileNotFoundError as error:
            raise OutsideError(
                "git is not installed, or not on PATH.",
                "`scaffold doctor` names the command that installs it.",
            ) from error
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip() or f"code {done.returncode}"
            raise OutsideError(
                f"`git {arguments[0]}` failed: {said.splitlines()[-1]}",
                "Check the disk's free space and the folder's permissions, then try again.",
            )
        return done.stdout
