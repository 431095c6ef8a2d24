"""After an update: finishing one that had conflicts, and taking the last one back."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scaffold import places, project, scratch
from scaffold.errors import AnswerIsNoError, RequestError
from scaffold.lock import CONSTRAINTS, LOCK, PYPROJECT
from scaffold.update import relock
from scaffold.update.completion import DISTURBED
from scaffold.update.content import CLOSE, OPEN
from scaffold.update.files import EXECUTABLE, File, Obstacle, look
from scaffold.update.proposal import BEFORE_REF
from scaffold.update.record import REFS, Record, last
from scaffold.update.repository import read_entries
from scaffold.update.transaction import Change, Intent, carry_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scaffold.update.repository import Entry, Index, Repository

UNDO_REF = f"{REFS}/before-undo"
_REJECTED = ".rej"
_SIGNER = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "scaffold"), ("EMAIL", "scaffold@localhost"))
}


@dataclass(frozen=True)
class Left:
    """Something that is not resolved yet.

    Attributes:
        path: The file.
        line: The line of a marker, from 1; 0 for a rejected patch.
    """

    path: str
    line: int


@dataclass(frozen=True)
class Finished:
    """What finishing did.

    Attributes:
        paths: Files whose conflict is now resolved in git's index.
        lock: What became of `uv.lock`.
        told: What the update had told; None where plain copier made the conflicts.
    """

    paths: tuple[str, ...]
    lock: relock.Relocked
    told: dict[str, Any] | None


def unresolved(repository: Repository, index: Index, record: Record | None) -> list[Left]:
    """Markers in files that an update touched, and rejected patches anywhere."""
    suspects = {path for path, entries in index.items() if any(one.stage for one in entries)}
    suspects |= set(record.paths() if record else ())
    found = []
    for path in sorted(suspects):
        file = look(repository.folder, path)
        if isinstance(file, File) and not file.binary:
            found += [Left(path, line) for line in _markers(file.data)]
    words = ("ls-files", "--cached", "--others", "-z", "--", f"*{_REJECTED}")
    rejected = sorted(filter(None, repository.git(*words).split("\0")))
    return found + [Left(path, 0) for path in rejected]


def _markers(data: bytes) -> Iterator[int]:
    """The lines that begin or end a conflict; and those between, while one is open."""
    starts = (OPEN, b"||||||| ", CLOSE)
    texts = [line.rstrip(b"\r") for line in data.split(b"\n")]
    marked = [number for number, line in enumerate(texts, start=1) if line.startswith(starts)]
    between = [number for number, line in enumerate(texts, start=1) if line == b"======="]
    yield from sorted(marked + (between if marked else []))


def finish(
    repository: Repository, index: Index, *, locking: bool, step: Callable[[str], None]
) -> Finished:
    """Stage what was resolved, and bring the lock to it. The caller holds `record.alone`.

    Raises:
        RequestError: There is nothing to finish.
        AnswerIsNoError: A marker or a rejected patch is left.
    """
    record = last(repository)
    torn = [path for path, entries in index.items() if any(one.stage for one in entries)]
    left = unresolved(repository, index, record)
    if record is None and not torn and not left:
        raise RequestError("There is no update to finish here.", "Begin one: scaffold update")
    if left:
        raise AnswerIsNoError(f"Not resolved yet: {described(left)}.", _remedy(left))
    changes = {path: _as_it_is(repository, path) for path in torn}
    if torn and not repository.knows_modes():
        changes = {path: _with_mode(change, index[path]) for path, change in changes.items()}
    for path in record.paths() if record else ():
        if path not in changes and not isinstance(look(repository.folder, path), Obstacle):
            kept = _as_it_is(repository, path)
            to = record.moved.get(path) if record else None
            changes[path] = Change(path, kept.before, kept.after, in_index=False, to=to)
    lock = _relock(repository, record, step) if locking and record else relock.UNCHANGED
    if lock.content is not None:
        old = look(repository.folder, LOCK)
        before = old if isinstance(old, File) else None
        changes[LOCK] = Change(LOCK, before, File(lock.content), in_index=LOCK in index)
    told = _report(record) if record else None
    if torn or lock.content is not None:
        onto = record if record is not None and record.head == repository.head else None
        intent = Intent("finish", {**(told or {}), "state": "finished"}, onto)
        said = carry_out(repository, index, list(changes.values()), intent)
        told = told and said
    return Finished(tuple(torn), lock, told)


def _report(record: Record) -> dict[str, Any]:
    """What an update told, without what disturbed its completion then."""
    return {key: value for key, value in record.report.items() if key != DISTURBED}


def _remedy(left: list[Left]) -> str:
    if any(one.line == 0 for one in left):
        return "Work the .rej files in and delete them, then run this again."
    return (
        "Keep what is right, delete the marker lines (<<<<<<<, =======, >>>>>>>), run this again."
    )


def described(left: list[Left]) -> str:
    """The places that are left, by file."""
    lines: dict[str, list[str]] = {}
    for one in left:
        lines.setdefault(one.path, []).extend([str(one.line)] if one.line else [])
    return "; ".join(
        f"{path} line {', '.join(numbers)}" if numbers else path for path, numbers in lines.items()
    )


def _as_it_is(repository: Repository, path: str) -> Change:
    """Take a file as its owner left it into git's index."""
    found = look(repository.folder, path)
    if isinstance(found, Obstacle):
        raise RequestError(
            f"{path} is no file any more.",
            f"Stage it yourself: git add {path}, then run this again.",
        )
    return Change(path, found, found)


