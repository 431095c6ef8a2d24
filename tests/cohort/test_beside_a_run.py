"""A report beside a command that is at work on the class: it waits, and gives up in the end."""

from __future__ import annotations

import csv
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from scaffold.cohort import alone, nudge, report
from scaffold.cohort.standing import Asked
from scaffold.errors import RequestError
from tests.cohort.clones import NOW, Room
from tests.cohort.school import School, wait_for_an_end

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANY = tuple(f"l{number:02}" for number in range(12))
WAITING = "Waiting: another `scaffold cohort` is at work on The class ...\n"


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="stops a whole session")
def test_a_report_waits_for_the_collecting_that_is_under_way(school: School, pack: Path) -> None:
    school.write(pack, "out/{username}.git", learners=MANY)
    school.states("handout", "--no-lock", code=0)
    collecting = school.begin("collect", "--jobs", "1")
    wait_for_an_end(school, "collect")
    os.killpg(collecting.pid, signal.SIGSTOP)
    try:
        there = len(list((school.folder / "repositories/one").iterdir()))
        assert there < len(MANY)  # it is in the middle
        reporting = school.begin("report")
        assert reporting.stderr is not None
        assert reporting.stderr.readline() == WAITING
    finally:
        os.killpg(collecting.pid, signal.SIGCONT)
    assert collecting.wait(timeout=100) == 0
    _, said = reporting.communicate(timeout=100)
    assert reporting.returncode == 0, said
    text = (school.folder / "reports/report.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [one["state"] for one in rows] == ["read"] * len(MANY)


@pytest.fixture
def room(tmp_path: Path, pack: Path) -> Room:
    """A class of one, collected."""
    its = Room(tmp_path / "class", pack, ("ada",), "")
    its.make("ada")
    return its


@pytest.mark.parametrize("make", [report.make, nudge.make])
def test_one_that_does_not_end_is_not_waited_for_without_end(
    room: Room, monkeypatch: pytest.MonkeyPatch, make: Callable[..., object]
) -> None:
    monkeypatch.setattr(alone, "PATIENCE_SECONDS", 0.3)
    make(room.klass, room.tasks(), Asked(NOW))
    (room.folder / "reports").mkdir(exist_ok=True)
    before = {file: file.read_bytes() for file in room.folder.rglob("*.*") if file.is_file()}
    waited: list[float] = []
    watch = report.Watch(waits=lambda: waited.append(time.monotonic()))
    with (
        FileLock(room.folder / ".cohort" / "lock"),
        pytest.raises(
            RequestError, match="Another `scaffold cohort` is at work on ML, spring"
        ) as e,
    ):
        make(room.klass, room.tasks(), Asked(NOW), watch)
    assert e.value.remedy == "Wait until it is done."
    assert 0.3 <= time.monotonic() - waited[0] < 5
    assert before == {file: file.read_bytes() for file in before}


def test_nothing_begins_to_collect_while_a_report_is_made(room: Room) -> None:
    refused: list[str] = []

    def told(done: int, of: int) -> None:
        assert (done, of) == (1, 1)
        with pytest.raises(RequestError) as caught, alone.alone(room.klass):
            pass
        refused.append(caught.value.problem)

    report.make(room.klass, room.tasks(), Asked(NOW), report.Watch(told))
    assert refused == ["Another `scaffold cohort` is at work on ML, spring."]
    with alone.alone(room.klass):
        pass
