"""Updates forked from a process that has imported everything are updates like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.updates.matrix.cells import make
from tests.updates.matrix.journeys import TINY, Journey
from tests.updates.matrix.states import STATES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.updates.matrix.bases import Base
    from tests.updates.matrix.engines import Engine, Scaffold


@pytest.mark.parametrize("name", ["same-line-edited", "dirty-file"])
def test_a_forked_update_does_and_says_what_a_process_of_its_own_does(
    name: str,
    base_of: Callable[[Journey], Base],
    scaffold_of: Callable[[str], Scaffold],
    warm_scaffold_of: Callable[[str], Engine],
    tmp_path: Path,
) -> None:
    state = next(one for one in STATES if one.name == name)
    engines = {"cold": scaffold_of(TINY.pack), "warm": warm_scaffold_of(TINY.pack)}
    cold, warm = (
        make(state, base_of(TINY), engine, tmp_path / which) for which, engine in engines.items()
    )
    assert cold.ended.code == warm.ended.code
    assert cold.ended.out.replace("/cold/", "/warm/") == warm.ended.out
    assert cold.case.after.tree == warm.case.after.tree
    assert cold.case.after.stages == warm.case.after.stages
