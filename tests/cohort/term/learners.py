"""Learners: where their repositories are, what they do there, and what must come of it."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from tests.updates.matrix.conflicts import read_sides
from tests.updates.matrix.desk import Desk
from tests.updates.matrix.engines import run
from tests.updates.matrix.git_facts import Git, take
from tests.updates.matrix.states import STATES

if TYPE_CHECKING:
    import datetime
    import random
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from tests.updates.matrix.bases import Base
    from tests.updates.matrix.fates import Expected
    from tests.updates.matrix.git_facts import Facts
    from tests.updates.matrix.journeys import Journey
    from tests.updates.matrix.states.state import State

PROJECT = "my-project"
Reach = Literal["read", "gone", "denied"]

#: States that a push does not carry: they are of a working tree, of settings, or of one machine.
_AT_HOME_ONLY = {
    "untracked-file-present",
    "untracked-file-in-the-way",
    "ignored-file-in-the-way",
    "untracked-link-where-the-release-adds-a-folder",
    "link-that-leads-nowhere-in-the-way",
    "repository-inside-where-the-release-adds-a-folder",
    "detached-head",
    "linked-worktree",
    "shallow-clone",
    "partial-clone",
    "folder-of-a-bigger-repository",
    "folder-with-an-odd-name",
    "reached-through-a-link",
    "git-directory-elsewhere",
    "git-that-does-everything-otherwise",
    "windows-settings",
    "no-commit-yet",
    "dirty-file",
    "staged-file",
    "deletion-not-committed",
    "merge-not-ended",
    "edit-hidden-from-git",
    "edit-left-out-of-git",
    "file-no-longer-tracked",
    "file-only-meant-to-be-added",
    "objects-named-by-sha256",
    "index-locked",
    "called-from-a-hook-of-another-repository",
    "squashed-history",  # somebody does it on purpose, with a forced push
}
#: States that cannot be played on another release with the same outcome: they are about what one
#: release does, or name a folder of one desk.
_ONCE_ONLY = {
    "release-change-made-already",
    "edited-what-the-release-drops",
    "deleted-what-the-release-drops",
    "own-file-where-the-release-renames-to",
    "same-file-added",
    "other-file-added",
    "folder-where-the-release-adds-a-file",
    "own-file-where-the-release-seeds-one",
    "link-in-place-of-a-file",
    "link-in-place-of-a-folder",
    "data-folder-lives-elsewhere",
    "submodule-present",
    "submodule-where-the-release-adds-a-file",
}
_ANCHOR = re.compile(r"^<!-- signal:([A-Z]{2}\d+) -->$", flags=re.MULTILINE)
_PLACEHOLDER = re.compile(r"^_[A-Z]{2}\d+: .*_$", flags=re.MULTILINE)
#: Every pushed text has the line ends of the repository, whatever they are on a learner's disk.
_ON_WINDOWS = {"windows-checkout": "lf", "windows-checkout-with-a-conflict": "lf"}


def deck(journey: Journey, *, twice: bool) -> list[State]:
    """The states that can be seen in a repository from afar.

    Args:
        journey: The update that is to come.
        twice: Whether only those are wanted that can be played anew on another release.
    """
    return [
        one
        for one in STATES
        if one.applies_to(journey.parts)
        and one.name not in _AT_HOME_ONLY
        and not (twice and one.name in _ONCE_ONLY)
    ]


def deal(
    states: Sequence[State], count: int, dice: random.Random, dealt: Collection[State] = ()
) -> list[State]:
    """One state for each of `count` learners: each once before any comes twice.

    Args:
        states: The deck.
        count: How many are wanted.
        dice: Draws them.
        dealt: States that were dealt before, and come last.
    """
    drawn = dice.sample(list(states), len(states))
    drawn.sort(key=lambda one: one in dealt)
    return [drawn[number % len(drawn)] for number in range(count)]


@dataclass
class Repository:
    """One learner's repository of one assignment, as the script of the term knows it.

    Attributes:
        username: Whose.
        assignment: Of what.
        url: As its learner and the roster name it.
        origin: The same with the learner's password, if one is needed.
        bare: The repository itself, on this disk.
        room: A folder of the learner's own.
        release: What its default branch was made from, or was updated to.
        base: The release and the next one, with the class recorded.
        state: What the learner made of it.
        expected: What an update to `base.new` must lead to.
        reach: Whether the instructor can read it.
        commits: The learner's commits on the default branch.
        last: When the last of them was made.
        waiting: Branches of updates that were not merged, oldest first.
        conflicts: Files in which the last update found conflicts, and what else may be named.
    """

    username: str
    assignment: str
    url: str
    origin: str
    bare: Path
    room: Path
    release: str
    base: Base
    state: State | None = None
    expected: Expected | None = None
    reach: Reach = "read"
    commits: int = 0
    last: datetime.datetime | None = None
    waiting: list[str] = field(default_factory=list)
    conflicts: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """What outcomes and journals call it."""
        return f"{self.assignment}/{self.username}"

    @property
    def desk(self) -> Desk:
        """The learner's own clone, with their name and at their time."""
        return self._desk(self.base, self.room / PROJECT)

    def _desk(self, base: Base, project: Path) -> Desk:
        temporary = self.room / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        return Desk(base, self.room, project, {**base.environment(temporary), **self._identity()})

    def _identity(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for role in ("AUTHOR", "COMMITTER"):
            found[f"GIT_{role}_NAME"] = self.username.title()
            found[f"GIT_{role}_EMAIL"] = f"{self.username}@example.org"
            if self.last is not None:
                found[f"GIT_{role}_DATE"] = self.last.isoformat()
        return found

    def head(self, branch: str = "main") -> str:
        """The commit of a branch of the repository itself; empty if there is none."""
        git = Git(self.bare, self._desk(self.base, self.bare).environment)
        return git("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", check=False).strip()

    def branches(self) -> set[str]:
        """The repository's branches."""
        git = Git(self.bare, self._desk(self.base, self.bare).environment)
        return set(git("for-each-ref", "--format=%(refname:short)", "refs/heads").split())

    def clone(self) -> None:
        """Clone it for the learner."""
        self.room.mkdir(parents=True)
        desk = self.desk
        Git(self.room, desk.environment)("clone", "--quiet", self.origin, PROJECT)

    def play(self, state: State, at: datetime.datetime) -> None:
        """Bring it into a state, and push."""
        self.last, self.state = at, state
        desk = self.desk
        before = self._count(desk.git)
        self.expected = _from_afar(state, state.play(desk))
        self.commits += self._count(desk.git) - before
        if not self.commits:
            self.last = None
        assert desk.project == self.room / PROJECT, f"{state.name} moved the repository"
        assert not desk.git("status", "--porcelain"), f"{state.name} left something uncommitted"
        desk.git("push", "--quiet", "origin", "main")

    def write(self, path: str, text: str, at: datetime.datetime) -> None:
        """Commit a file of one's own, and push."""
        self.last = at
        desk = self.desk
        desk.write(path, text)
        desk.commit(f"Write {path}")
        self.commits += 1
        desk.git("push", "--quiet", "origin", "main")

    def rewrite_history(self, at: datetime.datetime) -> None:
        """Write something more, make one new commit of everything, and push by force."""
        self.write(FIELD_NOTES, "# Field notes\n\nTwo calls watched, one of them angry.\n", at)
        git = self.desk.git
        tree = git("rev-parse", "HEAD^{tree}").strip()
        git("reset", "--quiet", "--hard", git("commit-tree", tree, "-m", "All at once").strip())
        git("push", "--quiet", "--force", "origin", "main")
        self.commits = 1

    def merge(self, branch: str) -> None:
        """Take the branch of an update, and push."""
        git = self.desk.git
        git("fetch", "--quiet", "origin")
        git("merge", "--quiet", "--ff-only", f"origin/{branch}")
        git("push", "--quiet", "origin", "main")
        self.release = branch.removeprefix("scaffold/")
        self.waiting.remove(branch)

    def resolve(self, site: Path, to: str) -> frozenset[str]:
        """Update by one's own hand, keep one's own side of every conflict, and push.

        Args:
            site: The package that the learner has.
            to: The release.

        Returns:
            The files in which there were conflicts.
        """
        desk = self.desk
        variables = {**desk.environment, "PYTHONPATH": os.fspath(site)}

        def scaffold(*words: str) -> int:
            command = [sys.executable, "-P", "-m", "scaffold", "update", *words]
            return run(command, desk.project, variables).code

        assert scaffold("--no-lock", "--to", to) == 1
        paths = frozenset(desk.git("diff", "--name-only", "--diff-filter=U").split())
        for path in paths:
            sides = read_sides(desk.read(path).lines)
            if sides is not None:
                desk.write(path, "".join(f"{line}\n" for line in sides.mine))
        assert scaffold("--finish", "--no-lock") == 0
        desk.commit(f"Update to {to}, mine kept")
        desk.git("push", "--quiet", "origin", "main")
        self.release, self.conflicts = to, frozenset()
        return paths

    def facts(self, folder: Path, branch: str = "main") -> Facts:
        """A branch, looked at in a new clone below `folder`."""
        environment = self._desk(self.base, self.bare).environment
        place = folder / self.assignment / self.username / branch / PROJECT
        place.parent.mkdir(parents=True)
        words = ("clone", "--quiet", "--branch", branch, os.fspath(self.bare), os.fspath(place))
        Git(place.parent, environment)(*words)
        beside = self.room / "beside"
        return take(place, environment, [beside] if beside.is_dir() else [])

    def move_on(self, base: Base, folder: Path) -> bool:
        """Expect an update from or to another release; whether that says what comes of it.

        The state is played on an untouched repository of `base`. When that gives the same files
        as the learner has, what the state says holds for them too.

        Args:
            base: Old and new release.
            folder: A folder that does not exist yet.
        """
        assert self.state is not None
        project = folder / PROJECT
        shutil.copytree(base.project, project, symlinks=True)
        for path, entry in base.old.items():
            if path == "pyproject.toml":
                (project / path).write_bytes(entry.content)
        desk = Desk(base, folder, project, self._desk(base, project).environment)
        if desk.git("status", "--porcelain"):
            desk.commit("Record the class")
        expected = _from_afar(self.state, self.state.play(desk))
        if _committed(desk.git) != _committed(self.desk.git):
            return False
        self.base, self.expected = base, expected
        return True

    def asks_still(self) -> bool:
        """Whether a question of its release has no answer in the README yet."""
        given = self.base.old if self.release == self.base.journey.old else self.base.new
        asked = set(_ANCHOR.findall("\n".join(given["README.md"].lines)))
        mine = "\n".join(self.desk.git("show", "HEAD:README.md").splitlines())
        return bool(_PLACEHOLDER.search(mine)) or not asked <= set(_ANCHOR.findall(mine))

    @staticmethod
    def _count(git: Git) -> int:
        return int(git("rev-list", "--count", "HEAD"))


#: Where learners go on after an update, and what else they write: files that no release has.
LATER = "notes/later-{}.md"
FIELD_NOTES = "docs/field-notes.md"


def _committed(git: Git) -> frozenset[str]:
    """Mode, object and path of every committed file, what learners write besides left out."""
    lines = git.names("ls-tree", "-r", "HEAD")
    besides = (FIELD_NOTES, LATER.partition("{")[0])
    return frozenset(one for one in lines if not one.partition("\t")[2].startswith(besides))


def _from_afar(state: State, expected: Expected) -> Expected:
    line_ends = _ON_WINDOWS.get(state.name)
    return expected if line_ends is None else replace(expected, line_ends="lf")
