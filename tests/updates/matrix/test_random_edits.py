"""Whatever a learner does to a repository, an update loses no line of it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st

from tests.updates.matrix import fakes
from tests.updates.matrix.cells import ALL, clear, make
from tests.updates.matrix.fates import Expected
from tests.updates.matrix.journeys import TINY, TINY_OLDEST, Journey
from tests.updates.matrix.random_edits import Deed, Played, complaints, deeds, play
from tests.updates.matrix.states.state import State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.updates.matrix.bases import Base
    from tests.updates.matrix.desk import Desk
    from tests.updates.matrix.engines import Engine

EXAMPLES = 500 if ALL else 30


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A new folder for each example."""
    root, numbers = tmp_path_factory.mktemp("random"), itertools.count()
    return lambda: root / str(next(numbers))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not ALL,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(wanted=deeds, journey=st.sampled_from([TINY, TINY_OLDEST]))
@example(wanted=[], journey=TINY)
def test_no_line_of_a_learner_is_lost(
    wanted: list[Deed],
    journey: Journey,
    base_of: Callable[[Journey], Base],
    warm_scaffold_of: Callable[[str], Engine],
    folders: Callable[[], Path],
) -> None:
    note(f"{journey.name}: {wanted}")
    folder = folders()
    found = _complaints(wanted, base_of(journey), warm_scaffold_of(journey.pack), folder)
    clear(folder)
    assert not found, "\n".join(found)


def test_an_engine_that_overwrites_does_not_pass(
    base_of: Callable[[Journey], Base], tmp_path: Path
) -> None:
    found = _complaints(
        [Deed("insert", 3, 2, 1, 0)], base_of(TINY), fakes.overwrite, tmp_path / "a"
    )
    assert [one for one in found if one.startswith("lost: the line '# mine, the 1. time'")]
    found = _complaints(
        [Deed("delete", 3, 0, 1, 0)], base_of(TINY), fakes.overwrite, tmp_path / "b"
    )
    assert [one for one in found if one.startswith("lost: the deletion of ")]


def test_an_engine_that_touches_nothing_does_not_pass(
    base_of: Callable[[Journey], Base], tmp_path: Path
) -> None:
    found = _complaints([Deed("insert", 3, 2, 1, 0)], base_of(TINY), fakes.idle, tmp_path / "a")
    assert [one for one in found if one.startswith("arrived: ")]


def _complaints(wanted: list[Deed], base: Base, engine: Engine, folder: Path) -> list[str]:
    """Play, update and look."""
    played: list[Played] = []

    def at_random(desk: Desk) -> Expected:
        played.append(play(desk, wanted))
        return Expected(may_clash=None)

    outcome = make(State(at_random, "anything"), base, engine, folder)
    return list(complaints(outcome.case, outcome.ended, played[0]))
