"""What lies in a folder, git's own files left out."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

Kind = Literal["file", "program", "link"]


@dataclass(frozen=True)
class Entry:
    """One file, or a link.

    Attributes:
        content: The bytes; of a link where it leads.
        kind: A plain file, one that may be run, or a link.
    """

    content: bytes
    kind: Kind = "file"

    @property
    def is_text(self) -> bool:
        """Whether git would merge it line by line."""
        return self.kind != "link" and b"\0" not in self.content

    @property
    def lines(self) -> list[str]:
        """The lines of a text, whatever their ends are; none of anything else."""
        return self.content.decode("utf-8", "replace").splitlines() if self.is_text else []

    @property
    def mode(self) -> str:
        """The mode that git records."""
        return {"file": "100644", "program": "100755", "link": "120000"}[self.kind]

    def with_lf(self) -> Entry:
        """The same with line feeds as line ends."""
        if not self.is_text:
            return self
        return replace(self, content=self.content.replace(b"\r\n", b"\n"))

    def with_crlf(self) -> Entry:
        """The same with the line ends of Windows."""
        if not self.is_text:
            return self
        return replace(self, content=self.with_lf().content.replace(b"\n", b"\r\n"))


#: Path relative to the folder, with `/` -> what lies there.
Tree = dict[str, Entry]


def read_tree(folder: Path) -> Tree:
    """Everything below `folder`, without following a link and without anything named `.git`."""
    found: Tree = {}
    for place, folders, files in os.walk(folder):
        here = Path(place)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = [name for name in folders if name != ".git" and name not in links]
        for name in [*files, *links]:
            if name != ".git":
                found[(here / name).relative_to(folder).as_posix()] = read_entry(here / name)
    return found


def read_entry(path: Path) -> Entry:
    """What lies at `path`, which exists."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return Entry(os.fsencode(path.readlink()), "link")
    return Entry(path.read_bytes(), "program" if mode & stat.S_IXUSR else "file")


def empty_folders(folder: Path) -> set[str]:
    """Folders below `folder` with nothing in them, which git never has."""
    return {
        Path(place).relative_to(folder).as_posix()
        for place, folders, files in os.walk(folder)
        if not folders and not files and ".git" not in Path(place).relative_to(folder).parts
    }
