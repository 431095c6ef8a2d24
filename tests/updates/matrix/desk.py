"""A learner's repository under their hands: what the states are made with."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.updates.matrix.git_facts import Git
from tests.updates.matrix.tree import Entry, read_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.updates.matrix.bases import Base
    from tests.updates.matrix.journeys import Journey
    from tests.updates.matrix.parts import Parts
    from tests.updates.matrix.tree import Tree


@dataclass
class Desk:
    """One repository, before its update.

    Attributes:
        base: What it was copied from.
        folder: The cell's own folder; everything is below it.
        project: Where it is; a state may move it.
        environment: Variables of every command.
        outside: Folders beside it in which nothing may change.
        called_with: Variables that only the update sees.
    """

    base: Base
    folder: Path
    project: Path
    environment: Mapping[str, str]
    outside: list[Path] = field(default_factory=list)
    called_with: dict[str, str] = field(default_factory=dict)

    @property
    def journey(self) -> Journey:
        """From where to where."""
        return self.base.journey

    @property
    def parts(self) -> Parts:
        """What the releases change."""
        return self.base.journey.parts

    @property
    def old(self) -> Tree:
        """The old release."""
        return self.base.old

    @property
    def new(self) -> Tree:
        """The new release."""
        return self.base.new

    @property
    def git(self) -> Git:
        """git, in the project."""
        return Git(self.project, self.environment)

    @property
    def beside(self) -> Path:
        """A folder outside the project."""
        folder = self.folder / "beside"
        folder.mkdir(exist_ok=True)
        return folder

    def read(self, path: str) -> Entry:
        """A file as it is on disk."""

        return read_entry(self.project / path)

    def write(self, path: str, content: str | bytes) -> Entry:
        """Write a file and the folders above it."""
        file = self.project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.read(path)

    def edit(self, path: str, *edits: Callable[[str], str]) -> Entry:
        """Change a text."""
        return self.write(path, edited(self.read(path), *edits).content)

    def edit_both(self, path: str, *edits: Callable[[str], str]) -> Entry:
        """Change a text; what the new release's is with the same change.

        That is what a merge must give when the two changes have nothing to do with each other.
        """
        self.edit(path, *edits)
        return edited(self.new[path], *edits)

    def delete(self, *paths: str) -> None:
        """Remove files, and folders that are empty then."""
        for path in paths:
            (self.project / path).unlink()
            folder = (self.project / path).parent
            while folder != self.project and not any(folder.iterdir()):
                folder.rmdir()
                folder = folder.parent

    def rename(self, path: str, to: str) -> None:
        """Move a file."""
        (self.project / to).parent.mkdir(parents=True, exist_ok=True)
        (self.project / path).rename(self.project / to)

    def link(self, path: str, to: str | Path) -> Entry:
        """Put a link where a file or a folder is."""
        place = self.project / path
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
        place.symlink_to(os.fspath(to))
        return self.read(path)

    def let_run(self, path: str) -> Entry:
        """Make a file executable."""
        (self.project / path).chmod(0o755)
        return self.read(path)

    def commit(self, message: str = "Make it mine") -> None:
        """Commit everything that is not ignored."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)


def edited(entry: Entry, *edits: Callable[[str], str]) -> Entry:
    """The entry with changes of its text."""
    text = entry.content.decode()
    for edit in edits:
        text = edit(text)
    return Entry(text.encode(), entry.kind)


def swap(old: str, new: str) -> Callable[[str], str]:
    """Replace the one occurrence of `old`."""

    def edit(text: str) -> str:
        assert text.count(old) == 1, f"{text.count(old)} times: {old!r}"
        return text.replace(old, new)

    return edit


def insert_below(line: str, *lines: str) -> Callable[[str], str]:
    """Insert lines below the one line `line`."""
    return swap(f"{line}\n", "".join(f"{one}\n" for one in (line, *lines)))


def append(*lines: str) -> Callable[[str], str]:
    """Add lines at the end."""
    return lambda text: text + "".join(f"{one}\n" for one in lines)
