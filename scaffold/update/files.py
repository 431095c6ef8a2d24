"""Files as an update sees them: bytes and the executable bit, by path below the repository."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

REGULAR, EXECUTABLE, LINK, SUBMODULE = "100644", "100755", "120000", "160000"
"""The modes that git knows."""


@dataclass(frozen=True)
class File:
    """A regular file.

    Attributes:
        data: Its bytes.
        executable: Whether its owner may run it.
    """

    data: bytes
    executable: bool = False

    @property
    def mode(self) -> str:
        """As git writes it."""
        return EXECUTABLE if self.executable else REGULAR

    @property
    def binary(self) -> bool:
        """Whether lines mean nothing in it: it holds a zero byte early, as git decides."""
        return b"\0" in self.data[:8000]

    @property
    def windows(self) -> bool:
        """Whether every line ends as on Windows."""
        return not self.binary and 0 < self.data.count(b"\r\n") == self.data.count(b"\n")

    def with_line_ends_of(self, other: File) -> File:
        """The same lines, ended as those of `other`."""
        if self.binary or self.windows == other.windows or b"\r\n" in self.data:
            return self
        return replace(self, data=self.data.replace(b"\n", b"\r\n"))


class Obstacle:
    """What lies where a file would go and is none: a link, a folder, a submodule, a device."""


OBSTACLE = Obstacle()


def read_tree(folder: Path) -> dict[str, File]:
    """Every regular file below a folder of our own making."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)  # noqa: PTH118 - a hundred files at every update
            with open(path, "rb") as stream:  # noqa: PTH123
                executable = bool(os.fstat(stream.fileno()).st_mode & stat.S_IXUSR)
                relative = os.path.relpath(path, folder).replace(os.sep, "/")
                found[relative] = File(stream.read(), executable)
    return found


def look(folder: Path, path: str) -> File | Obstacle | None:
    """What lies at a path of a repository; no link on the way is followed.

    Args:
        folder: The repository.
        path: Below it, with `/`.

    Returns:
        The file; None where nothing is; OBSTACLE for what is no file, or lies behind a link or
        another file.
    """
    for parent in reversed(PurePosixPath(path).parents[:-1]):
        try:
            kind = (folder / parent).lstat().st_mode
        except FileNotFoundError:
            return None
        if not stat.S_ISDIR(kind):
            return OBSTACLE
    try:
        known = (folder / path).lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(known.st_mode):
        return OBSTACLE
    return File((folder / path).read_bytes(), bool(known.st_mode & stat.S_IXUSR))
