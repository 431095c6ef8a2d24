"""Completing a pending change, in the command that began it or in a later one.

Done twice it does nothing more, whatever was done in between. A file that its owner edited after
a kill is merged or left alone, and said so; it is never overwritten.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold import git, scratch
from scaffold.errors import OutsideError
from scaffold.update.content import Labels, find_conflicts, lines
from scaffold.update.files import File, Obstacle, look
from scaffold.update.record import (
    DROPPED,
    INDEX,
    STATE,
    TREE,
    UNDO,
    Record,
    digest,
    pending,
    read,
    room,
    set_mode,
    sync,
    write,
)
from scaffold.update.repository import Entry, read_entries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.update.repository import Index, Repository

DISTURBED = "disturbed"
"""Key of a report: what has to be told of files that were edited between a kill and now."""

_TEMPORARY = ".scaffold-"


def recover(repository: Repository) -> dict[str, Any] | None:
    """Complete what killed commands left pending in this git directory.

    The caller holds `record.alone`.

    Returns:
        The report of the one that concerns this repository; None if there was none.
    """
    found = None
    for place in pending(repository.git_dir):
        report = complete(repository, place)
        if place.parent == room(repository):
            found = report
    return found


def complete(repository: Repository, place: Path) -> dict[str, Any] | None:
    """Carry out what a pending folder says.

    Returns:
        Its report; None where it says nothing.

    Raises:
        OutsideError: The disk is full, a file is held open, or another git command holds the
            index; what is left is done by the next command.
    """
    record = read(place)
    if record is None:  # a draft becomes pending as a whole, so this is nobody's
        scratch.remove(place)
        return None
    folder = _folder(repository, record)
    report = dict(record.report)
    try:
        sync(place.parent)
        _hold_index(repository, record)
        found = _settle(folder, record)
        if found:
            report[DISTURBED] = [*report.get(DISTURBED, []), *(one.said for one in found)]
        _write_index(repository, record, {one.path for one in found if one.undone})
        _retire(record, report)
    except (OSError, git.GitFailure) as error:
        raise _half_way(error) from error
    return report


def _folder(repository: Repository, record: Record) -> Path:
    """The generated repository that a record is of; another one of the same work tree, perhaps."""
    top = Path(os.path.realpath(repository.folder))  # a link may lead here
    for _ in PurePosixPath(repository.prefix).parts:
        top = top.parent
    return top / record.prefix


def _half_way(error: Exception) -> OutsideError:
    again = "then run `scaffold update` again: it completes it."
    full = isinstance(error, git.GitFailure) and error.disk_full
    if full or (isinstance(error, OSError) and error.errno == errno.ENOSPC):
        return OutsideError("The disk is full; the change is half done.", f"Make room, {again}")
    if isinstance(error, FileExistsError):
        return OutsideError(
            "Another git command holds the index; the change is half done.",
            f"Wait for it, {again}",
        )
    reason = str(error).replace("\n", " ")
    return OutsideError(f"The change is half done: {reason}.", f"Mend that, {again}")


# --- files ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Disturbance:
    """A file that was edited between a kill and now.

    Attributes:
        path: The file.
        said: What a person must know of it.
        undone: Whether the change is not in it, so that git's index must not have it either.
    """

    path: str
    said: str
    undone: bool = False


def _settle(folder: Path, record: Record) -> list[Disturbance]:
    """Bring every file from before to after; what goes, last, when what moves has arrived."""
    found: list[Disturbance] = []
    for one in sorted(record.changes, key=lambda one: one["after"] is None):
        if any(other.undone and other.path == one["to"] for other in found):
            said = f"{one['path']}: it stays, because its new place, {one['to']}, is taken"
            disturbance: Disturbance | None = Disturbance(one["path"], said, undone=True)
        else:
            disturbance = _settle_one(folder, record, one)
        found += [disturbance] if disturbance else []
    return found


def _settle_one(folder: Path, record: Record, one: Mapping[str, Any]) -> Disturbance | None:
    path, after = str(one["path"]), one["after"]
    place, staged = folder / path, record.place / TREE / record.prefix / path
    temporary = _temporary(place)
    if isinstance(look(folder, temporary.relative_to(folder).as_posix()), File):
        temporary.unlink()  # of a command that was killed
    present = look(folder, path)
    if not _is(present, after) and not _is(present, one["before"]):
        return _merge_late(place, record, one, present)
    if after is None:
        place.unlink(missing_ok=True)
        _remove_empty(folder, path)
        return None
    if not _is(present, after) and not _move(staged, place):
        file = record.load(after)
        if file is None or digest(file.data) != after["sha256"]:
            said = f"{path}: its new version is gone, so it stays as it is"
            return Disturbance(path, said, undone=True)
        _put(place, file)
        staged.unlink(missing_ok=True)
    set_mode(place, executable=bool(after["executable"]))
    return None


def _is(present: File | Obstacle | None, facts: Mapping[str, Any] | None) -> bool:
    if facts is None:
        return present is None
    return isinstance(present, File) and digest(present.data) == facts["sha256"]


def _merge_late(
    place: Path, record: Record, one: Mapping[str, Any], present: File | Obstacle | None
) -> Disturbance:
    """Bring the change into a file that its owner edited after a command was killed.

    Where it was in place already and does not merge, the edit is one of the new version.
    """
    path, staged = str(one["path"]), record.place / TREE / record.prefix / str(one["path"])
    before, after = record.load(one["before"]), record.load(one["after"])
    moved = after is not None and not staged.exists()
    if present is None:
        said = f"{path}: you deleted it meanwhile, so it stays deleted"
        return Disturbance(path, said, undone=not moved)
    said = f"{path}: you changed it meanwhile, so it stays as it is"
    stays = Disturbance(path, said, undone=not moved)
    if isinstance(present, Obstacle) or before is None or after is None:
        return stays
    if any(file.binary for file in (before, present, after)):
        return stays
    labels = Labels(theirs="update")
    merged = lines(before.data, present.data, after.data, labels)
    where = ", ".join(map(str, find_conflicts(merged, labels)))
    if moved and where:
        return stays
    if merged != present.data:
        _put(place, File(merged, present.executable))
    staged.unlink(missing_ok=True)
    if where:
        return Disturbance(path, f"{path}: you changed it meanwhile; conflicts at line {where}")
    return Disturbance(path, f"{path}: you changed it meanwhile; both changes are in it now")


def _move(staged: Path, place: Path) -> bool:
    """Move a file to its place; it is no longer staged then, which tells that this was done.

    Returns:
        False where that cannot be: it was moved before and then taken back (`git reset --hard`),
        or the git directory lies on another disk.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        staged.replace(place)
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True


