"""Where things are: each learner's repository, and the files of the class's own folder."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.addresses import is_remote
from scaffold.cohort.patterns import fill
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from scaffold.cohort.class_file import Assignment, Class
    from scaffold.cohort.roster import Learner

OWN = ".cohort"
HALF_WRITTEN = "scaffold-half-written"
"""In a clone's `.git` as long as its files are written, and afterwards until they are whole."""
_OWN_FOLDERS = {OWN, "repositories", "reports", "nudges"}


@dataclass(frozen=True)
class Task:
    """One learner's repository of one assignment.

    Attributes:
        learner: Whose.
        assignment: Of what.
        place: A git URL, or an absolute path.
    """

    learner: Learner
    assignment: Assignment
    place: str

    @property
    def key(self) -> str:
        """What names it in journals and on the screen."""
        return f"{self.assignment.id}/{self.learner.username}"

    @property
    def is_remote(self) -> bool:
        """Whether git fetches it from a URL."""
        return is_remote(self.place)

    @property
    def is_bare(self) -> bool:
        """Whether it is a bare repository on this disk, and no folder with a work tree."""
        return not self.is_remote and self.place.endswith(".git")


def tasks(
    klass: Class,
    learners: Sequence[Learner],
    assignments: Collection[str] = (),
    only: Collection[str] = (),
) -> tuple[Task, ...]:
    """Who has what where: by assignment, then in the order of the roster.

    Args:
        klass: The class.
        learners: All of them.
        assignments: Ids of those that are wanted; all of them when empty.
        only: Usernames of those that are wanted; all of them when empty.

    Raises:
        RequestError: An id or a username is unknown, someone has no place, or two have the same.
    """
    for one in assignments:
        _known(one, list(klass.assignments), "assignment")
    for one in only:
        _known(one, [learner.username for learner in learners], "learner")
    every = [_task(klass, who, what) for what in klass.assignments.values() for who in learners]
    _refuse_shared(every)
    wanted = {one.casefold() for one in only}
    return tuple(
        one
        for one in every
        if (not assignments or one.assignment.id in assignments)
        and (not wanted or one.learner.username.casefold() in wanted)
    )


def _known(name: str, known: list[str], what: str) -> None:
    if name.casefold() not in {one.casefold() for one in known}:
        near = difflib.get_close_matches(name, known, n=1)
        listed = f"The class has {', '.join(known[:10])}{' ...' if known[10:] else ''}."
        raise RequestError(
            f"There is no {what} {name}" + (f"; did you mean {near[0]}?" if near else "."), listed
        )


def _task(klass: Class, learner: Learner, assignment: Assignment) -> Task:
    pattern = learner.repo or klass.where
    if not pattern:
        raise RequestError(
            f"Where the repository of {learner.username} is stands neither in class.toml nor in "
            f"line {learner.line} of the roster.",
            'Add to class.toml: where = "https://host/school/{username}-{name}.git"',
        )
    values = {
        "username": learner.username,
        "name": assignment.name or assignment.id,
        "assignment": assignment.id,
    }
    place = fill(pattern, values)
    if not is_remote(place):
        absolute = klass.folder / Path(place).expanduser()
        place = os.path.normpath(absolute)
        _refuse_own(klass, f"{assignment.id}/{learner.username}", Path(place))
    return Task(learner, assignment, place)


def _refuse_own(klass: Class, key: str, place: Path) -> None:
    """What this program keeps for itself is nobody's repository: it would be taken for a clone."""
    inside = place.parts[len(klass.folder.parts) :] if place.is_relative_to(klass.folder) else ()
    above = klass.folder.is_relative_to(place)
    if above or (inside and inside[0].casefold() in _OWN_FOLDERS):
        raise RequestError(
            f"The place of {key}, {place}, is a folder of the class itself.",
            "Name another one, in `where` or in the roster's repo column.",
        )


def _refuse_shared(every: Sequence[Task]) -> None:
    """Two repositories at one place, or one inside another, would destroy each other."""
    met: dict[str, Task] = {}
    for one in every:
        other = met.setdefault(_compared(one.place), one)
        if other is not one:
            raise RequestError(
                f"{other.key} and {one.key} have the same place, {one.place}.",
                "Give each its own: {username} and {name} in `where`, or the roster's repo column.",
            )
    for at, one in met.items():
        inside = next((met[above] for above in _above(at) if above in met), None)
        if not one.is_remote and inside is not None:
            raise RequestError(
                f"The place of {one.key} lies inside that of {inside.key}, {inside.place}.",
                "Give each a folder of its own, in `where` or in the roster's repo column.",
            )


def _compared(place: str) -> str:
    """What is the same for hosts and disks that do not tell capitals from small letters.

    Neither does it matter how a host is spoken to: `git@host:ada/x`, `https://host/ada/x.git`.
    """
    if not is_remote(place):
        return place.casefold().rstrip("/")
    scheme, divider, rest = place.casefold().partition("://")
    if scheme == "file":
        return os.path.normpath(rest)
    where = rest if divider else scheme.replace(":", "/", 1)
    return where.rpartition("@")[2].rstrip("/").removesuffix(".git")


def _above(place: str) -> Iterator[str]:
    while (above := os.path.dirname(place)) not in {place, ""}:  # noqa: PTH120
        yield above
        place = above


def repository(klass: Class, task: Task) -> Path:
    """The clone that `collect` keeps."""
    return klass.folder / "repositories" / task.assignment.id / task.learner.username


def set_aside(klass: Class, task: Task) -> Path:
    """Where the next clone goes that gives way to another one: `<username>-<number>`."""
    folder = own(klass) / "before" / task.assignment.id
    start = f"{task.learner.username}-"
    numbers = [one.name.removeprefix(start) for one in folder.glob(f"{start}*")]
    last = max((int(one) for one in numbers if one.isdecimal()), default=0)
    return folder / f"{start}{last + 1}"


def reports(klass: Class) -> Path:
    """Where reports go."""
    return klass.folder / "reports"


def nudge(klass: Class, task: Task) -> Path:
    """The message to one learner."""
    return klass.folder / "nudges" / task.assignment.id / f"{task.learner.username}.md"


def own(klass: Class) -> Path:
    """What only this program reads: journals, logs, clones for a moment."""
    return klass.folder / OWN


def journals(klass: Class) -> Path:
    """The folder of journals, `<verb>-<number>.jsonl`."""
    return own(klass) / "journal"


def log(klass: Class, run: str, task: Task) -> Path:
    """What was done for one repository in one run.

    Args:
        klass: The class.
        run: `<verb>-<number>`, as the journal is called.
        task: Whose.
    """
    return own(klass) / "logs" / run / task.assignment.id / f"{task.learner.username}.log"


def work(klass: Class) -> Path:
    """Where clones and trees live while a run needs them."""
    return own(klass) / "work"
