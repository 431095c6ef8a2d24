"""Collecting: a clone of every repository, brought up to date, in which nothing is ever run.

A clone appears whole or not at all, and one that was good stays where its repository is gone. What
was once collected is never deleted: it shows what a learner had before a due date.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import disk, git, scratch
from scaffold.check import fetching
from scaffold.cohort import journal, layout, log, remote
from scaffold.cohort.outcome import Outcome, of_error
from scaffold.cohort.remote import SAFE, UnreachedError
from scaffold.cohort.running import Prepared
from scaffold.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.layout import Task
    from scaffold.cohort.log import Log
    from scaffold.cohort.pool import Do
    from scaffold.cohort.remote import Refs
    from scaffold.cohort.running import Start

VERB = "collect"
ORIGIN = "origin"
NOT_YET = "is not there yet: hand it out, or its learner has not made it (or you may not see it)"
"""Of what nobody has ever seen; most hosts tell alike what is hidden and what is missing."""
_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.symlinks": "false",
    "core.autocrlf": "false",
    "core.fsmonitor": "false",
    "gc.auto": "0",
}
"""What a clone keeps, so that nothing of it is carried out later either."""
_ATTRIBUTES = "* -text -filter -ident !working-tree-encoding\n"
"""Files come out byte for byte, whatever `.gitattributes` says: no filter, no other line ends."""
_LEFT_BY_KILLED = (
    "index.lock",
    "HEAD.lock",
    "config.lock",
    "packed-refs.lock",
    "shallow.lock",
)


@dataclass(frozen=True)
class Collect:
    """The work of collecting.

    Attributes:
        klass: The class.
        run: Its name, for logs.
        room: Where what lives for a moment goes; on the disk of the clones.
        known: Keys of the repositories that were handed out, or read once.
    """

    klass: Class
    run: str
    room: Path
    known: frozenset[str] = frozenset()

    @contextmanager
    def open(self) -> Iterator[Do]:
        """Collects one repository after another."""

        def do(task: Task) -> Outcome:
            with log.opened(layout.log(self.klass, self.run, task)) as told:
                outcome = self._one(task, told)
                told.say(f"{outcome.state}: {outcome.reason}".removesuffix(": "))
                return outcome

        yield do

    def _one(self, task: Task, told: Log) -> Outcome:
        clone = layout.repository(self.klass, task)
        try:
            refs = remote.refs(told, task.place, self.room)
            remote.check_default(refs, task.place)
            commit = self._brought(clone, task, refs, told)
            return Outcome(task.key, "done", commit=commit, branch=refs.default)
        except UnreachedError as error:
            kept = "; the last clone stays" if clone.exists() else ""
            never = error.state == "gone" and not kept and task.key not in self.known
            if never and remote.EMPTY not in error.reason:
                return Outcome(task.key, "gone", f"{task.place} {NOT_YET}")
            return Outcome(task.key, error.state, f"{error.reason}{kept}")
        except ScaffoldError as error:
            return of_error(task.key, error)
        except (OSError, git.GitFailure) as error:
            return Outcome(task.key, "failed", f"{clone} cannot be written: {disk.reason(error)}")

    def _brought(self, clone: Path, task: Task, refs: Refs, told: Log) -> str:
        """Bring a clone up to date, or make it; the commit that it is at."""
        if _is_of(clone, task.place):
            try:
                _unlock(clone)
                return fill(clone, task.place, refs, told)
            except (UnreachedError, OSError, git.GitFailure) as error:
                told.say(f"{clone} cannot be brought up to date, so it is made anew: {error}")
        with scratch.folder("collect-", self.room) as folder:
            fresh = folder / "clone"
            begin(fresh, task.place)
            commit = fill(fresh, task.place, refs, told)
            clone.parent.mkdir(parents=True, exist_ok=True)
            if clone.exists():  # of another place, or broken: perhaps all that shows what was
                kept = layout.set_aside(self.klass, task)
                kept.parent.mkdir(parents=True, exist_ok=True)
                clone.rename(kept)
                told.say(f"the clone that was there is kept: {kept}")
            fresh.rename(clone)
        return commit


def _is_of(clone: Path, place: str) -> bool:
    """Whether there is a clone of this very place."""
    if not (clone / ".git").is_dir():
        return False
    try:
        words = (f"--git-dir={clone / '.git'}", "config", "--get", f"remote.{ORIGIN}.url")
        return git.run(*words, folder=clone).strip() == place
    except git.GitFailure:
        return False


def _unlock(clone: Path) -> None:
    """Remove what a killed git left; the class's lock says that no other one is at work."""
    for name in _LEFT_BY_KILLED:
        (clone / ".git" / name).unlink(missing_ok=True)
    for left in (clone / ".git" / "refs").rglob("*.lock"):
        left.unlink(missing_ok=True)