def _put(place: Path, file: File) -> None:
    """Write a file to its place, where it appears whole or not at all."""
    temporary = _temporary(place)
    try:
        write(temporary, file)
        temporary.replace(place)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _temporary(place: Path) -> Path:
    """Where a file is written first: always the same, so that the next command finds it."""
    return place.with_name(f"{_TEMPORARY}{digest(os.fsencode(place.name))[:8]}")


def _remove_empty(folder: Path, path: str) -> None:
    """Remove the folders that a removed file leaves empty, as git does."""
    for parent in PurePosixPath(path).parents[:-1]:
        try:
            (folder / parent).rmdir()
        except FileNotFoundError:  # by a command that was killed
            continue
        except OSError:
            return


# --- git's index ------------------------------------------------------------------------------


def _hold_index(repository: Repository, record: Record) -> None:
    """Take git's own lock, so that no git command writes meanwhile.

    The lock holds what `state.json` says, or its beginning: so a later command knows it for ours.
    """
    lock, state = repository.git_dir / "index.lock", record.place / STATE
    if _is_ours(lock, state):
        return
    try:
        lock.hardlink_to(state)  # at once whole, and needs no room
    except FileExistsError:
        raise
    except OSError:  # a disk without such links
        with lock.open("xb") as stream:
            stream.write(state.read_bytes())


def _is_ours(lock: Path, state: Path) -> bool:
    try:
        held = lock.read_bytes()
    except FileNotFoundError:
        return False
    return bool(held) and state.read_bytes().startswith(held)


def _write_index(repository: Repository, record: Record, undone: set[str]) -> None:
    """Put the new index in place; where the old one changed meanwhile, only our entries in it.

    No git command works on the index itself: one that is killed would leave its lock behind.

    Args:
        repository: Holds the index.
        record: What is carried out; the caller holds the lock.
        undone: Files that could not be changed.
    """
    index, fresh = repository.git_dir / "index", record.place / INDEX
    fresh.with_name(f"{INDEX}.lock").unlink(missing_ok=True)  # of a git that was killed
    changed = digest(index.read_bytes()) != record.state["index_before"] or not fresh.exists()
    if changed:
        shutil.copyfile(index, fresh)
    extra = {"GIT_INDEX_FILE": os.fspath(fresh)}
    words = ("ls-files", "--stage", "-z", "--full-name", "--", ":/")
    present = read_entries(repository.git(*words, extra=extra)) if changed else {}
    wanted: Index = {}
    for one in record.changes:
        full = f"{record.prefix}{one['path']}"
        before, after = (
            tuple(Entry(*row) for row in one[key]) for key in ("index_before", "index_after")
        )
        if one["path"] in undone:
            if not changed:
                wanted[full] = before
        elif changed and present.get(full, ()) == before != after:
            wanted[full] = after
    repository.set_entries(wanted, extra)
    with contextlib.suppress(git.GitFailure):  # so that plumbing sees no change where none is
        repository.git("update-index", "-q", "--refresh", extra=extra)
    with fresh.open("rb+") as stream:
        os.fsync(stream.fileno())
    fresh.replace(index)
    (repository.git_dir / "index.lock").unlink()


def _retire(record: Record, report: Mapping[str, Any]) -> None:
    """Make the change one that can be undone; one that undid another is forgotten."""
    place = record.place
    if report != record.report:
        draft = place / f"{STATE}.draft"
        draft.write_text(json.dumps({**record.state, "report": report}), encoding="utf-8")
        draft.replace(place / STATE)
    undo = place.with_name(UNDO)
    if undo.exists():
        undo.rename(place.with_name(f"{DROPPED}{secrets.token_hex(4)}"))
    forgotten = place.with_name(f"{DROPPED}{secrets.token_hex(4)}")
    place.rename(forgotten if record.state["kind"] == "undo" else undo)
    for left in place.parent.glob(f"{DROPPED}*"):
        scratch.remove(left)
