"""Updating a class: where a new release merges cleanly, a branch with it is pushed.

Nobody's own branch is touched. With a conflict nothing is pushed, and the files are listed: the
learner, who knows the code, runs `scaffold update`.

A class may get templates of its own in mid-term. What was made from those inside this program is
taken over with the next release: the branch says from where updates come once it is merged.
"""

from __future__ import annotations

import os
import re
import shlex
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from scaffold import disk, git, places, project, scratch
from scaffold import source as sources
from scaffold.cohort import collect, layout, log, marks, objects, remote, summary, templates
from scaffold.cohort.handout import identity
from scaffold.cohort.outcome import Outcome, of_error
from scaffold.cohort.remote import UnreachedError
from scaffold.cohort.running import Prepared
from scaffold.cohort.updating import Sharing
from scaffold.errors import RequestError, ScaffoldError
from scaffold.render import ANSWERS_FILE
from scaffold.update import binding, proposal
from scaffold.update.leg import Leg
from scaffold.update.proposal import Wanted
from scaffold.update.repository import open_repository
from scaffold.versions import newest, parse_tag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.layout import Task
    from scaffold.cohort.log import Log
    from scaffold.cohort.objects import Signer
    from scaffold.cohort.pool import Do
    from scaffold.cohort.remote import Refs
    from scaffold.cohort.running import Start
    from scaffold.project import Origin
    from scaffold.source import Source
    from scaffold.update.files import File
    from scaffold.update.proposal import Proposal

VERB = "update"
TRAILER = "Update"


