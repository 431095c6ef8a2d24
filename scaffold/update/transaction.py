"""Changing several files and git's index so that it can be killed at any instant.

Everything is written beside first, into a draft in the git directory. Renaming the draft to
`pending` is the point of no return: from then on the change is completed, here or by the next
command. Between that rename and the end, some ten milliseconds, plain git can see a tree that is
half changed; git's own lock is held meanwhile, so that no git command writes into it.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scaffold import git, scratch
from scaffold.errors import RequestError
from scaffold.update.completion import complete
from scaffold.update.record import (
    DRAFT,
    INDEX,
    PENDING,
    SCHEMA,
    STATE,
    TREE,
    Record,
    digest,
    room,
    sync,
    write,
)
from scaffold.update.repository import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scaffold.update.files import File
    from scaffold.update.repository import Index, Repository


@dataclass(frozen=True)
class Change:
    """What becomes of one path.

    Attributes:
        path: Below the repository.
        before: The file now; None where there is none.
        after: The file afterwards; None where there is none.
        unmerged: What git's index shall hold where a conflict is left: content by stage, 1 to 3.
        in_index: Whether the index changes too; else only the file does.
        to: Where what it holds is afterwards, if it goes because it moves: it stays where that
            place turns out to be taken.
    """

    path: str
    before: File | None
    after: File | None
    unmerged: Mapping[int, File] | None = None
    in_index: bool = True
    to: str | None = None


@dataclass(frozen=True)
class Intent:
    """What a transaction is for.

    Attributes:
        kind: `update`, `finish` or `undo`; the last leaves nothing to undo.
        report: Kept for whoever completes or undoes it.
        onto: A change made before, which undoing shall take back together with this one.
        entries: What git's index shall hold of some paths, whatever their files hold.
    """

    kind: str
    report: Mapping[str, Any]
    onto: Record | None = None
    entries: Index = field(default_factory=dict)


def carry_out(
    repository: Repository, index: Index, changes: Sequence[Change], intent: Intent
) -> dict[str, Any]:
    """Make some changes, all of them or none. The caller holds `record.alone`.

    Args:
        repository: Where.
        index: Its index as it is.
        changes: What; a path occurs once.
        intent: What for.

    Returns:
        The report, with what has to be told of files that were edited meanwhile.

    Raises:
        RequestError: Another git command is at work; nothing is changed then.
        OutsideError: The disk is full, or git failed, after the point of no return.
        OSError, git.GitFailure: The same before it; nothing is changed then.
    """
    if (repository.git_dir / "index.lock").exists():
        raise RequestError(
            f"Another git command is at work here, or was killed: {repository.git_dir}/index.lock.",
            "Wait for it; if none is running, remove that file.",
        )
    place = room(repository)
    place.mkdir(parents=True, exist_ok=True)
    draft = place / f"{DRAFT}{secrets.token_hex(4)}"
    try:
        draft.mkdir(mode=0o700)
        state = _write(repository, draft, index, changes, intent)
        with (draft / STATE).open("w", encoding="utf-8") as stream:
            json.dump(state, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        sync(draft)
        draft.rename(place / PENDING)
    except BaseException:
        scratch.remove(draft)
        raise
    report = complete(repository, place / PENDING)
    assert report is not None  # noqa: S101 - it was written just now
    return report


def _write(
    repository: Repository,
    draft: Path,
    index: Index,
    changes: Sequence[Change],
    intent: Intent,
) -> dict[str, Any]:
    """Write the draft's files and index; returns its state."""
    tree = draft / TREE / repository.prefix
    tree.mkdir(parents=True)
    for change in changes:
        if change.after is not None:
            write(tree / change.path, change.after)
    present = (repository.git_dir / "index").read_bytes()
    (draft / INDEX).write_bytes(present)
    staged = [one for one in changes if one.in_index and one.path not in intent.entries]
    after = _stage(repository, draft, staged, intent.entries)
    with (draft / INDEX).open("rb+") as stream:
        os.fsync(stream.fileno())
    return {
        "schema": SCHEMA,
        "kind": intent.kind,
        "head": repository.head,
        "prefix": repository.prefix,
        "index_before": digest(present),
        "changes": [
            _described(draft, change, index, after, intent.onto, number)
            for number, change in enumerate(changes)
        ],
        "report": intent.report,
    }


