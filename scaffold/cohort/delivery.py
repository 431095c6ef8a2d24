"""Bringing a hand-out to its place: a folder, a bare repository on this disk, or a remote.

Each looks first whether it is there already, so beginning again never makes it twice; and each
appears whole or not at all.
"""

from __future__ import annotations

import errno
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import credentials, disk, git, scratch, staging
from scaffold.cohort import marks, objects, remote
from scaffold.cohort.outcome import Outcome
from scaffold.cohort.patterns import fill
from scaffold.cohort.remote import UnreachedError
from scaffold.membership import PYPROJECT, recorded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.layout import Task
    from scaffold.cohort.log import Log
    from scaffold.cohort.objects import Signer
    from scaffold.cohort.remote import Refs
    from scaffold.update.files import File

TRAILER = "Handout"
BRANCH = "main"
_CREATE_SECONDS = 120
_LOOKS, _BETWEEN_SECONDS = 4, 1.0
_NEW = "new"
_MOST_BYTES = 5_000_000


@dataclass(frozen=True)
class Parcel:
    """Whose hand-out it is.

    Attributes:
        task: The task.
        klass: The class.
        signer: Who commits.
        room: Where what lives for a moment goes.
    """

    task: Task
    klass: Class
    signer: Signer
    room: Path

    @property
    def mark(self) -> str:
        """What names the hand-out in its commit."""
        return f"{self.klass.id}/{self.task.key}"

    @property
    def trailer(self) -> str:
        """The line of the commit's message."""
        return f"{TRAILER}: {self.mark}"


def look(parcel: Parcel, log: Log) -> Outcome | None:
    """What is at the place already; None where the hand-out can go there.

    Raises:
        UnreachedError: It cannot be read, and does not look as if it were only missing.
    """
    task = parcel.task
    if not task.is_remote:
        place = Path(task.place)
        if not os.path.lexists(place) or (place.is_dir() and not any(place.iterdir())):
            return None
        if not place.is_dir():
            return Outcome(task.key, "refused", f"{place} is a file")
    taken = Outcome(task.key, "refused", f"{task.place} holds something else already")
    try:
        refs = _refs(parcel, log)
    except UnreachedError as error:
        if not task.is_remote and error.state == "gone":
            return taken  # a folder that is no repository
        raise
    if refs is None:
        return None
    if not refs.heads:
        return None if task.is_remote or task.is_bare else taken
    return _identify(parcel, refs, log)


def _refs(parcel: Parcel, log: Log) -> Refs | None:
    """The branches of a place; None where a remote does not exist and may be created."""
    task = parcel.task
    try:
        return remote.refs(log, task.place, parcel.room)
    except UnreachedError as error:
        if task.is_remote and parcel.klass.create and error.state in {"gone", "denied"}:
            return None
        raise


def _identify(parcel: Parcel, refs: Refs, log: Log) -> Outcome:
    """Whether what is there is this hand-out, perhaps with a learner's work on it."""
    task, default = parcel.task, refs.default
    with scratch.folder("look-", parcel.room) as folder:
        objects.init(folder / "look", bare=True)
        here = folder / "look"
        fetch = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules")
        wanted = f"+refs/heads/{default or '*'}:refs/heads/{default or '*'}"
        try:
            remote.run(log, *fetch, "--depth=1", "--", task.place, wanted, folder=here)
            if default and _is_member(parcel, default, here):
                return Outcome(task.key, "already", commit=refs.heads[default])
            known = marks.fetched(log, task.place, "*", here, TRAILER)
        except git.GitFailure as error:
            raise remote.unreached(error, task.place) from error
    if parcel.mark in known:
        return Outcome(task.key, "already", commit=known[parcel.mark])
    others = sorted(known)
    what = f"the hand-out {others[0]}" if others else "something else"
    return Outcome(task.key, "refused", f"{task.place} holds {what} already")


def _is_member(parcel: Parcel, branch: str, here: Path) -> bool:
    """Whether a branch records that it is this assignment of this class."""
    try:
        words = ("cat-file", "blob", f"refs/heads/{branch}:{PYPROJECT}")
        text = git.run(*words, folder=here, most=_MOST_BYTES)
    except git.GitFailure:
        return False
    member = recorded(text.encode("utf-8", "surrogateescape"))
    wanted = (parcel.klass.name, parcel.task.assignment.id)
    return member is not None and (member.name, member.assignment) == wanted


