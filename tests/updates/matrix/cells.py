"""The cells of the matrix, and making one: a state, an update, and what is wrong afterwards."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.updates.matrix.desk import Desk
from tests.updates.matrix.git_facts import BEFORE_UPDATE, take
from tests.updates.matrix.journeys import JOURNEYS, Journey
from tests.updates.matrix.judge import Case, complaints
from tests.updates.matrix.report import report_complaints
from tests.updates.matrix.states import STATES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updates.matrix.bases import Base
    from tests.updates.matrix.engines import Ended, Engine
    from tests.updates.matrix.states.state import State

#: Whether every test is wanted, however long it takes.
ALL = bool(os.environ.get("SCAFFOLD_ALL"))
_SHOWN = 4


@dataclass(frozen=True)
class Cell:
    """One update of one repository."""

    journey: Journey
    state: State

    @property
    def name(self) -> str:
        """The test id."""
        return f"{self.journey.name}-{self.state.name}"


@dataclass(frozen=True)
class Outcome:
    """A cell after its update.

    Attributes:
        case: Everything about it.
        ended: What the command said.
        project: Where the repository is.
        folder: The folder that the cell was made in.
        left: Names of what the command left in the folder for temporary files.
    """

    case: Case
    ended: Ended
    project: Path
    folder: Path
    left: tuple[str, ...]

    def complaints(self) -> list[str]:
        """Everything that is wrong, one line each."""
        found = [
            *complaints(self.case),
            *report_complaints(self.case, self.ended.document, self.project),
            *(f"temporary: {name} was left behind" for name in self.left),
        ]
        saved = self.case.after.saved.get(BEFORE_UPDATE)
        if not self.case.is_refused and saved != self.case.before.head[1]:
            found.append(f"index: {BEFORE_UPDATE} is {saved}, not the commit before")
        if found and self.ended.err.strip():
            found.append(f"it said: {self.ended.err.strip()[-600:]}")
        return found


def cells(journeys: tuple[Journey, ...] = JOURNEYS) -> list[Cell]:
    """All cells: every state that applies, or the common ones, for each journey."""
    return [
        Cell(journey, state)
        for journey in journeys
        for state in STATES
        if state.applies_to(journey.parts) and (state.common or journey.takes_all)
    ]


def dealt(everything: list[Cell]) -> list[Cell]:
    """Each state once for each starter, dealt to its journeys in turn; all cells of a small pack.

    Args:
        everything: The cells to choose from.
    """
    turns = {state.name: number for number, state in enumerate(STATES)}
    takers: dict[tuple[str, str], list[Journey]] = {}
    for cell in everything:
        takers.setdefault((cell.journey.template, cell.state.name), []).append(cell.journey)

    def has_its_turn(cell: Cell) -> bool:
        journeys = takers[cell.journey.template, cell.state.name]
        return cell.journey == journeys[turns[cell.state.name] % len(journeys)]

    return [one for one in everything if one.journey.pack != "embedded" or has_its_turn(one)]


def make(state: State, base: Base, engine: Engine, folder: Path) -> Outcome:
    """Bring a copy of a repository into a state, update it, and look.

    Args:
        state: The state.
        base: What to copy.
        engine: What updates it.
        folder: A folder that does not exist yet; everything is below it.
    """
    temporary = folder / "tmp"
    temporary.mkdir(parents=True)
    desk = Desk(base, folder, base.copy(folder), base.environment(temporary))
    expected = state.play(desk)
    before = take(desk.project, desk.environment, desk.outside)
    ended = engine(desk)
    after = take(desk.project, desk.environment, desk.outside)
    case = Case(base.journey, base.old, base.new, before, after, expected, ended.code)
    left = tuple(sorted(path.name for path in temporary.iterdir()))
    return Outcome(case, ended, desk.project, folder, left)


def clear(folder: Path) -> None:
    """Remove what a cell was made in."""
    shutil.rmtree(folder)


def in_short(found: list[str]) -> list[str]:
    """Complaints for a person: a few of each kind, and how many more there are."""
    short: list[str] = []
    for kind in dict.fromkeys(one.partition(":")[0] for one in found):
        of_kind = [one for one in found if one.startswith(f"{kind}:")]
        short += of_kind[:_SHOWN]
        if len(of_kind) > _SHOWN:
            short.append(f"{kind}: and {len(of_kind) - _SHOWN} more")
    return short
