"""A command that is stopped again and again, each time at another operation."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold import project
from scaffold.update import leg, proposal
from scaffold.update.repository import open_repository
from tests.updating.conftest import ALL, Workshop
from tests.updating.dying import GIT, Watch, operations
from tests.updating.learner import THEIRS
from tests.updating.quick import Quick, in_two
from tests.updating.state import State, state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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

    @property
    def code(self) -> int:
        """Its exit code."""
        return 1 if self.goal == "conflicts" else 0


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

    def run(self, *words: str, watch: Watch | None = None) -> tuple[int, dict[str, Any], str]:
        """Run `scaffold update project --json` with words; exit code, document and errors."""

        def prepare() -> None:
            self.prepare()
            if watch is not None:
                watch.install()

        said = self.machine.fork("update", "project", "--json", *words, prepare=prepare)
        return said.code, said.document if said.out else {}, said.err


def rendered_once(machine: Quick, folder: Path) -> Callable[[], object]:
    """What makes a fork take the proposal that is worked out here and now."""
    machine.take_over(machine.work)
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


def happened(workshop: Workshop, root: Path, deed: Deed) -> list[tuple[str, str]]:
    """The operations of a deed that nothing stops."""
    machine, log = workshop.machine(root / "counting"), root / "log"
    folder = machine.work / "project"

    def count() -> None:
        rendered_once(machine, workshop.lay("colliding", folder))()
        workshop.lay(deed.start, folder)
        Watch(folder, log=log).install()

    said = machine.fork("update", "project", *deed.words, prepare=count)
    assert said.code == deed.code, said
    return operations(log)


def chosen(operations: list[tuple[str, str]], step: int = 3) -> list[int]:
    """The operations to stop at: all; in CI, of those on what nobody reads, every third or so."""
    dull = [
        number
        for number, (event, what) in enumerate(operations, start=1)
        if event != GIT and all(DULL.search(path) for path in what.split(" "))
    ]
    skipped = set() if ALL else set(dull) - set(dull[::step])
    return [number for number in range(1, len(operations) + 1) if number not in skipped]


def at_each(
    workshop: Workshop,
    root: Path,
    numbers: list[int],
    stop: Callable[[Bench, dict[str, State], int], object],
) -> None:
    """Call `stop` with each number, in two processes with a bench each."""
    places: dict[int, tuple[Bench, dict[str, State]]] = {}

    def at(number: int) -> None:
        own = os.getpid()
        if own not in places:
            machine = workshop.machine(root / str(own))
            take = rendered_once(machine, workshop.lay("colliding", machine.work / "project"))
            places[own] = Bench(workshop, machine, take), states(workshop, machine)
        stop(*places[own], number)

    in_two(at, numbers)
