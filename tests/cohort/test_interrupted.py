"""Hand-outs and updates that are killed, and that lose the network, at points drawn by seed.

After each kill the class is looked at; `--resume` must then bring every repository to its end
exactly once.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cohort.term import small_class
from tests.cohort.term.git_server import storm
from tests.cohort.term.small_class import ASSIGNMENT, BRANCH, NAME, SmallClass

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")

ALL = bool(os.environ.get("SCAFFOLD_ALL"))
SEEDS = range(12) if ALL else range(1)
KILLS = 12 if ALL else 6
_ON_DISK = ("ada", "bob", "cleo", "dan", "eve")
_ON_SERVER = ("finn", "gus", "hal", "ida", "jo")
#: Learners whose edits the release contradicts.
_CLASHING = ("bob", "hal")
_PATIENCE_SECONDS = 120
_KNOWN_FOLDERS = {"class.toml", "roster.csv", ".gitignore", ".cohort"}


@pytest.fixture
def klass(tmp_path: Path, site: Path, joined: Path) -> Iterator[SmallClass]:
    """A class of ten, to whom nothing was handed out."""
    with small_class.opened(tmp_path, site, joined, _ON_DISK, _ON_SERVER) as made:
        yield made


@dataclass(frozen=True)
class Point:
    """When a run is killed.

    Attributes:
        ends: When that many more tasks ended; None for a point in time.
        seconds: So much later, or so long after the start.
    """

    ends: int | None
    seconds: float

    @classmethod
    def draw(cls, dice: random.Random, left: int) -> Point:
        """A point within a run that has `left` tasks before it."""
        if left < 3 or dice.random() < 0.2:
            return cls(None, dice.uniform(0.1, 1.2))
        return cls(dice.randrange(min(left - 2, 3)), dice.uniform(0, 0.2))


@dataclass
class Killer:
    """Runs a verb, and kills it again and again.

    Attributes:
        klass: The class.
        verb: What is run.
        dice: Draws the points.
        kills: Runs that were killed before they came to their end.
    """

    klass: SmallClass
    verb: str
    dice: random.Random
    kills: int = 0

    def strike(self) -> bool:
        """Run until a point and kill; whether that was before the run's end."""
        words = [self.verb, ASSIGNMENT, "--jobs", "2"]
        left = len(self.klass.users)
        if self._planned():
            is_open = self.is_open()
            words.append("--resume" if is_open else "--anew")
            left -= self._ended_in_last_run() if is_open else 0
        point = Point.draw(self.dice, left)
        process = self.klass.instructor.start(*words)
        self._wait(process, point)
        if self.dice.random() < 0.5:  # all at the same moment, or the rest has to notice
            _kill(_descendants(process.pid))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        killed = process.wait(timeout=60) == -signal.SIGKILL
        _wait_until(lambda: not _at_work_below(self.klass.instructor.machine.root))
        self.kills += killed
        return killed

    def ended(self) -> list[dict[str, Any]]:
        """What the verb's journals say of tasks that ended."""
        return [line for line in self._lines() if line.get("event") == "end"]

    def is_open(self) -> bool:
        """Whether the last run did not come to its end."""
        lines = self._lines()
        return not lines or lines[-1]["event"] != "complete"

    def _ended_in_last_run(self) -> int:
        events = [line["event"] for line in reversed(self._lines())]
        return events[: events.index("plan")].count("end")

    def _planned(self) -> bool:
        return any(line.get("event") == "plan" for line in self._lines())

    def _lines(self) -> list[dict[str, Any]]:
        import json

        found = []
        for path in sorted((self.klass.instructor.folder / ".cohort/journal").glob("*.jsonl")):
            for line in path.read_text("utf-8").splitlines() if self.verb in path.name else ():
                with contextlib.suppress(ValueError):  # it may be half written just now
                    found.append(json.loads(line))
        return found

    def _wait(self, process: subprocess.Popen[bytes], point: Point) -> None:
        if point.ends is not None:
            wanted = len(self.ended()) + point.ends + 1
            _wait_until(lambda: len(self.ended()) >= wanted or process.poll() is not None)
        until = time.monotonic() + point.seconds
        _wait_until(lambda: time.monotonic() >= until or process.poll() is not None)