def deliver(
    parcel: Parcel, files: Mapping[str, File], message: str, note: str, log: Log
) -> Outcome:
    """Bring the files to a place that `look` found free.

    Args:
        parcel: Whose they are.
        files: What the learner gets.
        message: Of the one commit.
        note: What is missing in the files; told as the reason.
        log: Of the repository.

    Raises:
        UnreachedError: The place cannot be reached or written.
        OSError, git.GitFailure: This machine failed.
    """
    task = parcel.task
    exists = os.path.lexists(task.place)
    if task.is_remote or (task.is_bare and exists and any(Path(task.place).iterdir())):
        return _push(parcel, files, message, note, log)
    try:
        commit = _make(parcel, files, message)
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
            raise
        found = look(parcel, log)  # another command was faster
        return found or Outcome(task.key, "failed", f"{task.place} appeared meanwhile")
    log.say(f"made {task.place}, commit {commit}")
    return Outcome(task.key, "done", note, commit=commit, branch=BRANCH)


def _make(parcel: Parcel, files: Mapping[str, File], message: str) -> str:
    """Make a repository beside its place, and move it there."""
    place = Path(parcel.task.place)
    bare = parcel.task.is_bare
    place.parent.mkdir(parents=True, exist_ok=True)
    with staging.open_stage(place.parent) as stage:
        objects.init(stage.tree, bare=bare)
        git_dir = stage.tree if bare else stage.tree / ".git"
        commit = objects.commit(git_dir, files, message, parcel.signer)
        if not bare:
            tree = ("--git-dir", git_dir, "--work-tree", stage.tree)
            words = (*git.QUIET, "-c", "core.autocrlf=false", *tree, "reset", "--quiet", "--hard")
            git.run(*words, folder=stage.tree, extra=git.NOBODYS_SETTINGS)
        if place.is_dir():
            place.rmdir()  # it is empty; Windows renames over nothing
        stage.tree.rename(place)
    return commit


def _push(parcel: Parcel, files: Mapping[str, File], message: str, note: str, log: Log) -> Outcome:
    task = parcel.task
    if task.is_remote and _refs(parcel, log) is None:
        _create(parcel, log)
    with scratch.folder("handout-", parcel.room) as folder:
        here = folder / "made"
        objects.init(here, bare=True)
        commit = objects.commit(here, files, message, parcel.signer)
        failure = None
        try:
            remote.push(log, task.place, commit, BRANCH, here)
        except git.GitFailure as error:
            failure = error
    refs = remote.refs(log, task.place, parcel.room)
    if refs.heads.get(BRANCH) == commit:  # perhaps only the answer got lost
        if task.is_bare:
            words = ("symbolic-ref", "HEAD", f"refs/heads/{BRANCH}")
            git.run(*git.QUIET, *words, folder=Path(task.place))
        return Outcome(task.key, "done", note, commit=commit, branch=BRANCH)
    if refs.heads:
        return _identify(parcel, refs, log)  # somebody was faster
    if failure is not None:
        raise remote.unreached(failure, task.place, "written") from failure
    raise UnreachedError("failed", f"{task.place} took the push, but does not show it")


def _create(parcel: Parcel, log: Log) -> None:
    """Run the class's command that makes a remote.

    Raises:
        UnreachedError: It failed, or the remote is still not there.
    """
    task = parcel.task
    values = {
        "username": task.learner.username,
        "name": task.assignment.name or task.assignment.id,
        "assignment": task.assignment.id,
        "place": task.place,
    }
    words = [fill(word, values) for word in parcel.klass.create]
    log.say(f"create: {' '.join(words)}")
    said = ""
    try:
        done = subprocess.run(
            words,
            cwd=parcel.klass.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_CREATE_SECONDS,
            check=False,
        )
        said = f"{done.stdout}\n{done.stderr}".strip()
        log.say(f"create ended with {done.returncode}\n{said}")
        ended = f"ended with {done.returncode}" if done.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as error:
        ended = f"did not work: {disk.reason(error)}"
    for attempt in range(1 if ended else _LOOKS):
        if attempt:
            time.sleep(_BETWEEN_SECONDS)  # a host may take a moment to know it
        if _refs(parcel, log) is not None:
            return  # there, whatever the command said: perhaps an earlier run made it
    last = credentials.redacted(said.splitlines()[-1] if said else "")
    reason = f"`{words[0]}` {ended}: {last}" if ended else f"{task.place} is still not there"
    raise UnreachedError("failed", reason.removesuffix(": "))