def _with_mode(change: Change, entries: Iterable[Entry]) -> Change:
    """A resolved file keeps the mode that it had in git, where its disk knows none."""
    after = change.after and replace(change.after, executable=_ours(entries).mode == EXECUTABLE)
    return replace(change, after=after)


def _relock(repository: Repository, record: Record, step: Callable[[str], None]) -> relock.Relocked:
    """The lock after conflicts in an update were resolved."""

    def now(path: str) -> bytes | None:
        found = look(repository.folder, path)
        return found.data if isinstance(found, File) else None

    def was(path: str) -> bytes | None:
        if path in record.paths():
            file = record.undone(path)[0]
            return file.data if file else None
        return now(path)

    files = {path: now(path) for path in (PYPROJECT, "README.md")}
    origin = project.try_origin(repository.folder)
    foreign = isinstance(origin, project.Unread) or origin.source != places.EMBEDDED_SOURCE
    return relock.relock(
        relock.Before(now(LOCK), was(PYPROJECT), was(CONSTRAINTS) or b"", foreign),
        {path: data for path, data in files.items() if data is not None},
        now(CONSTRAINTS) or b"",
        step,
    )


# --- taking back ------------------------------------------------------------------------------


def undo(repository: Repository, index: Index) -> dict[str, Any]:
    """Give the files and index entries that the last update changed back what they were.

    The caller holds `record.alone`. The present tree is saved first, as a commit at `UNDO_REF`.

    Returns:
        What the update had told.

    Raises:
        RequestError: There is no update to take back.
        AnswerIsNoError: There is a commit since.
    """
    record = last(repository)
    if record is None:
        raise RequestError("There is no update to take back here.", "Begin one: scaffold update")
    if record.head != repository.head:
        raise AnswerIsNoError(
            f"There is a commit since the update; the state before it is {BEFORE_REF}.",
            f"See it: git diff {BEFORE_REF}. Go back with git revert, or "
            f"git checkout {BEFORE_REF} -- FILE.",
        )
    changes = []
    wanted: Index = {}
    back = {new: old for old, new in record.moved.items()}
    for path in record.paths():
        present = look(repository.folder, path)
        if isinstance(present, Obstacle):
            raise AnswerIsNoError(
                f"{path} is no file any more, so it cannot be given back.",
                "Move what lies there away, then run this again.",
            )
        file, wanted[path] = record.undone(path)
        changes.append(Change(path, present, file, to=back.get(path)))
    # Saved after the look above: what is written later is noticed when a file is replaced.
    repository.git("update-ref", UNDO_REF, _snapshot(repository, index, record))
    intent = Intent("undo", {**_report(record), "state": "undone"}, entries=wanted)
    return carry_out(repository, index, changes, intent)


def _snapshot(repository: Repository, index: Index, record: Record) -> str:
    """A commit of the present tree: what is tracked, and what the update brought."""
    with scratch.folder("scaffold-snapshot-") as work:
        file = work / "index"
        file.write_bytes((repository.git_dir / "index").read_bytes())
        extra = {"GIT_INDEX_FILE": os.fspath(file)}
        paths = sorted({*index, *record.paths()})
        present = [one for one in paths if look(repository.folder, one) is not None]
        gone: Index = {f"{repository.prefix}{one}": () for one in paths if one not in present}
        repository.set_entries(gone, extra)
        files = [one for one in present if isinstance(look(repository.folder, one), File)]
        add = ("-c", "core.safecrlf=false", "update-index", "--add", "-z", "--stdin")
        repository.git(*add, stdin="".join(f"{one}\0" for one in files), extra=extra)
        unmerged = ("ls-files", "--unmerged", "-z", "--full-name", "--", ":/")
        torn = read_entries(repository.git(*unmerged, extra=extra))
        # Elsewhere in the work tree, or links: no tree holds a conflict.
        repository.set_entries({path: (_ours(held),) for path, held in torn.items()}, extra)
        tree = repository.git("write-tree", extra=extra).strip()
    said = "scaffold: before an update was taken back"
    commit = ("commit-tree", tree, "-p", repository.head, "-m", said)
    return repository.git(*commit, extra=_SIGNER).strip()


def _ours(entries: Iterable[Entry]) -> Entry:
    """What a conflict comes down to where nobody resolved it: our side, if we have one."""
    found = {one.stage: one for one in entries}
    return (found.get(2) or next(iter(found.values())))._replace(stage=0)
