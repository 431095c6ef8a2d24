"""The hidden folder in which a repository is made before anybody sees it.

It holds a lock while its command lives. One without a living command was left by SIGKILL or a
power cut: the next command in the same place sweeps it, or finishes what its journal says.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from scaffold import git

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = ".scaffold-new-"
_LOCK = "lock"
_JOURNAL = "journal.json"
_TREE = "tree"
_JUST_BORN_SECONDS = 60


@dataclass(frozen=True)
class Journal:
    """What must happen to finish a move into an existing folder.

    Attributes:
        names: Everything at the top of the staged tree.
        message: Message of the first commit; None when no repository was asked for.
    """

    names: list[str]
    message: str | None


@dataclass(frozen=True)
class Stage:
    """A staging folder that this process holds.

    Attributes:
        root: The hidden folder.
    """

    root: Path

    @property
    def tree(self) -> Path:
        """Where the repository grows; the caller makes it."""
        return self.root / _TREE

    def move_into(self, target: Path, message: str | None) -> None:
        """Move the tree's content into `target` and make the first commit there.

        From the moment the journal is written the move is either finished here, undone here, or
        finished by the next command.

        Raises:
            OSError: A file could not be moved.
            git.GitFailure: git could not write. In both cases `target` is as it was.
        """
        journal = Journal(sorted(path.name for path in self.tree.iterdir()), message)
        had_repository = (target / ".git").exists()
        draft = self.root / "journal.draft"
        with draft.open("w", encoding="utf-8") as stream:
            json.dump(asdict(journal), stream)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self.root / _JOURNAL)
        try:
            _finish(self.root, target, journal)
        except BaseException:
            _undo(self.root, target, journal, had_repository=had_repository)
            raise


@contextmanager
def open_stage(place: Path) -> Iterator[Stage]:
    """Make a staging folder in `place`, and remove it whatever happens."""
    root = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    lock = FileLock(root / _LOCK)
    try:
        with lock:
            yield Stage(root)
    finally:
        _remove(root)


def sweep(place: Path) -> bool:
    """Clear what killed commands left in `place`; finish the one that was moving its files in.

    Returns:
        Whether a move was finished: `place` now holds a generated repository.

    Raises:
        OSError: A file could not be moved.
        git.GitFailure: git could not write.
    """
    finished = False
    for root in sorted(place.glob(f"{PREFIX}*")):
        if not (root / _LOCK).exists() and time.time() - root.stat().st_mtime < _JUST_BORN_SECONDS:
            continue  # its command is about to take the lock
        try:
            with FileLock(root / _LOCK, timeout=0):
                journal = _journal(root)
                if journal is not None:
                    _finish(root, place, journal)
                    finished = True
        except Timeout:
            continue  # its command lives
        _remove(root)
    return finished


def _journal(root: Path) -> Journal | None:
    try:
        return Journal(**json.loads((root / _JOURNAL).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def _finish(root: Path, target: Path, journal: Journal) -> None:
    for name in journal.names:
        staged = root / _TREE / name
        if staged.exists() and not (target / name).exists():
            staged.rename(target / name)
    if journal.message is not None:
        if not (target / ".git").exists():
            git.init(target)
        if git.unborn(target):
            git.commit_all(target, journal.message, leave_out=[f"{PREFIX}*"])


def _undo(root: Path, target: Path, journal: Journal, *, had_repository: bool) -> None:
    for name in journal.names:
        if (target / name).exists() and not (root / _TREE / name).exists():
            (target / name).rename(root / _TREE / name)
    if had_repository:
        git.run("read-tree", "--empty", folder=target)
    elif (target / ".git").exists():
        _remove(target / ".git")
    (root / _JOURNAL).unlink()


def _remove(folder: Path) -> None:
    """Remove a folder, git's read-only objects on Windows included."""

    def again(remove: object, path: str, _: object) -> None:
        Path(path).chmod(0o700)
        if callable(remove):
            remove(path)

    shutil.rmtree(folder, onerror=again)