def _wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, "nothing goes on any more"
        time.sleep(0.01)


def _descendants(pid: int) -> list[int]:
    """All processes that come from one, in whatever session they are."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            text = stat.read_text("utf-8", "replace")
            parents[int(stat.parent.name)] = int(text.rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _kill(many: list[int]) -> None:
    for one in many:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def _at_work_below(folder: Path) -> list[int]:
    """Processes whose home lies below a folder: those of the instructor."""
    home = f"HOME={folder}/".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if any(one.startswith(home) for one in environ.read_bytes().split(b"\0")):
                found.append(int(environ.parent.name))
    return found


def finish(klass: SmallClass, verb: str, code: int) -> None:
    """Resume, now without being disturbed."""
    said = klass.instructor.run(verb, ASSIGNMENT, "--resume", "--json")
    assert said.code == code, said
    assert {one["key"] for one in said.document["outcomes"]} == {
        f"{ASSIGNMENT}/{user}" for user in klass.users
    }


def is_whole_or_absent(klass: SmallClass) -> None:
    """At no moment is anything else than the one commit, or nothing, where learners look."""
    for user in klass.users:
        pushed = klass.pushed(user)
        assert pushed.keys() <= {"main"}, (user, pushed)
        if pushed:
            assert klass.git(user)("rev-list", "--count", "main").strip() == "1"
            assert "README.md" in klass.git(user)("ls-tree", "--name-only", "main").split()


def is_handed_out_once(klass: SmallClass) -> None:
    """Each learner has one repository with one branch and one commit, and nothing else is there."""
    is_whole_or_absent(klass)
    for user in klass.users:
        assert klass.pushed(user).keys() == {"main"}, user
        message = klass.git(user)("log", "-1", "--format=%B", "main")
        assert message.count("Handout: ") == 1
        assert message.strip().endswith(f"/{ASSIGNMENT}/{user}"), message
        klass.fsck(user)
    assert _names(klass.remotes) == {f"{user}-{NAME}.git" for user in klass.on_disk}
    assert _names(klass.server.root) == {f"{user}-{NAME}.git" for user in klass.on_server}
    created = klass.instructor.created(klass.server)
    assert sorted(created) == sorted(f"{user}-{NAME}.git" for user in klass.on_server)


def is_updated_once(klass: SmallClass, heads: dict[str, str]) -> None:
    """Whoever could be updated has one branch of one commit, and default branches are as before."""
    for user in klass.users:
        pushed = klass.pushed(user)
        clean = user not in _CLASHING
        assert pushed.keys() == ({"main", BRANCH} if clean else {"main"}), user
        assert pushed["main"] == heads[user]
        if clean:
            parents = klass.git(user)("log", "-1", "--format=%P", BRANCH).split()
            assert parents == [heads[user]], user
        klass.fsck(user)


def is_tidy(klass: SmallClass, verb: str, good: set[str]) -> None:
    """Journals are whole, each task ended well, and nothing of the work lies about."""
    folder = klass.instructor.folder
    assert _names(folder) <= _KNOWN_FOLDERS
    machine = klass.instructor.machine
    assert not list(machine.temporary.iterdir())
    assert _names(machine.work) <= {"class", "remotes"}
    journals = {k: v for k, v in klass.instructor.journals().items() if k.startswith(verb)}
    assert journals
    last = [line for _, lines in sorted(journals.items()) for line in lines]
    assert last[-1]["event"] == "complete"
    ends = {line["key"]: line["state"] for line in last if line["event"] == "end"}
    assert ends.keys() == {f"{ASSIGNMENT}/{user}" for user in klass.users}
    assert set(ends.values()) <= good
    own = folder / ".cohort"
    files = [path for path in own.rglob("*") if path.is_file()]
    kept = {".gitignore", "lock"}
    assert not [
        one for one in files if one.suffix not in {".jsonl", ".log"} and one.name not in kept
    ]
    assert not list((own / "work").glob("*"))


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def strike_often(killer: Killer, look: Callable[[], None]) -> None:
    """Kill so often, and look after each time; a run that ended before its point is begun anew."""
    for _ in range(5 * KILLS):
        if killer.kills == KILLS:
            return
        killer.strike()
        look()
    pytest.fail(f"only {killer.kills} runs could be killed before their end")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hand_out_that_is_killed_is_completed_once(klass: SmallClass, seed: int) -> None:
    killer = Killer(klass, "handout", random.Random(f"handout {seed}"))  # noqa: S311
    strike_often(killer, lambda: is_whole_or_absent(klass))
    if killer.is_open():
        finish(klass, "handout", 0)
    is_handed_out_once(klass)
    is_tidy(klass, "handout", {"done", "already"})


@pytest.fixture
def handed_out(klass: SmallClass) -> SmallClass:
    """The class with a repository each; everybody wrote something."""
    assert klass.instructor.run("handout", ASSIGNMENT).code == 0
    for user in klass.users:
        klass.edit(user, "notes/mine.md", f"# Of {user}\n")
        if user in _CLASHING:
            klass.edit(user, "settings.yml", "name: mine\nowner: mine\nline: mine\n")
    klass.write(version="v0.1.1")
    return klass


@pytest.mark.parametrize("seed", SEEDS)
def test_an_update_that_is_killed_is_completed_once(handed_out: SmallClass, seed: int) -> None:
    klass = handed_out
    heads = {user: klass.pushed(user)["main"] for user in klass.users}
    killer = Killer(klass, "update", random.Random(f"update {seed}"))  # noqa: S311

    def look() -> None:
        for user in klass.users:
            pushed = klass.pushed(user)
            assert pushed["main"] == heads[user]
            assert pushed.keys() <= {"main", BRANCH}

    strike_often(killer, look)
    if killer.is_open():
        finish(klass, "update", 1)
    is_updated_once(klass, heads)
    is_tidy(klass, "update", {"done", "already", "conflicts"})


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bad_network_ends_in_one_repository_each(klass: SmallClass, seed: int) -> None:
    klass.server.weather = storm(seed, 0.4)
    first = klass.instructor.run("handout", ASSIGNMENT, "--json")
    assert first.code in {0, 3}, first
    is_whole_or_absent(klass)
    klass.server.weather = storm(seed, 0.0)
    finish(klass, "handout", 0)
    is_handed_out_once(klass)
    is_tidy(klass, "handout", {"done", "already"})

    heads = {user: klass.pushed(user)["main"] for user in klass.users}
    klass.server.weather = storm(seed + 1, 0.4)
    assert klass.instructor.run("update", ASSIGNMENT, "--to", "v0.1.1").code in {0, 3}
    klass.server.weather = storm(seed, 0.0)
    finish(klass, "update", 0)
    for user in klass.users:
        assert klass.pushed(user).keys() == {"main", BRANCH}
        assert klass.pushed(user)["main"] == heads[user]
    is_tidy(klass, "update", {"done", "already"})


def test_a_host_that_is_down_fails_its_repositories_only(klass: SmallClass) -> None:
    klass.server.weather = lambda _: "drop"
    said = klass.instructor.run("handout", ASSIGNMENT, "--json")
    assert said.code == 3
    states = {one["key"].partition("/")[2]: one["state"] for one in said.document["outcomes"]}
    assert states == {**dict.fromkeys(_ON_DISK, "done"), **dict.fromkeys(_ON_SERVER, "failed")}
    klass.server.weather = lambda _: "fair"
    again = klass.instructor.run("handout", ASSIGNMENT, "--only-failed", "--json")
    assert again.code == 0, again
    is_handed_out_once(klass)
    is_tidy(klass, "handout", {"done", "already"})


def test_an_open_run_is_gone_on_with_only_when_asked(klass: SmallClass) -> None:
    killer = Killer(klass, "handout", random.Random(5))  # noqa: S311
    process = klass.instructor.start("handout", ASSIGNMENT, "--jobs", "1")
    _wait_until(lambda: len(killer.ended()) >= 2 or process.poll() is not None)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=60)
    before = {user: klass.pushed(user) for user in klass.users}
    assert 2 <= sum(map(bool, before.values())) < len(klass.users)
    asked = klass.server.count
    refused = klass.instructor.run("handout", ASSIGNMENT)
    assert refused.code == 2
    assert "--resume" in refused.err
    assert {user: klass.pushed(user) for user in klass.users} == before
    assert klass.server.count == asked
    finish(klass, "handout", 0)
    is_handed_out_once(klass)
