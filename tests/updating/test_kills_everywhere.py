"""SIGKILL before every operation on a repository, of an update, of its end and of its undoing."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.updating.bench import DEEDS, Bench, Deed, at_each, between, chosen, happened
from tests.updating.conftest import ALL, Workshop
from tests.updating.dying import KILLED, Watch
from tests.updating.state import State, leftovers, state

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes as Linux does")


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
        assert code == deed.code, where
    elif present == start:
        code, document, _ = bench.run(*deed.words)
        assert code == deed.code, where
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


@pytest.mark.parametrize("name", DEEDS)
def test_a_kill_before_any_operation_is_mended_by_the_next_command(
    workshop: Workshop, tmp_path: Path, name: str
) -> None:
    deed = DEEDS[name]
    operations = happened(workshop, tmp_path, deed)
    kinds = Counter(event for event, _ in operations)
    assert all(kinds[kind] >= least for kind, least in deed.least.items()), kinds
    waiting = tmp_path / "waiting"

    def kill(bench: Bench, known: dict[str, State], number: int) -> None:
        if killed(bench, deed, known, number):
            with waiting.open("a", encoding="utf-8") as stream:
                stream.write(f"{number}\n")

    at_each(workshop, tmp_path, chosen(operations), kill)
    assert len(waiting.read_text(encoding="utf-8").split()) >= deed.least["os.rename"]
