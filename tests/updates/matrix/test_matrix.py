"""Every state of a learner's repository, updated by `scaffold update`: nothing of theirs is lost,
everything of the release arrives, and the report says what happened.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.updates.matrix.cells import ALL, Cell, cells, clear, dealt, in_short

if TYPE_CHECKING:
    from tests.updates.matrix.ahead import Ahead

CELLS = cells()
#: Those that are made each time; SCAFFOLD_ALL=1 makes all.
TODAY = CELLS if ALL else dealt(CELLS)


@pytest.mark.parametrize("cell", TODAY, ids=lambda cell: cell.name)
def test_a_repository_is_updated_as_its_state_demands(cell: Cell, ahead: Ahead) -> None:
    outcome = ahead.outcome(cell)
    found = outcome.complaints()
    assert not found, f"{cell.state.words}:\n" + "\n".join(in_short(found))
    clear(outcome.folder)


def test_the_matrix_has_all_its_cells() -> None:
    per_journey = Counter(cell.journey.name for cell in CELLS)
    assert per_journey == {
        "tiny-api-v0.1.0": 92,
        "tiny-api-v0.1.1": 92,
        "tiny-api-v0.1.0-to-v0.1.1": 33,
        "supervised-api-v0.1.0": 75,
        "supervised-api-v0.1.1": 31,
        "supervised-api-v0.2.0": 32,
        "supervised-api-v0.2.1": 27,
        "supervised-api-v0.3.0": 62,
        "supervised-api-v0.4.0": 62,
        "rag-app-v0.3.0": 65,
        "rag-app-v0.4.0": 64,
    }
    assert len({cell.name for cell in CELLS}) == len(CELLS)


def test_every_state_of_every_starter_has_its_turn() -> None:
    chosen = dealt(CELLS)
    every = {(cell.journey.template, cell.state.name) for cell in CELLS}
    assert {(cell.journey.template, cell.state.name) for cell in chosen} == every
    assert {cell.journey.name for cell in chosen} == {cell.journey.name for cell in CELLS}
