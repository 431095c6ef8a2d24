"""Each task is tried as often as somebody says, both ways, and each time is a row."""

from pathlib import Path

from app.agents.state import Json
from app.desk.tables import build_desk
from app.proving.tasks import Expected, Task, expect
from app.proving.trials import SEVERAL, SINGLE, open_trials, try_all
from app.runs.loops import run_to_end
from tests.small import UNKNOWN, small


def test_every_repeat_of_a_task_is_a_row(tmp_path: Path) -> None:
    place = small(tmp_path)
    task = Task(name="beauty", kind="unknown", question=UNKNOWN, refused=True)
    expected: list[Expected] = [expect(task, build_desk(place.settings, place.project))]
    said: list[str] = []

    async def inside() -> list[Json]:
        async with open_trials(place.settings, place.project) as bench:
            return await try_all(bench, expected, 3, said.append)

    rows = run_to_end(inside())
    assert [(row["unit"], row["repeat"]) for row in rows] == [("beauty", at) for at in range(3)]
    assert all(row[way]["passed"] for row in rows for way in (SEVERAL, SINGLE))
    assert said == []
