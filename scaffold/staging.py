"""The hidden folder in which a repository is made before anybody sees it.

It holds a lock while its command lives. One without a living command was left by SIGKILL or a
power cut: the next command in the same place sweeps it, or finishes what its journal says.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from scaffold import scratch

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = ".scaffold-new-"
_MOVING = f"{PREFIX}lock"
_LOCK = "lock"
_UNSWEPT = "unswept"
"""Goes first, under the lock: a command may meet a lock whose owner does not hold it yet."""
_JOURNAL = "journal.json"
_TREE = "tree"
_GIT = ".git"
_GIT_BEFORE = "git-before"
_JUST_BORN_SECONDS = 60


@dataclass(frozen=True)
class Journal:
    """What must happen to finish a move into an existing folder.

    Attributes:
        names: Everything at the top of the staged tree; `.git` comes last.
    """

    names: list[str]


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

    def move_into(self, target: Path, *, cloned: bool) -> None:
        """Move the tree's content into `target`.

        From the moment the journal is written the move is either finished here, undone here, or
        finished by the next command.

        Args:
            target: An empty folder, or a clone without commits.
            cloned: Whether it is such a clone: a `.git` in the tree takes the place of its own.

        Raises:
            OSError: A file could not be moved, or another command was faster; `target` is as it
                was, or its journal waits for the next command.
        """
        staged = [path.name for path in self.tree.iterdir()]
        journal = Journal(sorted(staged, key=lambda name: (name == _GIT, name)))
        with _alone_in(target):
            held = {one.name for one in target.iterdir() if not one.name.startswith(PREFIX)}
            if held - ({_GIT} if cloned else set()):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(target))
            self._write(journal)
            try:
                _finish(self.root, target, journal)
            except BaseException:
                _undo(self.root, target, journal)
                (self.root / _JOURNAL).unlink()
                raise
            (self.root / _JOURNAL).unlink()

    def _write(self, journal: Journal) -> None:
        draft = self.root / "journal.draft"
        with draft.open("w", encoding="utf-8") as stream:
            json.dump(asdict(journal), stream)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self.root / _JOURNAL)


@contextmanager
def open_stage(place: Path) -> Iterator[Stage]:
    """Make a staging folder in `place`, and remove it whatever happens.

    It stays where a move was neither finished nor undone: the next command needs it then.
    """
    while True:
        root = place / f"{PREFIX}{secrets.token_hex(4)}"
        try:
            root.mkdir(mode=0o700)
            (root / _UNSWEPT).touch()
            with FileLock(root / _LOCK):
                if (root / _UNSWEPT).exists():
                    yield Stage(root)
                    return
        finally:
            if not (root / _JOURNAL).exists():
                scratch.remove(root)


def sweep(place: Path) -> bool:
    """Clear what killed commands left in `place`; finish the one that was moving its files in.

    What belongs to another user stays.

    Returns:
        Whether a move was finished: `place` now holds a generated repository.

    Raises:
        OSError: A file could not be moved.
    """
    finished = False
    for root in sorted(place.glob(f"{PREFIX}*")):
        if root.is_symlink() or not root.is_dir():
            continue
        try:
            if _is_being_born(root):
                continue
            with FileLock(root / _LOCK, timeout=0):
                journal = _journal(root)
                if journal is not None:
                    _finish(root, place, journal)
                    (root / _JOURNAL).unlink()
                    finished = True
                (root / _UNSWEPT).unlink(missing_ok=True)
        except (Timeout, PermissionError, FileNotFoundError):
            continue  # its command lives, or it is another user's, or another command swept it
        scratch.remove(root)
    with suppress(Timeout, OSError):
        if (place / _MOVING).is_file():
            with FileLock(place / _MOVING, timeout=0):
                pass
            (place / _MOVING).unlink()
    return finished


def _is_being_born(root: Path) -> bool:
    """Whether its command is about to take the lock."""
    return not (root / _LOCK).exists() and time.time() - root.stat().st_mtime < _JUST_BORN_SECONDS


def _journal(root: Path) -> Journal | None:
    """The journal of a stage, if it says anything that could be ours."""
    try:
        names = json.loads((root / _JOURNAL).read_text(encoding="utf-8"))["names"]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        names = None
    if not isinstance(names, list) or not all(map(_is_plain, names)):
        (root / _JOURNAL).unlink()  # not written by us: a journal appears whole or not at all
        return None
    return Journal(names)


def _is_plain(name: object) -> bool:
    """Whether it names something directly in a folder, so that no journal leads out of it."""
    return isinstance(name, str) and name not in {"", ".", ".."} and Path(name).name == name


def _finish(root: Path, target: Path, journal: Journal) -> None:
    for name in journal.names:
        staged, place = root / _TREE / name, target / name
        if not os.path.lexists(staged):
            continue
        if name == _GIT and place.exists():
            place.rename(root / _GIT_BEFORE)
        if not os.path.lexists(place):
            staged.rename(place)


def _undo(root: Path, target: Path, journal: Journal) -> None:
    for name in reversed(journal.names):
        staged, place = root / _TREE / name, target / name
        if os.path.lexists(place) and not os.path.lexists(staged):
            place.rename(staged)
        if name == _GIT and (root / _GIT_BEFORE).exists():
            (root / _GIT_BEFORE).rename(place)


@contextmanager
def _alone_in(target: Path) -> Iterator[None]:
    """Hold the one lock for moving files into `target`."""
    lock = target / _MOVING
    try:
        with FileLock(lock):
            yield
    finally:
        with suppress(OSError):
            lock.unlink()
