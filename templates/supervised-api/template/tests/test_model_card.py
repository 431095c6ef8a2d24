"""The model card says what training found, and nothing is in it that training did not find."""

import pytest

from app.metadata import Metadata
from app.model_card import CARD, render
from app.project import Project
from app.settings import Settings
from app.tasks import TASKS


def test_a_card_lies_beside_the_model(
    trained: Metadata, project: Project, settings: Settings
) -> None:
    written = (settings.models_dir / trained.version / CARD).read_text(encoding="utf-8")
    assert written == render(trained, project, "md")
    assert trained.data_sha256 in written


@pytest.mark.parametrize("form", ["md", "html"])
def test_every_score_is_there_with_its_rows(form: str, trained: Metadata, project: Project) -> None:
    card = render(trained, project, "html" if form == "html" else "md")
    primary = TASKS[trained.task].primary
    rows = [line for line in card.splitlines() if line.startswith(("|", "<tr>"))]
    for candidate, scores in trained.metrics["test"].items():
        number = f"{scores.numbers[primary]:.4g}"
        assert [r for r in rows if candidate in r and number in r and str(scores.n) in r]
    for values in trained.slices.values():
        for value, scores in values.items():
            assert [row for row in rows if value in row and str(scores.n) in row]


def test_the_tables_are_markdown(trained: Metadata, project: Project) -> None:
    for block in render(trained, project, "md").split("\n\n"):
        if block.startswith("|"):
            widths = {line.replace("\\|", "").count("|") for line in block.strip().splitlines()}
            assert len(widths) == 1


def test_a_card_of_a_regression_has_neither_costs_nor_probabilities(
    trained: Metadata, project: Project
) -> None:
    numbers = dict.fromkeys(TASKS["regression"].titles, 1.5)
    values = {"task": "regression", "calibration": None, "costs": None, "threshold": None}
    metrics = {
        part: {name: scores.model_copy(update={"numbers": numbers})}
        for part, candidates in trained.metrics.items()
        for name, scores in candidates.items()
    }
    changed = trained.model_copy(update=values | {"metrics": metrics, "slices": {}})
    card = render(changed, project, "md")
    assert "mean absolute error" in card
    assert "Threshold" not in card
    assert "probabilit" not in card


def test_text_of_the_project_does_not_become_html(trained: Metadata, project: Project) -> None:
    words = project.words.model_copy(update={"title": "<script>alert(1)</script>"})
    card = render(trained, project.model_copy(update={"words": words}), "html")
    assert "<script" not in card


def test_changes_that_are_not_committed_are_told(trained: Metadata, project: Project) -> None:
    cards = [
        render(trained.model_copy(update={"git_commit": "abc", "dirty": dirty}), project, "md")
        for dirty in (False, True)
    ]
    assert ["not committed" in card for card in cards] == [False, True]


def test_texts_stand_left_and_numbers_right(trained: Metadata, project: Project) -> None:
    name = next(iter(trained.metrics["test"]))
    card = render(trained, project, "html")
    assert f'<td class="text">test</td><td class="text">{name}</td><td>' in card
    assert '<td class="text">never yes</td><td>' in card or trained.costs is None
    assert "\n| --- | --- | ---: |" in render(trained, project, "md")
