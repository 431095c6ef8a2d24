"""The data in the repository is the data that its description speaks of, and it fits the schema."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.columns import columns
from app.project import Project
from app.schema import Features
from app.service.errors import UserError
from app.training.table import Table, other_answers, read_table

from .conftest import ROOT


def changed(table: Table, project: Project, folder: Path, **values: Any) -> Project:  # noqa: ANN401
    """Returns a project whose data are ours, with columns set to a value, or dropped by None."""
    frame = table.frame.head(50).assign(**{k: v for k, v in values.items() if v is not None})
    frame = frame.drop(columns=[name for name, value in values.items() if value is None])
    path = folder / "rows.csv"
    frame.to_csv(path, index=False)
    return with_path(project, path)


def with_path(project: Project, path: Path) -> Project:
    return project.model_copy(update={"data": project.data.model_copy(update={"path": path})})


def test_the_description_has_the_hash_of_the_data(project: Project) -> None:
    readme = ROOT / "data" / "README.md"
    assert hashlib.sha256(project.data.path.read_bytes()).hexdigest() in readme.read_text("utf-8")


def test_every_row_fits_the_schema(table: Table) -> None:
    assert table.inputs.shape == (len(table.frame), len(columns()))
    assert len(np.unique(table.target)) > 1


def test_only_optional_columns_have_gaps(table: Table) -> None:
    gaps = [np.isnan(values).any() for values in table.inputs.T]
    assert not [c.name for c, gap in zip(columns(), gaps, strict=True) if gap and not c.optional]


def test_nothing_that_is_only_known_afterwards_is_a_feature(project: Project) -> None:
    assert project.data.target not in Features.model_fields
    assert project.data.entity not in Features.model_fields


def test_a_missing_column_is_named_with_the_file_that_wants_it(
    table: Table, project: Project, tmp_path: Path
) -> None:
    named = {project.baseline.column, *project.data.slices, project.split.time}
    feature = next(column.name for column in columns() if column.name not in named)
    with pytest.raises(UserError, match=rf"{feature}.*schema"):
        read_table(changed(table, project, tmp_path, **{feature: None}))
    with pytest.raises(UserError, match=r"project\.toml"):
        read_table(changed(table, project, tmp_path, **{project.data.target: None}))


def test_a_value_outside_the_schema_is_named_with_its_line(
    table: Table, project: Project, tmp_path: Path
) -> None:
    name = columns()[0].name
    with pytest.raises(UserError, match=rf"50 of 50 .* line 2, {name}"):
        read_table(changed(table, project, tmp_path, **{name: "no such value"}))


def test_a_target_with_one_answer_is_refused(
    table: Table, project: Project, tmp_path: Path
) -> None:
    wrong = changed(table, project, tmp_path, **{project.data.target: project.data.positive})
    positive = project.model_copy(
        update={"data": wrong.data.model_copy(update={"task": "classification"})}
    )
    with pytest.raises(UserError, match="and something else"):
        read_table(positive)


def with_target(
    table: Table, project: Project, folder: Path, task: str, values: list[object]
) -> Project:
    """Returns a project of a task, whose target has these values in turn."""
    column = [values[row % len(values)] for row in range(50)]
    changes = changed(table, project, folder, **{project.data.target: column})
    update = {"task": task, "positive": "Gentoo"}
    return project.model_copy(update={"data": changes.data.model_copy(update=update)})


def test_all_other_answers_count_as_no_and_are_named(
    table: Table, project: Project, tmp_path: Path
) -> None:
    species: list[object] = ["Gentoo", "Adelie", "Chinstrap"]
    three = with_target(table, project, tmp_path, "classification", species)
    found = read_table(three)
    assert found.target[:3].tolist() == [1, 0, 0]
    assert other_answers(found.frame, three) == ["'Adelie'", "'Chinstrap'"]


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_rows_without_an_answer_are_counted(
    table: Table, project: Project, tmp_path: Path, task: str
) -> None:
    gaps = with_target(table, project, tmp_path, task, ["Gentoo", "Adelie", None, None, "Adelie"])
    with pytest.raises(UserError, match="empty in 20 of 50 rows"):
        read_table(gaps)


@pytest.mark.parametrize("values", [["many", "few"], [1.5, float("inf")]])
def test_the_target_of_a_regression_is_a_finite_number(
    table: Table, project: Project, tmp_path: Path, values: list[object]
) -> None:
    with pytest.raises(UserError, match="finite number in every row"):
        read_table(with_target(table, project, tmp_path, "regression", values))


def test_a_feature_that_is_the_target_is_refused(project: Project) -> None:
    name = columns()[0].name
    data = project.data.model_copy(update={"target": name})
    with pytest.raises(UserError, match=name):
        read_table(project.model_copy(update={"data": data}))


def test_a_missing_or_unreadable_file_is_named(project: Project, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not here"):
        read_table(with_path(project, tmp_path / "no.csv"))
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(b"not gzip")
    for unreadable in (broken, tmp_path):
        with pytest.raises(UserError, match="can't be read") as caught:
            read_table(with_path(project, unreadable))
        assert "Errno" not in caught.value.problem
