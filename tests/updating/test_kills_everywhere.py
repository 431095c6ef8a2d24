"""SIGKILL before every operation on a repository, of an update, of its end and of its undoing."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.updating.conftest import ALL, Workshop
from tests.updating.dying import GIT, KILLED, Watch, operations
from tests.updating.learner import THEIRS
from tests.updating.quick import Quick, in_two
from tests.updating.state import State, leftovers, state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes as Linux does")


@dataclass(frozen=True)
class Deed:
    """Something that is killed at every step.

    Attributes:
        words: Of the command, after `scaffold update project`.
        start: The stage that it begins with.
        goal: The stage that it leads to.
        origin: The stage that `--undo` gives back afterwards; None where nothing is left to undo.
        least: How many operations of each kind it has at least, on the pack of these tests.
    """

    words: tuple[str, ...]
    start: str
    goal: str
    origin: str | None
    least: dict[str, int]


DEEDS = {
    "update": Deed(
        ("--no-lock",),
        "colliding",
        "conflicts",
        "colliding",
        {"os.rename": 12, "os.remove": 2, "os.link": 1, "fsync": 20, "git": 9, "open": 20},
    ),
    "finish": Deed(
        ("--finish", "--no-lock"),
        "resolved",
        "finished",
        "colliding",
        {"os.rename": 3, "os.link": 1, "fsync": 10, "git": 5, "open": 10},
    ),
    "undo": Deed(
        ("--undo",),
        "conflicts",
        "colliding",
        None,
        {"os.rename": 12, "os.remove": 20, "os.link": 1, "fsync": 20, "git": 9, "open": 20},
    ),
}


DULL = re.compile(r"/\.git/scaffold/top/(draft|dropped)-")
"""Folders that are not read any more, or not yet."""


@dataclass(frozen=True)
class Bench:
    """One place where a command is killed again and again.

    Attributes:
        workshop: Where the stages are.
        machine: Where the commands run.
        prepare: Spares a command the rendering, which is always the same.
    """

    workshop: Workshop
    machine: Quick
    prepare: Callable[[], object]

    @property
    def folder(self) -> Path:
        """The repository, always at the same place."""
        return self.machine.work / "project"

    def run(self, *words: str, watch: Watch | None = None) -> tuple[int, dict[str, object], str]:
        """Run `scaffold update project --json` with words; exit code, document and errors."""

        def prepare() -> None:
            self.prepare()
            if watch is not None:
                watch.install()

        said = self.machine.fork("update", "project", "--json", *words, prepare=prepare)
        return said.code, said.document if said.out else {}, said.err


def rendered_once(machine: Quick, folder: Path) -> Callable[[], object]:
    """What makes a fork take the proposal that is worked out here and now."""
    from scaffold import project
    from scaffold.update import leg, proposal
    from scaffold.update.repository import open_repository

    os.environ.update(machine.environment())
    os.chdir(machine.work)
    origin = project.read_origin(folder)
    wanted = proposal.Wanted(locking=False)
    way = leg.choose(origin, None, anew=False)
    assert way is not None
    made = proposal.propose(open_repository(folder), origin, way, wanted)

    def take() -> None:
        proposal.propose = lambda *words, **options: made  # noqa: ARG005

    return take


def states(workshop: Workshop, machine: Quick) -> dict[str, State]:
    """Every stage as it is where the commands run."""
    found = {}
    folder = machine.work / "project"
    for stage in ("colliding", "conflicts", "resolved"):
        found[stage] = state(machine, workshop.lay(stage, folder))
    assert machine.run("update", "project", "--finish", "--no-lock").code == 0
    found["finished"] = state(machine, folder)
    return found


def between(present: State, start: State, goal: State) -> None:
    """Every file is as before or as after, and none is anything else."""
    for path in present.files.keys() | start.files.keys() | goal.files.keys():
        known = (start.files.get(path), goal.files.get(path))
        assert present.files.get(path) in known, path
    held = b"".join(content for _, content in present.files.values()).decode("utf-8", "replace")
    for line in THEIRS:
        # The one file that moves is for an instant in the git directory only.
        assert line in held or line == "step_3 = 333", line


def killed(bench: Bench, deed: Deed, known: dict[str, State], number: int) -> bool:
    """Kill a command once, and let the next one mend it.

    Returns:
        Whether the change was pending.
    """
    start, goal = known[deed.start], known[deed.goal]
    bench.workshop.lay(deed.start, bench.folder)
    code, _, where = bench.run(*deed.words, watch=Watch(bench.folder, number=number))
    assert code == KILLED, f"{number}: {code} {where}"
    pending = any(bench.folder.glob(".git/scaffold/*/pending"))
    present = state(bench.machine, bench.folder)
    if pending:
        between(present, start, goal)
        code, document, _ = bench.run()
        assert document["state"] == "completed", where
        assert "disturbed" not in document, where
        assert code == (1 if deed.goal == "conflicts" else 0), where
    elif present == start:
        code, document, _ = bench.run(*deed.words)
        assert code == (1 if deed.goal == "conflicts" else 0), where
        assert document["state"] != "completed", where
    else:
        assert not present.differs(goal), where
        bench.run("--preview")
    present = state(bench.machine, bench.folder)
    assert not present.differs(goal), where
    assert leftovers(bench.folder) == [], where
    if deed.origin and (pending or ALL):
        assert bench.run("--undo")[0] == 0, where
        assert not state(bench.machine, bench.folder).differs(known[deed.origin]), where
        assert leftovers(bench.folder) == [], where
    return pending


def chosen(happened: list[tuple[str, str]]) -> list[int]:
    """The operations to kill at: all; in CI, of those on what nobody reads, every third."""
    dull = [
        number
        for number, (event, what) in enumerate(happened, start=1)
        if event != GIT and all(DULL.search(path) for path in what.split(" "))
    ]
    skipped = set() if ALL else set(dull) - set(dull[::3])
    return [number for number in range(1, len(happened) + 1) if number not in skipped]


@pytest.mark.parametrize("name", DEEDS)
def test_a_kill_before_any_operation_is_mended_by_the_next_command(
    workshop: Workshop, tmp_path: Path, name: str
) -> None:
    deed = DEEDS[name]
    machine = workshop.machine(tmp_path / "counting")
    log = tmp_path / "log"

    def count() -> None:
        rendered_once(machine, workshop.lay("colliding", machine.work / "project"))()
        workshop.lay(deed.start, machine.work / "project")
        Watch(machine.work / "project", log=log).install()

    said = machine.fork("update", "project", *deed.words, prepare=count)
    assert said.code == (1 if deed.goal == "conflicts" else 0), said
    happened = operations(log)
    kinds = Counter(event for event, _ in happened)
    assert all(kinds[kind] >= least for kind, least in deed.least.items()), kinds

    places: dict[int, tuple[Bench, dict[str, State]]] = {}
    waiting = tmp_path / "waiting"

    def kill(number: int) -> None:
        own = os.getpid()
        if own not in places:
            root = tmp_path / str(own)
            machine = workshop.machine(root)
            folder = workshop.lay("colliding", machine.work / "project")
            take = rendered_once(machine, folder)
            bench = Bench(workshop, machine, take)
            places[own] = bench, states(workshop, machine)
        bench, known = places[own]
        if killed(bench, deed, known, number):
            with waiting.open("a", encoding="utf-8") as stream:
                stream.write(f"{number}\n")

    in_two(kill, chosen(happened))
    assert len(waiting.read_text(encoding="utf-8").split()) >= deed.least["os.rename"]