def begin(folder: Path, place: str) -> None:
    """An empty repository that knows where it belongs; the place holds no password."""
    folder.mkdir(parents=True)
    own = git.NOBODYS_SETTINGS
    words = ("init", "--quiet", "--initial-branch=main", "--template=")
    git.run(*SAFE, *words, folder=folder, extra=own)
    info = folder / ".git" / "info"
    info.mkdir(exist_ok=True)
    (info / "attributes").write_text(_ATTRIBUTES, encoding="utf-8")
    settings = {
        **_SETTINGS,
        f"remote.{ORIGIN}.url": place,
        f"remote.{ORIGIN}.fetch": f"+refs/heads/*:refs/remotes/{ORIGIN}/*",
    }
    with (folder / ".git" / "config").open("a", encoding="utf-8", newline="\n") as stream:
        for key, value in settings.items():
            section, _, name = key.rpartition(".")
            kind, _, sub = section.partition(".")
            title = f'{kind} "{sub}"' if sub else kind
            quoted = value.replace("\\", "\\\\").replace('"', '\\"')
            stream.write(f'[{title}]\n\t{name} = "{quoted}"\n')


def fill(folder: Path, place: str, refs: Refs, told: Log, *, depth: int = 0) -> str:
    """Fetch every branch into a clone, and check the default one out; the commit.

    History that was rewritten is followed. What lies in the work tree gives way. Where this ends
    before all of it is written, a mark of ours stays, and goes with the next time that it is.

    Args:
        folder: The clone.
        place: Where from.
        refs: What the place said of itself.
        told: Of the repository.
        depth: Commits of the default branch alone; everything when 0.

    Raises:
        UnreachedError: It cannot be fetched.
        RequestError: It is too large.
        git.GitFailure: This machine failed.
    """
    branch, own = refs.default, git.NOBODYS_SETTINGS
    here = (f"--git-dir={folder / '.git'}", f"--work-tree={folder}")
    names = branch if depth else "*"
    wanted = f"+refs/heads/{names}:refs/remotes/{ORIGIN}/{names}"
    how = (f"--depth={depth}",) if depth else ("--prune",)
    fetch = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
    try:
        remote.run(told, *here, *fetch, *how, "--", place, wanted, folder=folder)
    except git.GitFailure as error:
        raise remote.unreached(error, place) from error
    tip = f"refs/remotes/{ORIGIN}/{branch}"
    commit = git.run(*here, "rev-parse", "--verify", f"{tip}^{{commit}}", folder=folder).strip()
    fetching.refuse_large(folder / ".git", commit)
    mark = folder / ".git" / layout.HALF_WRITTEN
    mark.touch()
    git.run(*here, "symbolic-ref", "HEAD", f"refs/heads/{branch}", folder=folder, extra=own)
    words = ("reset", "--quiet", "--hard", "--no-recurse-submodules", commit)
    remote.run(told, *here, *words, folder=folder, extra=own)
    mark.unlink()
    return commit


def prepare(klass: Class, start: Start) -> Prepared:
    """Get ready to collect.

    Raises:
        OSError: A journal can't be read.
    """
    known = frozenset(
        key
        for verb in (VERB, "handout")
        for record in journal.every(layout.journals(klass), verb)
        for key, one in record.ended.items()
        if one.good
    )
    return Prepared(Collect(klass, start.run, start.room, known), start.options)
