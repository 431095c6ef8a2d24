"""The folders in the git directory that hold a change: being written, pending, or done.

    <git-dir>/scaffold/<room>/draft-*     being written; worth nothing, swept by the next command
    <git-dir>/scaffold/<room>/pending     must be completed, by whoever comes next
    <git-dir>/scaffold/<room>/undo        carried out, and can be taken back

A room belongs to one generated repository; a git directory may hold several.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold import scratch
from scaffold.errors import OutsideError, RequestError
from scaffold.update.files import File
from scaffold.update.repository import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scaffold.update.repository import Index, Repository

SCHEMA = 1
PENDING, UNDO, DRAFT, DROPPED = "pending", "undo", "draft-", "dropped-"
STATE, INDEX, TREE = "state.json", "index", "tree"
REFS = "refs/worktree/scaffold"
_LOCK_SECONDS = 10


@dataclass(frozen=True)
class Record:
    """A change, as its folder describes it.

    Attributes:
        place: The folder.
        state: What its `state.json` says.
    """

    place: Path
    state: dict[str, Any]

    @property
    def head(self) -> str:
        """The commit that was checked out."""
        return str(self.state["head"])

    @property
    def prefix(self) -> str:
        """Where in the work tree the generated repository lies."""
        return str(self.state["prefix"])

    @property
    def report(self) -> dict[str, Any]:
        """What is told about it."""
        report = self.state["report"]
        assert isinstance(report, dict)  # noqa: S101 - written by us
        return report

    @property
    def changes(self) -> list[dict[str, Any]]:
        """What becomes of each path."""
        changes = self.state["changes"]
        assert isinstance(changes, list)  # noqa: S101 - written by us
        return changes

    def paths(self) -> list[str]:
        """The paths that it concerns."""
        return [str(one["path"]) for one in self.changes]

    @property
    def moved(self) -> dict[str, str]:
        """The files that it moves: from where to where."""
        return {str(one["path"]): str(one["to"]) for one in self.changes if one["to"]}

    def staged(self, index: Index) -> bool:
        """Whether an index still holds something of it, and nothing is committed since.

        Args:
            index: The repository's own.
        """
        return any(
            [list(entry) for entry in index.get(str(one["path"]), ())] == one["index_after"]
            and one["index_after"] != one["index_undo"]
            for one in self.changes
        )

    def undone(self, path: str) -> tuple[File | None, tuple[Entry, ...]]:
        """The file and the index entries that undoing gives a path."""
        one = next(one for one in self.changes if one["path"] == path)
        return self.load(one["undo"]), tuple(Entry(*entry) for entry in one["index_undo"])

    def load(self, kept: Mapping[str, Any] | None) -> File | None:
        """A file that the folder keeps."""
        if kept is None:
            return None
        return File((self.place / kept["kept"]).read_bytes(), bool(kept["executable"]))


def home(git_dir: Path) -> Path:
    """Everything of ours in a git directory."""
    return git_dir / "scaffold"


def room(repository: Repository) -> Path:
    """The folder of one generated repository."""
    name = hashlib.sha256(repository.prefix.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return home(repository.git_dir) / (name if repository.prefix else "top")


def pending(git_dir: Path) -> list[Path]:
    """The changes in a git directory that wait for their end."""
    return sorted(home(git_dir).glob(f"*/{PENDING}"))


def done(git_dir: Path) -> list[Path]:
    """The changes in a git directory that were carried out last, and can be taken back."""
    return sorted(home(git_dir).glob(f"*/{UNDO}"))


def left(git_dir: Path) -> list[Path]:
    """What killed commands left in a git directory that is worth nothing.

    Nobody else writes our refs, so a lock of one is of a git command that was killed with us.
    """
    rooms = home(git_dir)
    return [
        *rooms.glob(f"*/{DRAFT}*"),
        *rooms.glob(f"*/{DROPPED}*"),
        *(git_dir / REFS).glob("*.lock"),
    ]


def last(repository: Repository) -> Record | None:
    """The change that can be undone."""
    return read(room(repository) / UNDO)


def read(place: Path) -> Record | None:
    """Read the folder of a change; None if there is none.

    Raises:
        OutsideError: It is spoilt, or of a newer scaffold.
    """
    try:
        state = json.loads((place / STATE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise OutsideError(
            f"{place / STATE} cannot be read: {error}.", f"Look at {place}, then remove it."
        ) from error
    if not isinstance(state, dict) or state.get("schema") != SCHEMA:
        raise OutsideError(
            f"{place} was written by another version of scaffold.",
            "Use that version, or remove the folder.",
        )
    return Record(place, state)


@contextmanager
def alone(git_dir: Path) -> Iterator[None]:
    """Hold the one lock for changing repositories of a git directory; sweep what was left.

    Raises:
        RequestError: Another command has it.
    """
    from filelock import FileLock, Timeout

    ours = home(git_dir)
    ours.mkdir(exist_ok=True)
    try:
        with FileLock(ours / "lock", timeout=_LOCK_SECONDS):
            for one in left(git_dir):
                if one.is_dir():
                    scratch.remove(one)
                else:
                    one.unlink(missing_ok=True)
            yield
    except Timeout as error:
        raise RequestError(
            "Another scaffold command is changing this repository.", "Wait until it is done."
        ) from error


def digest(data: bytes) -> str:
    """What a content is known by."""
    return hashlib.sha256(data).hexdigest()


def write(place: Path, file: File) -> None:
    """Write a file so that it survives a power cut."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as stream:
        stream.write(file.data)
        stream.flush()
        os.fsync(stream.fileno())
    set_mode(place, executable=file.executable)


def set_mode(place: Path, *, executable: bool) -> None:
    """Let those run a file who may read it, or nobody."""
    mode = place.stat().st_mode
    wanted = mode | ((mode & 0o444) >> 2) if executable else mode & ~0o111
    if wanted != mode and os.name != "nt":
        with suppress(PermissionError):  # a disk without such bits (a Windows one under Linux)
            place.chmod(wanted)


def sync(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where the system can."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
