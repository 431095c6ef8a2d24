"""What can be done with an update: begin one, finish one, take one back; and change a binding.

Each first completes what a killed command left, and gives back what is told of it: the data of the
`--json` document, which is also kept in the git directory until the next update.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold import git, git_folder
from scaffold import source as sources
from scaffold.errors import OutsideError, RequestError
from scaffold.lock import LOCK, can_lock
from scaffold.update import difference, ending, leg, proposal, record, unlocked
from scaffold.update.completion import recover
from scaffold.update.repository import (
    open_repository,
    readable,
    ready,
    refuse_conflicts,
    uncommitted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.project import Origin
    from scaffold.update.proposal import Proposal, Wanted
    from scaffold.update.record import Record
    from scaffold.update.relock import Relocked
    from scaffold.update.repository import Repository

Told = dict[str, Any]
"""What is told of an update; its keys are those of the `--json` document."""


def begin(origin: Origin, wanted: Wanted, *, preview: bool = False) -> Told:
    """Update a repository, or say what an update would do.

    Raises:
        RequestError: The request, or the state of the repository, will not do.
        OutsideError: git, the source or the disk failed.
    """
    completed = _complete(origin, wanted)
    if completed is not None:
        return completed
    staged = _staged(origin)
    way = leg.choose(origin, wanted.version, anew=bool(wanted.data))
    if way is None and staged is not None:
        return {**_plain(origin, origin.version), **staged.report, "state": "staged"}
    if way is None:
        return _lock_of_tested(origin, wanted, preview=preview)
    repository = open_repository(origin.folder)
    with _nothing_changed():
        if preview:
            proposed = proposal.propose(repository, origin, way, wanted, readable)
            diff = difference.unified(proposed.changes())
            return _told(proposed) | {
                "state": "previewed",
                "diff": diff,
                "uncommitted": uncommitted(repository),
            }
        with record.alone(repository.git_dir):
            if staged is not None:
                raise RequestError(
                    f"An update to {staged.report['to']} is staged and not committed.",
                    "Keep it: git commit. Or take it back: scaffold update --undo",
                )
            proposed = proposal.propose(repository, origin, way, wanted)
            told = _told(proposed)
            wanted.appearing()
            return proposal.apply(proposed, told)


def _staged(origin: Origin) -> Record | None:
    """A change of ours that its owner has neither committed nor taken back.

    Asks no git where none was ever made.

    Raises:
        RequestError: It left conflicts.
    """
    git_dir = git_folder.find(Path(os.path.realpath(origin.folder)))
    if git_dir is None or not record.done(git_dir):
        return None
    with _nothing_changed():
        repository = open_repository(origin.folder)
        try:
            found = record.last(repository)
        except OutsideError:  # spoilt: to take it back is refused, and nothing else needs it
            return None
        if found is None or found.head != repository.head:
            return None
        index = repository.index()
        refuse_conflicts(index)
        return found if found.staged(index) else None


def _lock_of_tested(origin: Origin, wanted: Wanted, *, preview: bool) -> Told:
    """What is left to do in a repository of the newest release: the lock, if it has none."""
    newest = _plain(origin, origin.version) | {"state": "newest"}
    if not wanted.locking or not can_lock(origin.folder):
        return newest
    try:
        repository = open_repository(origin.folder)
        read = (readable if preview else ready)(repository)
    except RequestError as error:  # that it is the newest is true all the same
        reason = error.problem.rstrip(".")
        return newest | {"lock": {"state": "missing", "reason": reason}}
    with _nothing_changed():
        if repository.ignored([LOCK]):
            return newest
        ours = sources.choose(origin.source).ours
        if preview:
            proposed = unlocked.propose(origin, read, ours=ours, step=wanted.step)
            told = _told(proposed) | {"uncommitted": uncommitted(repository), "diff": ""}
            return told | {"state": "newest" if proposed.lock.content is None else "previewed"}
        with record.alone(repository.git_dir):
            proposed = unlocked.propose(origin, read, ours=ours, step=wanted.step)
            if proposed.lock.content is None:
                return newest | {"lock": _lock(proposed.lock)}
            wanted.appearing()
            return proposal.apply(proposed, _told(proposed) | {"state": "locked"})


def bind(origin: Origin, wanted: Wanted, way: leg.Leg | None) -> Told:
    """Bind a repository to another source or release; taken back like an update.

    Args:
        origin: What it is now.
        wanted: Whom to tell what happens.
        way: From `binding`; None where it is bound so already.

    Raises:
        RequestError: The state of the repository will not do.
        OutsideError: git, the source or the disk failed.
    """
    completed = _complete(origin, wanted)
    if completed is not None:
        return completed
    if way is None:
        return _plain(origin, origin.version) | {"state": "newest", "source": origin.source}
    repository = open_repository(origin.folder)
    with _nothing_changed(), record.alone(repository.git_dir):
        proposed = proposal.propose(repository, origin, way, wanted)
        told = _told(proposed) | {"source": way.new_source.recorded}
        wanted.appearing()
        return proposal.apply(proposed, told)


def finish(origin: Origin, wanted: Wanted) -> Told:
    """Stage what was resolved after an update with conflicts.

    Raises:
        RequestError: There is nothing to finish.
        AnswerIsNoError: A marker or a rejected patch is left.
        OutsideError: git or the disk failed.
    """
    repository = open_repository(origin.folder)
    with _nothing_changed(), record.alone(repository.git_dir):
        completed = _recover(repository, wanted)
        if completed is not None and completed["state"] == "finished":
            return _completed(completed)
        index = repository.index()
        wanted.appearing()
        done = ending.finish(repository, index, locking=wanted.locking, step=wanted.step)
    return {
        **(done.told or _plain(origin, origin.version)),
        "state": "finished",
        "resolved": list(done.paths),
        "lock": _lock(done.lock),
    }


def undo(origin: Origin, wanted: Wanted) -> Told:
    """Give back what was before the last update.

    Raises:
        RequestError: There is no update to take back.
        AnswerIsNoError: There is a commit since.
        OutsideError: git or the disk failed.
    """
    repository = open_repository(origin.folder)
    with _nothing_changed(), record.alone(repository.git_dir):
        completed = _recover(repository, wanted)
        if completed is not None and completed["state"] == "undone":
            return _completed(completed)
        wanted.appearing()
        told = ending.undo(repository, repository.index())
    return {**told, "state": "undone"}


def _complete(origin: Origin, wanted: Wanted) -> Told | None:
    """Complete what a killed command left here; asks no git when there is nothing of the kind."""
    git_dir = git_folder.find(Path(os.path.realpath(origin.folder)))  # a link may lead here
    if git_dir is None or not (record.pending(git_dir) or record.left(git_dir)):
        return None
    repository = open_repository(origin.folder)
    with record.alone(repository.git_dir):
        told = _recover(repository, wanted)
    return None if told is None else _completed(told)


def _recover(repository: Repository, wanted: Wanted) -> Told | None:
    """Complete what is pending; as at first, it is too late then for an interruption."""
    if record.pending(repository.git_dir):
        wanted.appearing()
    return recover(repository)


def _completed(told: Told) -> Told:
    return {**told, "state": "completed", "completed": told["state"]}


@contextmanager
def _nothing_changed() -> Iterator[None]:
    """What fails in here failed before the point of no return."""
    try:
        yield
    except (OSError, git.GitFailure) as error:
        full = isinstance(error, git.GitFailure) and error.disk_full
        if full or (isinstance(error, OSError) and error.errno == errno.ENOSPC):
            raise OutsideError(
                "The disk is full; nothing was changed.", "Make some room and run it again."
            ) from error
        reason = str(error).replace("\n", " ")
        raise OutsideError(
            f"Nothing was changed: {reason}.", "Mend that and run it again."
        ) from error


def _plain(origin: Origin, to: str) -> Told:
    return {
        "folder": os.fspath(origin.folder),
        "template": origin.template,
        "from": origin.version,
        "to": to,
        "files": [],
        "advice": [],
        "new_questions": [],
        "release_notes": [],
        "lock": {"state": "unchanged", "reason": ""},
        "uncommitted": [],
    }


def _told(proposed: Proposal) -> Told:
    return _plain(proposed.origin, proposed.to) | {
        "state": "conflicts" if proposed.conflicts else "updated",
        "files": [
            {
                "path": one.path,
                "owner": one.owner,
                "action": one.action,
                "from": one.old_path,
                "note": one.note,
                "lines": list(one.lines),
            }
            for one in proposed.outcomes
        ],
        "advice": [{"id": name, "question": words} for name, words in proposed.advice],
        "new_questions": [
            {"name": one.name, "value": one.value, "help": one.help} for one in proposed.asked
        ],
        "release_notes": [{"version": one.version, "text": one.text} for one in proposed.notes],
        "lock": _lock(proposed.lock),
    }


def _lock(relocked: Relocked) -> dict[str, str]:
    return {"state": relocked.state, "reason": relocked.reason}