@dataclass(frozen=True)
class Update:
    """The work of an update.

    Attributes:
        klass: The class.
        run: Its name, for logs.
        room: Where what lives for a moment goes.
        source: Where templates come from, on this disk.
        tags: Its releases.
        to: The release to go to.
        signer: Who commits.
        locking: Whether `uv.lock` follows.
    """

    klass: Class
    run: str
    room: Path
    source: Source
    tags: frozenset[str]
    to: str
    signer: Signer
    locking: bool = True

    @property
    def _clones(self) -> re.Pattern[str]:
        """The folders of clones, which are gone when somebody reads of them."""
        divider = re.escape(os.sep)
        return re.compile(
            rf"{re.escape(os.fspath(self.room))}{divider}update-\w+{divider}[^\s/\\]+."
        )

    @property
    def branch(self) -> str:
        """What is pushed."""
        return f"{remote.OURS}{self.to}"

    def log(self, task: Task) -> Path:
        """The file that tells what was done for one repository."""
        return layout.log(self.klass, self.run, task)

    def trailer(self, task: Task) -> str:
        """The value that names the update in its commit."""
        return f"{self.klass.id}/{task.key} {self.to}"

    @contextmanager
    def open(self) -> Iterator[Do]:
        """Updates one repository after another."""
        with ExitStack() as opened:
            sharing = Sharing(
                cache(lambda source: templates.Starters(source, opened)), self.room / "locks"
            )

            def do(task: Task) -> Outcome:
                with log.opened(self.log(task)) as told:
                    outcome = self._one(task, sharing, told)
                    told.say(f"{outcome.state}: {outcome.reason}".removesuffix(": "))
                    return outcome

            yield do

    def _one(self, task: Task, sharing: Sharing, told: Log) -> Outcome:
        try:
            refs = remote.refs(told, task.place, self.room)
            remote.check_default(refs, task.place)
            if self.branch in refs.heads:
                return self._there(task, refs, told)
            with scratch.folder("update-", self.room) as folder:
                clone = folder / (task.assignment.name or task.assignment.id)
                collect.begin(clone, task.place)
                commit = collect.fill(clone, task.place, refs, told, depth=1)
                return self._updated(task, clone, commit, sharing, told)
        except UnreachedError as error:
            return Outcome(task.key, error.state, error.reason)
        except ScaffoldError as error:
            found = of_error(task.key, error)
            return replace(found, reason=self._clones.sub("", found.reason))
        except (OSError, git.GitFailure) as error:
            return Outcome(
                task.key, "failed", f"{task.place} was not updated: {disk.reason(error)}"
            )

    def _there(self, task: Task, refs: Refs, told: Log) -> Outcome:
        """What the branch is that has our name already."""
        with scratch.folder("look-", self.room) as folder:
            here = folder / "look"
            objects.init(here, bare=True)
            try:
                known = marks.fetched(told, task.place, self.branch, here, TRAILER)
            except git.GitFailure as error:
                raise remote.unreached(error, task.place) from error
            ours = known.get(self.trailer(task))
            if ours and self._is_of_another_source(here, ours, folder):
                return Outcome(
                    task.key,
                    "refused",
                    f"the branch {self.branch} is from before the class had its source: its owner "
                    "deletes it; or merges it, and commits: scaffold switch "
                    f"{shlex.quote(self.source.recorded)}",
                    branch=self.branch,
                )
        commit = refs.heads[self.branch]
        if self.trailer(task) in known:
            went_on = "" if known[self.trailer(task)] == commit else "its owner went on from it"
            return Outcome(task.key, "already", went_on, commit=commit, branch=self.branch)
        return Outcome(
            task.key,
            "refused",
            f"a branch {self.branch} is there that does not come from here",
            branch=self.branch,
        )

    def _is_of_another_source(self, here: Path, commit: str, folder: Path) -> bool:
        """Whether an update that we pushed is one from another source than the class's now."""
        look = ("cat-file", "blob", f"{commit}:{ANSWERS_FILE}")
        text = git.run(*git.QUIET, *look, folder=here, most=remote.MOST_SAID)
        (folder / ANSWERS_FILE).write_text(text, encoding="utf-8")
        return project.read_origin(folder).source != self.source.recorded

    def _updated(
        self, task: Task, clone: Path, parent: str, sharing: Sharing, told: Log
    ) -> Outcome:
        if not os.path.lexists(clone / ANSWERS_FILE):
            raise RequestError(
                f"It has no {ANSWERS_FILE} any more, or never had one.",
                "Collect it: `scaffold cohort report` then says what brings it back.",
            )
        origin = project.read_origin(clone)
        way = self._leg(origin, task)
        if way is None:
            return Outcome(task.key, "newest", commit=parent)
        wanted = Wanted(self.to, {}, self.locking, told.say, means=sharing.means)
        proposed = proposal.propose(open_repository(clone), origin, way, wanted)
        if proposed.conflicts:
            files = tuple(one.path for one in proposed.conflicts)
            reason = f"{origin.version} to {self.to}"
            return Outcome(task.key, "conflicts", reason, files=files)
        return self.carry_out(task, clone, parent, proposed, told)

    def carry_out(
        self, task: Task, clone: Path, parent: str, proposed: Proposal, told: Log
    ) -> Outcome:
        """Commit what was proposed in a clone, and push it.

        Raises:
            UnreachedError: The push failed.
        """
        source = self.source.recorded if self._takes_over(proposed.origin) else ""
        message = summary.message(proposed, f"{TRAILER}: {self.trailer(task)}", source)
        told.say(message)
        git_dir = clone / ".git"
        changes = _changes(proposed)
        commit = objects.commit_on(git_dir, parent, changes, message, self.signer, self.branch)
        note = f"uv.lock stays: {proposed.lock.reason}" if proposed.lock.state == "kept" else ""
        return self._push(task, clone, commit, note, told)

    def _takes_over(self, origin: Origin) -> bool:
        """Whether it has the templates inside this program, and the class others."""
        return origin.source == places.EMBEDDED_SOURCE != self.source.recorded

    def _leg(self, origin: Origin, task: Task) -> Leg | None:
        """The way to the release; None where the repository has it, or a newer one.

        Raises:
            RequestError: It is neither from this class's templates nor to be taken over.
        """
        taken_over = self._takes_over(origin)
        if origin.source != self.source.recorded and not taken_over:
            raise _elsewhere(origin.source, self.source.recorded)
        if origin.template != task.assignment.template:
            raise RequestError(
                f"It is a {origin.template[:100]}, and {task.assignment.id} is a "
                f"{task.assignment.template}.",
                "Is it the right place?",
            )
        have, want = parse_tag(origin.version), parse_tag(self.to)
        if have is None or want is None or have.tag not in self.tags:
            by_owner = "Its owner can bind it to one: scaffold adopt."
            by_fork = "Take it over or tag it: docs/templates.md, `A source of your own`."
            raise RequestError(
                f"It was made from {origin.version[:100]}, which is no release of the class's.",
                by_fork if taken_over else by_owner,
            )
        if have < want:
            source = _inside() if taken_over else self.source
            return Leg(source, have.tag, self.source, want.tag)
        if taken_over:
            raise RequestError(
                f"It has {have.tag} already, of the templates inside scaffold.",
                "Its owner takes the class's source over, and commits: scaffold switch "
                f"{shlex.quote(self.source.recorded)}",
            )
        return None

    def _push(self, task: Task, clone: Path, commit: str, note: str, told: Log) -> Outcome:
        """Push the branch, where none of that name is there."""
        failure = None
        try:
            here = f"--git-dir={clone / '.git'}"
            remote.push(told, task.place, commit, self.branch, clone, here)
        except git.GitFailure as error:
            failure = error
        refs = remote.refs(told, task.place, self.room)
        if refs.heads.get(self.branch) == commit:  # perhaps only the answer got lost
            return Outcome(task.key, "done", note, commit=commit, branch=self.branch)
        if self.branch in refs.heads:
            return self._there(task, refs, told)
        if failure is not None:
            raise remote.unreached(failure, task.place, "written") from failure
        raise UnreachedError("failed", f"{task.place} took the push, but does not show it")