def _described(
    draft: Path, change: Change, index: Index, after: Index, onto: Record | None, number: int
) -> dict[str, Any]:
    """One change as `state.json` holds it; the bytes that were are kept beside."""
    before = _kept(draft, f"before-{number}", change.before)
    undo, index_undo = before, index.get(change.path, ())
    if onto is not None and change.path in onto.paths():
        file, index_undo = onto.undone(change.path)
        undo = _kept(draft, f"undo-{number}", file)
    return {
        "path": change.path,
        "before": before,
        "after": _again(draft, f"after-{number}", change.after),
        "to": change.to,
        "undo": undo,
        "index_before": index.get(change.path, ()),
        "index_after": after.get(change.path, ()),
        "index_undo": index_undo,
    }


def _kept(draft: Path, name: str, file: File | None) -> dict[str, Any] | None:
    if file is None:
        return None
    write(draft / name, file)
    return {"sha256": digest(file.data), "executable": file.executable, "kept": name}


def _again(draft: Path, name: str, file: File | None) -> dict[str, Any] | None:
    """Keep a file a second time, for one who takes it back after a kill and before the end.

    Not made to survive a power cut: its digest tells whether it did.
    """
    if file is None:
        return None
    (draft / name).write_bytes(file.data)
    return {"sha256": digest(file.data), "executable": file.executable, "kept": name}


def _stage(repository: Repository, draft: Path, changes: Sequence[Change], entries: Index) -> Index:
    """Write into the draft's index what the real one shall hold, filters and modes included.

    Returns:
        What it holds then.
    """
    written = [one for one in changes if one.after is not None and one.unmerged is None]
    names = [f"{repository.prefix}{one.path}" for one in written]
    _update_index(repository, draft, names, "--add")
    wanted = dict(entries)
    for one in changes:
        if one.after is None or one.unmerged is not None:
            sides = (one.unmerged or {}).items()
            wanted[one.path] = tuple(
                Entry(file.mode, _blob(repository, one.path, file), stage) for stage, file in sides
            )
    full = {f"{repository.prefix}{path}": held for path, held in wanted.items()}
    repository.set_entries(full, {"GIT_INDEX_FILE": os.fspath(draft / INDEX)})
    found = repository.index(draft / INDEX)
    wrong = [one for one in written if one.after and found[one.path][0].mode != one.after.mode]
    for sign, executable in (("+", True), ("-", False)):  # where the disk or git knows no modes
        torn = [one for one in wrong if one.after and one.after.executable is executable]
        names = [f"{repository.prefix}{one.path}" for one in torn]
        _update_index(repository, draft, names, f"--chmod={sign}x")
    return repository.index(draft / INDEX) if wrong else found


def _update_index(repository: Repository, draft: Path, names: list[str], how: str) -> None:
    """Let git take files of the draft's tree into the draft's index."""
    if not names:
        return
    tree = draft / TREE
    git.run(
        *(*git.QUIET, "-c", "core.safecrlf=false", "-c", "core.ignoreStat=false"),
        *(f"--git-dir={repository.git_dir}", f"--work-tree={tree}"),
        *("update-index", how, "-z", "--stdin"),
        folder=tree,
        extra={"GIT_INDEX_FILE": os.fspath(draft / INDEX)},
        stdin="".join(f"{name}\0" for name in names),
    )


def _blob(repository: Repository, path: str, file: File) -> str:
    """Write a content into git's store, as git would store it at that path."""
    text = file.data.decode("utf-8", "surrogateescape")
    words = ("-c", "core.safecrlf=false", "hash-object", "-w", "--stdin", f"--path={path}")
    return repository.git(*words, stdin=text).strip()
