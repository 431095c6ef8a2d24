"""Handing out: one repository per learner, made once, however often it is begun."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scaffold import disk, git, lock, scratch, unbuilt
from scaffold.cohort import delivery, layout, log, templates
from scaffold.cohort.delivery import Parcel
from scaffold.cohort.outcome import Outcome, of_error
from scaffold.cohort.remote import UnreachedError
from scaffold.cohort.running import Prepared, Start
from scaffold.cohort.shared import Shared, Store
from scaffold.errors import RequestError, ScaffoldError
from scaffold.membership import PYPROJECT, Membership, with_class
from scaffold.update.files import File
from scaffold.update.relock import declared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.layout import Task
    from scaffold.cohort.log import Log
    from scaffold.cohort.objects import Signer
    from scaffold.cohort.pool import Do
    from scaffold.source import Source

VERB = "handout"
README = "README.md"


@dataclass(frozen=True)
class Handout:
    """The work of a hand-out.

    Attributes:
        klass: The class.
        run: Its name, for logs.
        room: Where what lives for a moment goes.
        source: Where templates come from, on this disk.
        versions: The release of each assignment.
        signer: Who commits.
        locking: Whether `uv.lock` is made.
    """

    klass: Class
    run: str
    room: Path
    source: Source
    versions: Mapping[str, str]
    signer: Signer
    locking: bool = True

    @contextmanager
    def open(self) -> Iterator[Do]:
        """Hands out to one learner after another."""
        opened = ExitStack()
        starters = templates.Starters(self.source, opened)

        def do(task: Task) -> Outcome:
            with log.opened(layout.log(self.klass, self.run, task)) as told:
                outcome = self._one(task, starters, told)
                told.say(f"{outcome.state}: {outcome.reason}".removesuffix(": "))
                return outcome

        with opened:
            yield do

    def _one(self, task: Task, starters: templates.Starters, told: Log) -> Outcome:
        try:
            parcel = Parcel(task, self.klass, self.signer, self.room)
            present = delivery.look(parcel, told)
            if present is not None:
                return present
            version = self.versions[task.assignment.id]
            files, note = self._files(task, version, starters, told)
            message = f"Start from {task.assignment.template} {version}\n\n{parcel.trailer}\n"
            return delivery.deliver(parcel, files, message, note, told)
        except UnreachedError as error:
            return Outcome(task.key, error.state, error.reason)
        except ScaffoldError as error:
            return of_error(task.key, error)
        except (OSError, git.GitFailure) as error:
            return Outcome(task.key, "failed", f"{task.place} was not made: {disk.reason(error)}")

    def _files(
        self, task: Task, version: str, starters: templates.Starters, told: Log
    ) -> tuple[dict[str, File], str]:
        """What the learner gets, and what is missing in it."""
        answers = starters.answers(task, version)
        files = starters.pristine(version, task.assignment.template).tree(answers)
        if PYPROJECT in files:
            member = Membership(self.klass.name, task.assignment.id, self.klass.published)
            file = files[PYPROJECT]
            files[PYPROJECT] = replace(file, data=with_class(file.data, member))
        if not self.locking:
            return files, ""
        made = self._lock(files)
        if made.content is None:
            told.say(f"not locked: {made.reason}")
            return files, f"not locked: {made.reason}"
        files[lock.LOCK] = File(made.content.encode())
        return files, ""

    def _lock(self, files: Mapping[str, File]) -> Shared:
        """The lock of all whose dependencies and constraints are these, made once."""
        needed = {name: files[name].data for name in (PYPROJECT, lock.CONSTRAINTS) if name in files}
        if PYPROJECT not in needed:
            return Shared(None, "it has no pyproject.toml")
        pins = hashlib.sha256(needed.get(lock.CONSTRAINTS, b"")).hexdigest()
        about = ["handout", declared(needed[PYPROJECT]), pins]

        def make() -> Shared:
            with scratch.folder("scaffold-cohort-lock-", self.room) as folder:
                for name in (*needed, *((README,) if README in files else ())):
                    (folder / name).write_bytes(files[name].data)
                done = (lock if self.source.ours else unbuilt).lock(folder)
                if not done.done:
                    return Shared(None, done.reason)
                return Shared((folder / lock.LOCK).read_text(encoding="utf-8"))

        return Store(self.room / "locks").get(about, make)


def prepare(klass: Class, start: Start) -> Prepared:
    """Get ready to hand out: the releases, and everything that can be refused before.

    Raises:
        RequestError: A template, a release or an answer will not do, or git does not know you.
        OutsideError: The source cannot be reached.
    """
    signer = identity(klass)
    source = templates.mirrored(templates.source_of(klass), start.room)
    assignments = {one.assignment.id: one.assignment for one in start.tasks}
    fixed: Any = start.options.get("versions") or {}
    versions = templates.versions(klass, source, assignments.values(), fixed)
    starters = templates.Starters(source, start.opened)
    for one in assignments.values():
        templates.check(one, starters.pack(versions[one.id]))
    locking = not start.options.get("no_lock")
    work = Handout(klass, start.run, start.room, source, versions, signer, locking)
    return Prepared(work, {**start.options, "versions": {**fixed, **versions}})


def identity(klass: Class) -> Signer:
    """Who commits.

    Raises:
        RequestError: git does not know.
    """
    signer = git.identity(klass.folder)
    if signer is None:
        raise RequestError(
            "git does not know who you are, and commits carry a name.",
            'Tell it: git config --global user.name "..." (and user.email).',
        )
    return signer