@cache
def _inside() -> Source:
    """The templates inside this program; opened once, and where they are needed."""
    return sources.embedded()


def _elsewhere(recorded: str, wanted: str) -> RequestError:
    """Why a repository gets no update that does not come from the class's source."""
    shown = wanted if wanted != places.EMBEDDED_SOURCE else binding.EMBEDDED
    return RequestError(
        f"Its templates are said to come from {recorded[:200]}, not from the class's.",
        f"Nothing is fetched from there. Its owner can go back, and commit: scaffold switch "
        f"{shlex.quote(shown)}",
    )


def _changes(proposed: Proposal) -> dict[str, File | None]:
    """What the commit changes, by path from the top."""
    changes = {one.path: one.after for one in proposed.changes() if one.after is None}
    return changes | {one.path: one.after for one in proposed.changes() if one.after is not None}


def prepare(klass: Class, start: Start, kind: type[Update] = Update) -> Prepared:
    """Get ready to update: the releases are fetched once.

    Args:
        klass: The class.
        start: What a run begins with.
        kind: What becomes of each repository.

    Raises:
        RequestError: There is no such release, or git does not know you.
        OutsideError: The source cannot be reached.
    """
    signer = identity(klass)
    source = templates.mirrored(templates.source_of(klass), start.room)
    tags = templates.tags(source)
    target = target_of(source, tags, str(start.options.get("to") or ""))
    locking = not start.options.get("no_lock")
    work = kind(klass, start.run, start.room, source, tags, target, signer, locking)
    return Prepared(work, {**start.options, "to": target})


def target_of(source: Source, tags: frozenset[str], asked: str) -> str:
    """The release to go to: the one that was asked for, or the newest.

    Raises:
        RequestError: There is none.
    """
    wanted = f"v{asked.removeprefix('v')}" if asked else newest(list(tags))
    if wanted is None or wanted not in tags:
        known = sorted(filter(None, map(parse_tag, tags)))
        raise RequestError(
            f"The source {source.recorded} has no release {asked}".rstrip() + ".",
            f"Its releases: {', '.join(one.tag for one in known) or 'none'}.",
        )
    return wanted
