"""A class on its way through a term: who is in it, where everything is, and what was wrong."""

from __future__ import annotations

import datetime
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.cohort.term.instructor import TOKEN, USER, Instructor, toml
from tests.cohort.term.learners import PROJECT, Repository
from tests.cohort.term.sites import OLDEST, TEMPLATE, Bases, Sites
from tests.updates.matrix.tree import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tests.cohort.term.expected_report import Row
    from tests.cohort.term.git_server import GitServer
    from tests.machine import Said
    from tests.updates.matrix.bases import Base
    from tests.updates.matrix.tree import Tree

FIRST, SECOND, THIRD = "first-api", "second-api", "third-api"
CLASS = "ML engineering, spring \N{EN DASH} 2027"
LEARNERS = 30
_THREADS = 4
DAY = datetime.timedelta(days=1)


@dataclass
class Classroom:
    """A class, and everything that was wrong with what `scaffold` did to it.

    Attributes:
        seed: What is drawn is drawn by it.
        folder: Everything is below it.
        sites: The program at each time.
        bases: The releases.
        server: Where every second learner has their repositories.
        wrong: What is being tested -> what was wrong with it, one line each.
        said: What the commands said, in order.
    """

    seed: int
    folder: Path
    sites: Sites
    bases: Bases
    server: GitServer
    wrong: dict[str, list[str]] = field(default_factory=dict)
    said: list[tuple[str, Said]] = field(default_factory=list)
    repositories: dict[str, Repository] = field(default_factory=dict)
    reports: dict[str, dict[str, Row]] = field(default_factory=dict)
    updated: dict[str, str] = field(default_factory=dict)
    special: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - no secret
        self.now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        self.users = [f"{name}-{number:02}" for number, name in enumerate(_names(LEARNERS))]
        self.instructor = Instructor.at(self.folder / "instructor", self.sites.by_newest[OLDEST])
        self.server.passwords |= {USER: TOKEN, **{user: f"pw-{user}" for user in self.users}}
        self.instructor.remember()
        self.recorded: dict[str, bytes] = {}
        self.due = {FIRST: self.now - 2 * DAY, SECOND: self.now + 30 * DAY, THIRD: None}

    def is_on_disk(self, user: str) -> bool:
        """Whether a learner's repositories are bare ones on this disk."""
        return self.users.index(user) % 2 == 0

    def write_class(self, *assignments: str) -> None:
        """Write the class with these assignments, and the roster."""
        create = self.instructor.create(self.server)
        lines = [
            f"name = {toml(CLASS)}",
            'where = "../remotes/{username}/{assignment}.git"',
            f"create = {toml(create)}",
            "per_minute = 0",
        ]
        for one in assignments:
            lines += [
                f"[assignments.{one}]",
                f'template = "{TEMPLATE}"',
                f'name = "{one}"',
                *([f"due = {due.isoformat()}"] if (due := self.due[one]) else []),
                f"[assignments.{one}.answers]",
                f'project_name = "{PROJECT}"',
            ]
        self.instructor.write_class("\n".join([*lines, ""]))
        rows = ["username,name,email,repo"]
        for user in self.users:
            repo = "" if self.is_on_disk(user) else f"{self.server.url}/{{username}}-{{name}}.git"
            rows.append(f"{user},{user.title()} Müller,{user}@example.org,{repo}")
        self.instructor.write_roster(rows)

    def _bare(self, user: str, assignment: str) -> Path:
        if self.is_on_disk(user):
            return self.instructor.machine.work / "remotes" / user / f"{assignment}.git"
        return self.server.root / f"{user}-{assignment}.git"

    def repository(self, user: str, assignment: str, tag: str, base: Base) -> Repository:
        """What a learner gets in an assignment."""
        bare = self._bare(user, assignment)
        name = f"{user}-{assignment}.git"
        on_disk = self.is_on_disk(user)
        return Repository(
            username=user,
            assignment=assignment,
            url=str(bare) if on_disk else f"{self.server.url}/{name}",
            origin=str(bare) if on_disk else f"{self.server.url_for(user)}/{name}",
            bare=bare,
            room=self.folder / "learners" / user / assignment,
            release=tag,
            base=base,
        )

    def of(self, assignment: str) -> list[Repository]:
        """All repositories of an assignment."""
        return [one for one in self.repositories.values() if one.assignment == assignment]

    def run(self, verb: str, *words: str, code: int) -> dict[str, Any]:
        """Run a verb with `--json`; its document."""
        began = time.monotonic()
        said = self.instructor.run(verb, *words, "--json")
        took = time.monotonic() - began
        self.said.append((f"{took:.1f} s  {verb} {' '.join(words)}", said))
        document: dict[str, Any] = said.document if said.out.startswith("{") else {}
        if said.code != code:
            problem = document.get("error") or said.err[-2000:]
            self.complain("exit codes", f"{verb} {words}: {said.code}, not {code}: {problem}")
        return document

    def bulk(self, verb: str, *words: str, code: int) -> dict[str, Any]:
        """Run a verb that tells the outcome of each task: key -> outcome."""
        told = self.run(verb, *words, code=code).get("outcomes", [])
        return {one["key"]: one for one in told}

    def complain(self, topic: str, *lines: str) -> None:
        """Note what is wrong."""
        self.wrong.setdefault(topic, []).extend(lines)

    def with_class(self, base: Base, one: Repository) -> Base:
        """The same releases, with the class of a repository recorded in them."""
        added = self.recorded.get(one.key, b"")

        def widen(tree: Tree) -> Tree:
            before = tree["pyproject.toml"]
            return {**tree, "pyproject.toml": Entry(before.content + added, before.kind)}

        return replace(base, old=widen(base.old), new=widen(base.new))

    def map(self, do: Callable[[Repository], Any], many: list[Repository]) -> list[Any]:
        """What comes of each, several at a time."""
        with ThreadPoolExecutor(_THREADS) as pool:
            return list(pool.map(do, many))

    def each(
        self,
        topic: str,
        many: list[Repository],
        complaints: Callable[[Repository], Iterable[str]],
    ) -> None:
        """Note what is wrong with each."""
        for lines in self.map(lambda one: list(complaints(one)), many):
            self.complain(topic, *lines)

    def draw(self, assignment: str, suits: Callable[[Repository], bool]) -> Repository:
        """Somebody to whom nothing special happened yet."""
        free = [
            one
            for one in self.of(assignment)
            if one.reach == "read" and one.key not in self.special and suits(one)
        ]
        chosen = self.dice.choice(free)
        self.special.add(chosen.key)
        return chosen


NOTHING: dict[str, Any] = {"state": "not told", "reason": "", "files": []}


def _names(count: int) -> list[str]:
    names = ("ada", "bob", "cleo", "dan", "eve", "finn", "gül", "hal", "ida", "jo")
    plain = [name.replace("ü", "ue") for name in names]
    return [plain[number % len(plain)] for number in range(count)]
