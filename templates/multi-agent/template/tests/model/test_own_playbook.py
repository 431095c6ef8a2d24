"""The playbook and the tasks of this project, whatever you make of them."""

import pytest

from app.agents.grounding import numbers
from app.model.composing import memo
from app.model.reading import check_workers, read_playbook
from app.project import read_project
from app.proving.tasks import read_tasks
from tests.conftest import ROOT

PROJECT = read_project(ROOT / "project.toml")
TOOLS = {name: one.tools for name, one in PROJECT.workers.items()}


@pytest.mark.skipif(not PROJECT.evaluation.playbook.exists(), reason="there is no playbook")
def test_it_can_be_followed() -> None:
    book = read_playbook(PROJECT.evaluation.playbook)
    check_workers(book, PROJECT.evaluation.playbook, TOOLS)
    for play in book.plays:
        written = memo(book, f"{play.words[0]} {' '.join(play.also[:1])}", [])
        # A title or a name with a number in it would make every memo unfounded that tells a gap.
        assert [one for text in written["open_questions"] for one in numbers(text)] == []


@pytest.mark.skipif(not PROJECT.evaluation.tasks.exists(), reason="there are no tasks")
def test_its_tasks_can_be_read() -> None:
    assert read_tasks(PROJECT.evaluation.tasks)
