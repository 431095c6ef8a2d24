"""Another domain is other data: nothing in the code has to change for a greenhouse."""

import shutil
from pathlib import Path

import pytest

from app.agents.memo import Answer
from app.agents.state import Json
from app.desk.tables import build_desk
from app.project import Project, read_project
from app.proving.tasks import expect, read_tasks
from app.proving.trials import SEVERAL, SINGLE, open_trials, try_all
from app.runs.loops import run_to_end
from app.settings import Settings

GREENHOUSE = Path(__file__).parent / "greenhouse"
LITTLE_MOISTURE, ENOUGH = "A2,28,2", "A2,48,2"


def place(folder: Path) -> tuple[Settings, Project]:
    shutil.copytree(GREENHOUSE, folder / "greenhouse")
    settings = Settings(
        _env_file=None,
        model="offline",
        project_file=folder / "greenhouse" / "project.toml",
        desk_file=folder / "desk.db",
        database_url=f"sqlite:///{folder / 'app.db'}",
    )
    return settings, read_project(settings.project_file)


def water(project: Project, *changes: tuple[str, str]) -> None:
    """Writes other readings."""
    file = project.desk.tables / "readings.csv"
    text = file.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    file.write_text(text, encoding="utf-8", newline="\n")


def evaluated(settings: Settings, project: Project, *names: str) -> list[Json]:
    """Tries the tasks, of these names or all, with several agents and with one."""
    desk = build_desk(settings, project)
    every = read_tasks(project.evaluation.tasks)
    tasks = [one for one in every if not names or one.name in names]

    async def inside() -> list[Json]:
        async with open_trials(settings, project) as bench:
            return await try_all(bench, [expect(one, desk) for one in tasks], 1, print)

    return run_to_end(inside())


def test_every_task_passes_with_several_agents_and_with_one(tmp_path: Path) -> None:
    rows = evaluated(*place(tmp_path))
    assert len(rows) >= 8
    assert [row["unit"] for row in rows if not row[SEVERAL]["passed"]] == []
    assert [row["unit"] for row in rows if not row[SINGLE]["passed"]] == []


@pytest.mark.parametrize(
    ("readings", "answer"),
    [
        ([], "no"),
        ([(LITTLE_MOISTURE, ENOUGH), ("B2,22,1", "B2,62,1")], "conditional"),
        ([(LITTLE_MOISTURE, ENOUGH), ("B2,22,1", "B2,62,1"), ("C2,55,50", "C2,55,5")], "yes"),
    ],
)
def test_the_answer_follows_the_tables(
    tmp_path: Path, readings: list[tuple[str, str]], answer: Answer
) -> None:
    settings, project = place(tmp_path)
    water(project, *readings)

    async def inside() -> Json:
        async with open_trials(settings, project) as bench:
            run = await bench.runner.start(project.words.example)
            assert run.status == "waiting", run.reason
            assert run.memo
            return run.memo

    memo = run_to_end(inside())
    assert memo["answer"] == answer
    assert bool(memo["exceptions"]) == (answer != "yes")


def test_a_task_that_is_not_fulfilled_fails(tmp_path: Path) -> None:
    settings, project = place(tmp_path)
    file = project.evaluation.playbook
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("late} days beyond", "age} days beyond"), encoding="utf-8")
    (row,) = evaluated(settings, project, "ripe")
    assert row[SEVERAL]["failures"] == row[SINGLE]["failures"] == ["the memo does not say 5"]
