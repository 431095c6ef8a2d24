"""What copier and cruft do in the states of the matrix is what the tables say of them.

Every state takes minutes: by default those in which something of the learner's is lost, and all of
them with SCAFFOLD_ALL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.updates.losses_table import COPIER, CRUFT, SCAFFOLD, Columns, columns, measure, table
from tests.updates.matrix import known_losses
from tests.updates.matrix.cells import ALL
from tests.updates.matrix.journeys import TINY
from tests.updates.matrix.losses_in_words import NOTHING
from tests.updates.matrix.states import STATES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updates.matrix.states.state import State

KNOWN = {COPIER: known_losses.COPIER, CRUFT: known_losses.CRUFT}
APPLYING = [state for state in STATES if state.applies_to(TINY.parts)]
MEASURED = [
    (column, state)
    for column, known in KNOWN.items()
    for state in APPLYING
    if ALL or "lost" in known.get(state.name, NOTHING)
]


@pytest.fixture(scope="module")
def repositories(copier_executable: Path, tmp_path_factory: pytest.TempPathFactory) -> Columns:
    return columns(copier_executable, tmp_path_factory.mktemp("others"))


@pytest.mark.parametrize(
    ("column", "state"), MEASURED, ids=lambda one: getattr(one, "name", str(one).split()[0])
)
def test_a_tool_does_to_a_state_what_is_known_of_it(
    column: str, state: State, repositories: Columns, tmp_path: Path
) -> None:
    measured = measure({column: repositories[column]}, [state], tmp_path / "cell")
    assert measured[state.name][column] == KNOWN[column].get(state.name, NOTHING)


def test_known_losses_are_of_states_that_exist() -> None:
    names = {state.name for state in APPLYING}
    assert KNOWN[COPIER].keys() <= names
    assert KNOWN[CRUFT].keys() <= names


def test_the_table_has_a_row_for_each_state_and_a_column_for_each_tool(
    repositories: Columns, tmp_path: Path
) -> None:
    states = [one for one in APPLYING if one.name in {"dirty-file", "same-line-edited"}]
    assert table(measure(repositories, states, tmp_path / "cells")).splitlines() == [
        f"| state | {COPIER} | {CRUFT} | {SCAFFOLD} |",
        "|---|---|---|---|",
        (
            "| The same line edited by both | conflict (exit code 0) | conflict (exit code 0) "
            "| conflict |"
        ),
        "| An edit that is not committed | refused | refused | refused |",
    ]
