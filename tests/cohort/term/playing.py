"""A term, played from the first hand-out to the last report."""

from __future__ import annotations

import csv
import datetime
import json
import random
import shutil
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.cohort.term.expected_report import Row, expected_row, report_complaints
from tests.cohort.term.instructor import TOKEN, USER, Instructor, toml
from tests.cohort.term.judging import Before, update_complaints
from tests.cohort.term.learners import LATER, PROJECT, Repository, deal, deck
from tests.cohort.term.sites import MIDDLE, NEWEST, OLDEST, TEMPLATE, Bases, Sites
from tests.updates.matrix.fates import Clash, Expected
from tests.updates.matrix.git_facts import Git, environment
from tests.updates.matrix.tree import Entry, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from tests.cohort.term.git_server import GitServer
    from tests.machine import Said
    from tests.updates.matrix.bases import Base
    from tests.updates.matrix.tree import Tree

FIRST, SECOND, THIRD = "first-api", "second-api", "third-api"
CLASS = "ML engineering, spring \N{EN DASH} 2027"
LEARNERS = 30
_THREADS = 4
_DAY = datetime.timedelta(days=1)


@dataclass
class Term:
    """A class on its way through a term, and everything that was wrong meanwhile.

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
        self.due = {FIRST: self.now - 2 * _DAY, SECOND: self.now + 30 * _DAY, THIRD: None}

    def play(self) -> None:
        """From the first week to the last."""
        before = self.bases.by_step[OLDEST, MIDDLE]
        self.write_class(FIRST)
        self.plan("handout", FIRST)
        self.hand_out(FIRST, OLDEST, before)
        self.work(FIRST, twice=True)
        self.look("worked", OLDEST)
        self.things_happen()

        self.instructor.use(self.sites.by_newest[MIDDLE])
        self.write_class(FIRST, SECOND)
        self.hand_out(SECOND, MIDDLE, self.bases.by_step[MIDDLE, NEWEST])
        self.plan("update", FIRST)
        self.update("first release", FIRST)
        self.take_or_leave()
        self.work(SECOND, twice=False)
        self.look("after one release", MIDDLE, code=1)

        hidden = self.draw(SECOND, lambda one: not self.is_on_disk(one.username))
        self.server.forbidden[USER, hidden.bare.name] = 404  # as hosts hide what is private
        hidden.reach = "gone"
        self.instructor.use(self.sites.by_newest[NEWEST])
        self.update("second release")
        self.write_class(FIRST, SECOND, THIRD)
        self.hand_out(THIRD, NEWEST, self.bases.by_step[MIDDLE, NEWEST])
        for one in self.of(THIRD)[::3]:
            one.write(LATER.format(2), "# The third one\n", self.now - _DAY)
        self.do_it_again()
        self.look("at the end", NEWEST, code=1)
        self.nudge()

    # --- the class ----------------------------------------------------------------------------

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

    def _repository(self, user: str, assignment: str, tag: str, base: Base) -> Repository:
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

    # --- what the instructor does -------------------------------------------------------------

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

    def plan(self, verb: str, assignment: str) -> None:
        """Ask for the plan, which writes nothing anywhere."""
        watched = (self.instructor.folder, self.instructor.machine.work, self.server.root)
        before = [sorted(place.rglob("*")) for place in watched]
        said = self.instructor.run(verb, assignment, "--dry-run")
        self.said.append((f"{verb} --dry-run", said))
        if said.code or [sorted(place.rglob("*")) for place in watched] != before:
            self.complain("plans", f"{verb}: {said.code}, or something was written: {said.err}")
        missing = [user for user in self.users if user not in said.out]
        if missing:
            self.complain("plans", f"{verb}: the plan does not name {missing}: {said.out}")

    def hand_out(self, assignment: str, tag: str, base: Base) -> None:
        """Hand out an assignment, and look at every repository."""
        for user in self.dice.sample([u for u in self.users if not self.is_on_disk(u)], 5):
            self.server.make(f"{user}-{assignment}.git")  # made by hand, and empty
        made = set(self.instructor.created(self.server))
        told = self.bulk("handout", assignment, code=0)
        for user in self.users:
            one = self._repository(user, assignment, tag, base)
            self.repositories[one.key] = one
            state = told.get(one.key, {}).get("state")
            if state != "done":
                self.complain("hand-out", f"{one.key}: {told.get(one.key)}")
        self._map(Repository.clone, [one for one in self.of(assignment) if one.bare.is_dir()])
        if len(told) != len(self.users):
            self.complain("hand-out", f"{len(told)} outcomes for {len(self.users)} learners")
        by_command = set(self.instructor.created(self.server)) - made
        if len(by_command) != LEARNERS // 2 - 5:
            self.complain("hand-out", f"{len(by_command)} repositories were created by command")
        pristine = self.bases.pristine[tag]
        self._each("hand-out", self.of(assignment), lambda one: self._handed_out(one, pristine))
        self._record(assignment)

    def _handed_out(self, one: Repository, pristine: Tree) -> Iterable[str]:
        if not one.bare.is_dir():
            yield f"{one.key} was not made"
            return
        git = Git(one.bare, environment(one.room, one.room))
        if one.branches() != {"main"} or git("rev-list", "--count", "main").strip() != "1":
            yield f"{one.key} has {one.branches()} and not one commit"
        message = git("log", "-1", "--format=%B", "main")
        trailers = [line for line in message.splitlines() if line.startswith("Handout: ")]
        if len(trailers) != 1 or not trailers[0].endswith(f"/{one.key}"):
            yield f"{one.key} says {message!r}"
        found = read_tree(one.room / PROJECT)
        odd = {
            path for path in found.keys() | pristine.keys() if found.get(path) != pristine.get(path)
        }
        if odd != {"pyproject.toml"}:
            yield f"{one.key} is not the release: {sorted(odd)}"
            return
        old, new = pristine["pyproject.toml"].content, found["pyproject.toml"].content
        table = tomllib.loads(new.decode())["tool"].get("scaffold", {}).get("class")
        right = {"name": CLASS, "assignment": one.assignment}
        if not new.startswith(old) or table != right:
            yield f"{one.key} records {table}, and not {right}"
        self.recorded[one.key] = new.removeprefix(old)

    def _record(self, assignment: str) -> None:
        """Let the bases of an assignment's repositories hold the class as it is recorded."""
        added = {self.recorded.get(one.key) for one in self.of(assignment)}
        if len(added) != 1:
            self.complain("hand-out", f"the class is recorded in {len(added)} ways")
        for one in self.of(assignment):
            one.base = self.with_class(one.base, one)

    def with_class(self, base: Base, one: Repository) -> Base:
        """The same releases, with the class of a repository recorded in them."""
        added = self.recorded.get(one.key, b"")

        def widen(tree: Tree) -> Tree:
            before = tree["pyproject.toml"]
            return {**tree, "pyproject.toml": Entry(before.content + added, before.kind)}

        return replace(base, old=widen(base.old), new=widen(base.new))

    def update(self, name: str, *words: str) -> None:
        """Update, and judge what became of every repository that had to be looked at."""
        asked = [one for one in self.repositories.values() if not words or one.assignment in words]
        readable = [one for one in asked if one.bare.is_dir()]
        room = self.folder / f"before-{name}"
        before = dict(
            zip(
                [one.key for one in readable],
                self._map(lambda one: Before(one, room), readable),
                strict=True,
            )
        )
        told = self.bulk("update", *words, code=1)
        if told.keys() != {one.key for one in asked}:
            self.complain("updates", f"{name}: {len(told)} outcomes for {len(asked)}")
        told = {one.key: told.get(one.key, _NOTHING) for one in asked}
        self.updated |= {f"{name}: {key}": one["state"] for key, one in told.items()}
        for one in asked:
            state = told[one.key]["state"]
            if one.reach not in {"read", state}:
                self.complain("reach", f"{one.key} is {state}, not {one.reach}: {told[one.key]}")
        updated = [one for one in asked if one.reach == "read"]
        after = self.folder / f"after-{name}"
        self._each(
            "updates",
            updated,
            lambda one: update_complaints(one, told[one.key], before[one.key], after),
        )
        for one in updated:
            files = frozenset(told[one.key]["files"])
            one.conflicts = files if told[one.key]["state"] == "conflicts" else frozenset()
            if told[one.key]["state"] == "done":
                one.waiting.append(f"scaffold/{one.base.journey.new}")
        for one in readable:
            if one.reach != "read" and one.head() != before[one.key].head:
                self.complain("reach", f"{one.key} is {one.reach}, and was changed")
        shutil.rmtree(room)
        shutil.rmtree(after, ignore_errors=True)

    def look(self, name: str, newest: str, code: int = 0) -> None:
        """Collect and report; hold the report against what this script knows."""
        self.bulk("collect", code=code)
        self.run("report", code=0)
        folder = self.instructor.folder / "reports"
        document = json.loads((folder / "report.json").read_text("utf-8"))
        right = {
            one.key: expected_row(one, newest, self.due[one.assignment], self.now)
            for one in self.repositories.values()
        }
        self.reports[name] = right
        self.complain(
            "reports", *(f"{name}: {line}" for line in report_complaints(document, right))
        )
        with (folder / "report.csv").open(encoding="utf-8", newline="") as opened:
            rows = list(csv.reader(opened))
        if len(rows) != len(right) + 1:
            self.complain("reports", f"{name}: {len(rows)} lines of CSV")
        page = (folder / "report.html").read_text("utf-8")
        absent = [one.username for one in self.repositories.values() if one.username not in page]
        if absent:
            self.complain("reports", f"{name}: the page does not show {absent[:5]}")

    # --- all at once --------------------------------------------------------------------------

    def _map(self, do: Callable[[Repository], Any], many: list[Repository]) -> list[Any]:
        with ThreadPoolExecutor(_THREADS) as pool:
            return list(pool.map(do, many))

    def _each(
        self,
        topic: str,
        many: list[Repository],
        complaints: Callable[[Repository], Iterable[str]],
    ) -> None:
        """Note what is wrong with each."""
        for lines in self._map(lambda one: list(complaints(one)), many):
            self.complain(topic, *lines)

    # --- what learners do ---------------------------------------------------------------------

    def work(self, assignment: str, *, twice: bool) -> None:
        """Let everybody bring their repository into a state drawn by the seed."""
        all_of_it = self.of(assignment)
        dealt = {one.state for one in self.repositories.values() if one.state}
        states = deck(all_of_it[0].base.journey, twice=twice)
        untouched = next(one for one in states if one.name == "untouched")
        states = deal(states, len(all_of_it), self.dice, dealt)
        if untouched not in states:  # somebody never begins
            states[0] = untouched
        for one, state in zip(all_of_it, states, strict=True):
            one.state = state
        times = {one.key: self._time(assignment) for one in all_of_it}
        self._map(lambda one: one.play(one.state, times[one.key]), all_of_it)

    def _time(self, assignment: str) -> datetime.datetime:
        """Of the first one some are in time and some are late, of others all are in time."""
        minutes = datetime.timedelta(minutes=self.dice.randrange(600))
        if assignment == FIRST and self.dice.random() < 0.6:
            return self.now - 4 * _DAY + minutes
        return self.now - _DAY + minutes

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

    def things_happen(self) -> None:
        """One deletes a repository, one renames it, one makes it private, one rewrites history."""
        deleted = self.draw(FIRST, lambda one: self.is_on_disk(one.username))
        shutil.rmtree(deleted.bare)
        deleted.reach = "gone"
        renamed = self.draw(FIRST, lambda one: not self.is_on_disk(one.username))
        elsewhere = renamed.bare.rename(renamed.bare.with_name("mine-now.git"))
        renamed.bare, renamed.reach = elsewhere, "gone"
        private = self.draw(FIRST, lambda one: not self.is_on_disk(one.username))
        self.server.forbidden[USER, private.bare.name] = 403
        private.reach = "denied"
        rewritten = self.draw(FIRST, lambda one: one.last is not None)
        rewritten.rewrite_history(rewritten.last or self.now)

    def take_or_leave(self) -> None:
        """Some take the update and go on; others leave its branch where it is."""
        offered = [one for one in self.of(FIRST) if one.waiting]
        middle, whole = self.bases.by_step[MIDDLE, NEWEST], self.bases.by_step[OLDEST, NEWEST]
        for one in offered:
            takes = self.dice.random() < 0.6
            if takes:
                head = one.head()
                one.merge(f"scaffold/{MIDDLE}")
                base = self.with_class(middle, one)
                if not one.move_on(base, self.folder / "again" / one.username):
                    self._take_back(one, head)
                    takes = False
            if not takes:
                self._expect_both(one, whole)
            elif self.dice.random() < 0.5:
                at = self._time(FIRST) if one.last is None else one.last
                one.write(LATER.format(1), "# Later\n\nWe went on.\n", at)
        clashing = [one for one in self.of(FIRST) if one.conflicts and one.reach == "read"]
        for one in clashing[:1]:
            paths = one.resolve(self.sites.by_newest[MIDDLE], MIDDLE)
            same = {path: Clash(_ANYTHING, _ANYTHING) for path in paths}
            one.base, one.expected = self.with_class(middle, one), Expected(same)
            self.resolved.append(one.key)
        for one in self.of(FIRST):
            if one.reach == "read" and not one.waiting and one.release == OLDEST:
                self._expect_both(one, whole)

    def _take_back(self, one: Repository, head: str) -> None:
        """Go back to before a merge: what is to come of it would not be known."""
        git = one.desk.git
        git("reset", "--quiet", "--hard", head)
        git("push", "--quiet", "--force", "origin", "main")
        one.release = OLDEST
        one.waiting.append(f"scaffold/{MIDDLE}")

    def _expect_both(self, one: Repository, whole: Base) -> None:
        """Expect an update over both releases."""
        known = one.move_on(self.with_class(whole, one), self.folder / "both" / one.username)
        if not known:
            self.unknown.append(one.key)

    def do_it_again(self) -> None:
        """Hand out and update once more: nothing may come of it."""
        before = self._heads()
        # What the host hides looks as if it could be created, and cannot.
        told = self.bulk("handout", SECOND, code=3)
        right = {one.key: "already" if one.reach == "read" else "failed" for one in self.of(SECOND)}
        odd = {key: one for key, one in told.items() if one["state"] != right[key]}
        self.complain("again", *(f"handout {key}: {one}" for key, one in odd.items()))
        told = self.bulk("update", FIRST, THIRD, code=1)
        for one in (*self.of(FIRST), *self.of(THIRD)):
            state = told.get(one.key, _NOTHING)["state"]
            right = "already" if one.waiting[-1:] == [f"scaffold/{NEWEST}"] else "newest"
            right = "conflicts" if one.conflicts else right
            if state != (right if one.reach == "read" else one.reach):
                self.complain("again", f"update {one.key}: {state}, not {right}")
        after = self._heads()
        moved = [
            name for name in after.keys() | before.keys() if after.get(name) != before.get(name)
        ]
        self.complain("again", *(f"{name} was moved" for name in moved))

    def _heads(self) -> Mapping[str, str]:
        """Every branch of every repository, and its commit."""
        there = [one for one in self.repositories.values() if one.bare.is_dir()]
        return {
            f"{one.key} {branch}": one.head(branch) for one in there for branch in one.branches()
        }

    def nudge(self) -> None:
        """Write everybody a message."""
        self.run("nudge", code=0)
        for one in self.repositories.values():
            file = self.instructor.folder / "nudges" / one.assignment / f"{one.username}.md"
            text = file.read_text("utf-8") if file.is_file() else ""
            if one.reach == "read" and one.username not in text.lower():
                self.complain("nudges", f"{one.key}: {text!r}")
            if one.waiting and one.reach == "read" and one.waiting[-1] not in text:
                self.complain("nudges", f"{one.key} is not told of {one.waiting[-1]}: {text!r}")


#: What a conflict is about is not looked at where nothing is pushed.
_ANYTHING = Entry(b"")
_NOTHING: dict[str, Any] = {"state": "not told", "reason": "", "files": []}


def _names(count: int) -> list[str]:
    names = ("ada", "bob", "cleo", "dan", "eve", "finn", "gül", "hal", "ida", "jo")
    plain = [name.replace("ü", "ue") for name in names]
    return [plain[number % len(plain)] for number in range(count)]
