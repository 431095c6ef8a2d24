"""Completing a pending change, in the command that began it or in a later one.

Done twice it does nothing more. A file that its owner edited after a kill is merged or left alone,
and said so; it is never overwritten.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import shutil
from pathlib import PurePosixPath
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
    write,
)
from scaffold.update.repository import Entry, index_rows, read_entries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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


def complete(repository: Repository, place: Path) -> dict[str, Any]:
    """Carry out what a pending folder says.

    Returns:
        Its report.

    Raises:
        OutsideError: The disk is full, a file is held open, or another git command holds the
            index; what is left is done by the next command.
    """
    record = read(place)
    if record is None:  # a draft becomes pending as a whole, so this is nobody's
        scratch.remove(place)
        return {}
    folder = _folder(repository, record)
    report = dict(record.report)
    try:
        _hold_index(repository, record)
        said = [_settle(folder, record, one) for one in record.changes]
        if any(said):
            report[DISTURBED] = [*report.get(DISTURBED, []), *filter(None, said)]
        _write_index(repository, record)
        _retire(record, report)
    except (OSError, git.GitFailure) as error:
        raise _half_way(error) from error
    with contextlib.suppress(git.GitFailure):  # so that plumbing sees no change where none is
        repository.git("update-index", "-q", "--refresh")
    return report


def _folder(repository: Repository, record: Record) -> Path:
    """The generated repository that a record is of; another one of the same work tree, perhaps."""
    top = repository.folder
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


def _settle(folder: Path, record: Record, one: Mapping[str, Any]) -> str:
    """Bring one file from before to after.

    Returns:
        What a person must know of it; empty if all went as planned.
    """
    path, after = str(one["path"]), one["after"]
    staged = record.place / TREE / record.prefix / path
    present = look(folder, path)
    if _is(present, after):
        if after is not None:
            set_mode(folder / path, executable=bool(after["executable"]))
        return ""
    if not _is(present, one["before"]):
        return _merge_late(folder / path, path, present, record.load(one["before"]), staged)
    if after is None:
        (folder / path).unlink()
        _remove_empty(folder, path)
    else:
        _move(staged, folder / path)
        set_mode(folder / path, executable=bool(after["executable"]))
    return ""


def _is(present: File | Obstacle | None, facts: Mapping[str, Any] | None) -> bool:
    if facts is None:
        return present is None
    return isinstance(present, File) and digest(present.data) == facts["sha256"]


def _merge_late(
    place: Path, path: str, present: File | Obstacle | None, before: File | None, staged: Path
) -> str:
    """Bring the change into a file that its owner edited after a command was killed."""
    mergeable = isinstance(present, File) and not present.binary and before is not None
    if not mergeable or not staged.exists():
        return f"{path}: you changed it meanwhile, so it stays as it is"
    assert isinstance(present, File)  # noqa: S101 - for the type checker
    assert before is not None  # noqa: S101 - for the type checker
    labels = Labels(theirs="update")
    merged = lines(before.data, present.data, staged.read_bytes(), labels)
    temporary = place.with_name(f"{_TEMPORARY}{secrets.token_hex(4)}")
    write(temporary, File(merged, present.executable))
    temporary.replace(place)
    where = ", ".join(map(str, find_conflicts(merged, labels)))
    if where:
        return f"{path}: you changed it meanwhile; conflicts begin at line {where}"
    return f"{path}: you changed it meanwhile; both changes are in it now"


def _move(staged: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        staged.replace(place)
    except OSError as error:
        if error.errno != errno.EXDEV:  # the git directory lies on another disk
            raise
        temporary = place.with_name(f"{_TEMPORARY}{secrets.token_hex(4)}")
        shutil.copy(staged, temporary)
        temporary.replace(place)


def _remove_empty(folder: Path, path: str) -> None:
    """Remove the folders that a removed file leaves empty, as git does."""
    for parent in PurePosixPath(path).parents[:-1]:
        try:
            (folder / parent).rmdir()
        except OSError:
            return


# --- git's index ------------------------------------------------------------------------------


def _hold_index(repository: Repository, record: Record) -> None:
    """Take git's own lock, with the new index in it, if the index is still as it was.

    A lock that holds the beginning of our index is ours, of a command that was killed.
    """
    lock, index = repository.git_dir / "index.lock", record.place / INDEX
    if _is_ours(lock, index):
        lock.unlink()
    if digest((repository.git_dir / "index").read_bytes()) != record.state["index_before"]:
        return
    try:
        lock.hardlink_to(index)  # at once whole, and needs no room
    except FileExistsError:
        raise
    except OSError:  # a disk without such links
        with lock.open("xb") as stream:
            stream.write(index.read_bytes())
            stream.flush()
            os.fsync(stream.fileno())


def _is_ours(lock: Path, index: Path) -> bool:
    try:
        held = lock.read_bytes()
    except FileNotFoundError:
        return False
    return bool(held) and index.read_bytes().startswith(held)


def _write_index(repository: Repository, record: Record) -> None:
    """Put the new index in place; where git refreshed the old one meanwhile, our entries only."""
    lock = repository.git_dir / "index.lock"
    if _is_ours(lock, record.place / INDEX):
        lock.replace(repository.git_dir / "index")
        return
    words = ("ls-files", "--stage", "-z", "--full-name", "--", ":/")
    present = read_entries(repository.git(*words))
    wanted: Index = {}
    for one in record.changes:
        full = f"{record.prefix}{one['path']}"
        before, after = (
            tuple(Entry(*row) for row in one[key]) for key in ("index_before", "index_after")
        )
        if present.get(full, ()) == before != after:
            wanted[full] = after
    if wanted:
        repository.git("update-index", "-z", "--index-info", stdin=index_rows(wanted))


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
