"""A disk that fills up, and Ctrl-C, at every operation on a repository."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.updating.bench import DEEDS, Bench, at_each, chosen, happened
from tests.updating.dying import GIT, Watch
from tests.updating.state import State, leftovers, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updating.conftest import Workshop

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="stops forks")

NOTHING_CHANGED = "The disk is full; nothing was changed."
HALF_DONE = "The disk is full; the change is half done."


@pytest.mark.parametrize("name", DEEDS)
def test_what_is_said_of_a_disk_that_fills_up_at_any_operation_is_true(
    workshop: Workshop, tmp_path: Path, name: str
) -> None:
    deed = DEEDS[name]
    operations = happened(workshop, tmp_path, deed)
    told = tmp_path / "told"

    def fail(bench: Bench, known: dict[str, State], number: int) -> None:
        start, goal = known[deed.start], known[deed.goal]
        bench.workshop.lay(deed.start, bench.folder)
        watch = Watch(bench.folder, number=number, how="fail")
        code, document, err = bench.run(*deed.words, watch=watch)
        what = operations[number - 1]
        if code == deed.code:  # it knew another way
            assert not state(bench.machine, bench.folder).differs(goal), what
            return
        assert code == 3, (what, document, err)
        problem = document["error"]["problem"]
        with told.open("a", encoding="utf-8") as stream:
            stream.write(f"{problem}\n")
        if any(bench.folder.glob(".git/scaffold/*/pending")):
            assert problem == HALF_DONE, what
            code, document, _ = bench.run()
            assert (code, document["state"]) == (deed.code, "completed"), what
        else:
            assert problem == NOTHING_CHANGED, what
            assert not state(bench.machine, bench.folder).differs(start), what
            assert leftovers(bench.folder) == [], what
            assert bench.run(*deed.words)[0] == deed.code, what
        assert not state(bench.machine, bench.folder).differs(goal), what
        assert leftovers(bench.folder) == [], what

    numbers = [one for one in chosen(operations, 6) if operations[one - 1][0] != GIT]
    at_each(workshop, tmp_path, numbers, fail)
    said = told.read_text(encoding="utf-8").splitlines()
    assert set(said) == {NOTHING_CHANGED, HALF_DONE}


@pytest.mark.parametrize("name", DEEDS)
def test_ctrl_c_at_any_operation_changes_nothing_or_comes_too_late(
    workshop: Workshop, tmp_path: Path, name: str
) -> None:
    deed = DEEDS[name]
    operations = happened(workshop, tmp_path, deed)

    def interrupt(bench: Bench, known: dict[str, State], number: int) -> None:
        bench.workshop.lay(deed.start, bench.folder)
        watch = Watch(bench.folder, number=number, how="interrupt")
        code, _, err = bench.run(*deed.words, watch=watch)
        assert code in {130, deed.code}, err
        stage = deed.start if code == 130 else deed.goal
        assert not state(bench.machine, bench.folder).differs(known[stage]), operations[number - 1]
        assert leftovers(bench.folder) == []

    at_each(workshop, tmp_path, list(range(1, len(operations) + 1, 9)), interrupt)


def test_ctrl_c_while_an_interrupted_update_is_completed_comes_too_late(
    workshop: Workshop, tmp_path: Path
) -> None:
    def interrupt(bench: Bench, known: dict[str, State], number: int) -> None:
        bench.workshop.lay("colliding", bench.folder)
        watch = Watch(bench.folder, number=1, matching="os.link .*/index.lock")
        bench.run("--no-lock", watch=watch)
        watch = Watch(bench.folder, number=number, how="interrupt")
        code, document, _ = bench.run(watch=watch)
        if code == 130:
            code, document, _ = bench.run()
        assert (code, document["state"]) == (1, "completed")
        assert not state(bench.machine, bench.folder).differs(known["conflicts"])

    at_each(workshop, tmp_path, list(range(1, 40, 2)), interrupt)
