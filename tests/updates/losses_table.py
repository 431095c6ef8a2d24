"""What each tool takes from a learner in each state of their repository, measured.

`python -m tests.updates.losses_table` prints it as a Markdown table, after some minutes. Names of
states may follow, for a part of it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import copied_package
from tests.updates.matrix.bases import Base, make_base, make_home
from tests.updates.matrix.cells import clear, make
from tests.updates.matrix.cookies import Cruft, make_cruft_base
from tests.updates.matrix.engines import Copier, Scaffold
from tests.updates.matrix.journeys import TINY, bundles
from tests.updates.matrix.losses_in_words import in_words
from tests.updates.matrix.states import STATES
from tests.updates.plain import find_or_install

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.updates.matrix.engines import Engine
    from tests.updates.matrix.states.state import State

#: Name of a column -> the repository that an update by it begins with, and what updates it.
Columns = dict[str, tuple[Base, "Engine"]]

COPIER, CRUFT, SCAFFOLD = "copier update", "cruft update", "scaffold update"
_AT_ONCE = 2


def columns(copier: Path, folder: Path) -> Columns:
    """Make what every cell of the table starts from."""
    home = make_home(TINY.pack, copier, folder)
    made, releases = folder / "made", folder / "releases"
    made.mkdir()
    releases.mkdir()
    for bundle in bundles(TINY.pack, made):
        shutil.copy(bundle, releases)
    ours = Scaffold(copied_package(folder / "site", releases))
    base = make_base(TINY, home, folder / "base")
    return {
        COPIER: (base, Copier(copier)),
        CRUFT: (make_cruft_base(TINY, home, folder / "cruft"), Cruft()),
        SCAFFOLD: (base, ours),
    }


def measure(columns: Columns, states: Iterable[State], folder: Path) -> dict[str, dict[str, str]]:
    """Update by every tool in every state; state -> column -> what became of it in words."""

    def cell(state: State, column: str) -> str:
        place = folder / f"{column}-{state.name}".replace(" ", "-")
        words = in_words(make(state, *columns[column], place), state.stake)
        clear(place)
        return words

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        begun = {
            state.name: {column: pool.submit(cell, state, column) for column in columns}
            for state in states
        }
        return {
            name: {column: one.result() for column, one in row.items()}
            for name, row in begun.items()
        }


def table(measured: Mapping[str, Mapping[str, str]]) -> str:
    """The measurements as a Markdown table, in the order of the states."""
    names = next(iter(measured.values())).keys()
    rows = [f"| state | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    rows += [
        f"| {state.words} | {' | '.join(measured[state.name].values())} |"
        for state in STATES
        if state.name in measured
    ]
    return "\n".join(rows)


def main() -> None:
    """Measure in a temporary folder and print the table."""
    wanted = [
        state
        for state in STATES
        if state.applies_to(TINY.parts) and state.name in (sys.argv[1:] or [state.name])
    ]
    cache = Path(__file__).resolve().parents[2] / ".cache"
    with tempfile.TemporaryDirectory() as folder:
        made = columns(find_or_install(cache), Path(folder))
        sys.stdout.write(f"{table(measure(made, wanted, Path(folder) / 'cells'))}\n")


if __name__ == "__main__":
    main()
