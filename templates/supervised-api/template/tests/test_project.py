"""What `project.toml` may say."""

from pathlib import Path

import pytest

from app.project import Costs, read_project
from app.service.errors import UserError

SMALLEST = """
[data]
path = "rows.csv"
target = "y"
[baseline]
column = "x"
at_least = 1
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "project.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    project = read_project(written(tmp_path, SMALLEST))
    assert project.words.title
    assert project.split.time is None
    assert project.gates.parity_share == 0.99


def test_the_data_lies_beside_the_file(tmp_path: Path) -> None:
    assert read_project(written(tmp_path, SMALLEST)).data.path == tmp_path / "rows.csv"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[data", "project.toml"),
        (SMALLEST.replace("target", "traget"), "traget|target"),
        (SMALLEST + "[gates]\nparity_share = 2\n", "gates.parity_share"),
        (SMALLEST.replace("[baseline]", "task = 'clustering'\n[baseline]"), "data.task"),
        (SMALLEST.replace("at_least = 1", ""), "one of `at_least` and `at_most`"),
        (SMALLEST + "at_most = 3\n", "one of `at_least` and `at_most`"),
        (SMALLEST.replace('column = "x"', ""), "needs `column`"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(UserError, match=named):
        read_project(written(tmp_path, text))


def test_a_missing_file_says_where_to_run(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read_project(tmp_path / "project.toml")
    assert "PROJECT_FILE" in caught.value.remedy
    with pytest.raises(UserError, match=r"can't be read: [A-Z]"):  # in words, without a number
        read_project(tmp_path)


def test_the_threshold_is_where_both_answers_cost_the_same() -> None:
    costs = Costs(false_alarm=1, miss=4)
    assert costs.threshold * costs.miss == pytest.approx((1 - costs.threshold) * costs.false_alarm)
