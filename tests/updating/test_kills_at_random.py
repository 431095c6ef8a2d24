"""SIGKILL of a real command and all that it started, at random instants."""

from __future__ import annotations

import os
import random
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.machine import stop
from tests.updating.bench import DEEDS, between
from tests.updating.conftest import ALL
from tests.updating.quick import in_two
from tests.updating.state import leftovers, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updating.conftest import Workshop
    from tests.updating.quick import Quick

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes as Linux does")
INSTANTS = (
    {"update": 100, "finish": 50, "undo": 50} if ALL else {"update": 12, "finish": 6, "undo": 6}
)
CARRYING_OUT_SECONDS = 0.08
"""About how long a command is at work in the repository, here."""


def duration(machine: Quick, *words: str) -> float:
    """Seconds that one whole command takes here and now."""
    begin = time.monotonic()
    machine.start("update", "project", *words).communicate(timeout=60)
    return time.monotonic() - begin


def wait_for_draft(folder: Path, longest: float) -> None:
    """Wait until a command begins to write."""
    end = time.monotonic() + longest
    while time.monotonic() < end and not any(folder.glob(".git/scaffold/top/draft-*")):
        time.sleep(0.001)


@pytest.mark.parametrize("name", DEEDS)
def test_a_kill_at_any_instant_is_mended_by_the_next_command(
    workshop: Workshop, tmp_path: Path, name: str
) -> None:
    deed = DEEDS[name]
    machine = workshop.machine(tmp_path / "timed")
    folder = workshop.lay(deed.start, machine.work / "project")
    start = state(machine, folder)
    whole = duration(machine, *deed.words) * 1.1
    goal = state(machine, folder)
    origin = state(machine, workshop.lay("colliding", folder))

    def kill(number: int) -> None:
        chance = random.Random(number)  # noqa: S311
        machine = workshop.machine(tmp_path / str(number))
        folder = workshop.lay(deed.start, machine.work / "project")
        process = machine.start("update", "project", *deed.words)
        if number % 2:
            wait_for_draft(folder, 10 * whole)
            time.sleep(chance.uniform(0, CARRYING_OUT_SECONDS))
        else:
            time.sleep(chance.uniform(0, whole))
        stop(process, signal.SIGKILL)
        pending = any(folder.glob(".git/scaffold/*/pending"))
        present = state(machine, folder)
        if pending:
            between(present, start, goal)
            said = machine.run("update", "project", "--json")
            assert (said.code, said.document["state"]) == (deed.code, "completed")
        elif present == start:
            assert machine.run("update", "project", *deed.words).code == deed.code
        else:
            machine.run("update", "project", "--preview")
        assert not state(machine, folder).differs(goal)
        assert leftovers(folder) == []
        machine.run("update", "project", "--undo")
        assert not state(machine, folder).differs(origin)

    in_two(kill, range(INSTANTS[name] // (1 if ALL else 8)))
