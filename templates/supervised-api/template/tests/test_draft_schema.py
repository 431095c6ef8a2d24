"""`app draft-schema`: the one class for a table of your own, or why there can't be one yet."""

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from app.cli import main
from app.columns import Column, columns_of
from app.training.naming import field_name, new_names

from .conftest import ROOT
from .test_profile import ROWS, written

COLUMNS: dict[str, list[object]] = {
    "weight": [row / 4 + 20 for row in range(ROWS)],
    "degrees": [row / 4 - 5 if row % 9 else None for row in range(ROWS)],
    "share": [row % 4 / 4 for row in range(ROWS)],
    "visits": [row % 20 for row in range(ROWS)],
    "member": [row % 2 for row in range(ROWS)],
    "smoker": ["True" if row % 3 else None if row % 2 else "False" for row in range(ROWS)],
    "plan": [("basic", "full", "größer")[row % 3] for row in range(ROWS)],
    "said": [('a "b"', "c\u2013d", None)[row % 3] for row in range(ROWS)],
    "place": [f"a place with quite a long name {row % 9}" for row in range(ROWS)],
    "y": ["yes" if row * row % 7 < 2 else "no" for row in range(ROWS)],
}
BAD: dict[str, list[object]] = {
    "joined": [f"2024-01-{row % 28 + 1:02}" for row in range(ROWS)],
    "same": ["all"] * ROWS,
    "nothing": [None] * ROWS,
}


def schema_of(file: Path) -> dict[str, Column]:
    """Imports a drafted file and returns its columns by name."""
    spec = importlib.util.spec_from_file_location("drafted", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model: type[BaseModel] = module.Features
    return {column.name: column for column in columns_of(model)}


@pytest.fixture
def drafted(tmp_path: Path) -> Path:
    """A schema of `COLUMNS`, written by the command."""
    file, schema = written(tmp_path, COLUMNS), tmp_path / "schema.py"
    assert main(["draft-schema", str(file), "--target", "y", "--output", str(schema)]) == 0
    return schema


def test_each_column_but_the_target_becomes_a_field_of_its_kind(drafted: Path) -> None:
    fields = schema_of(drafted)
    assert list(fields) == [name for name in COLUMNS if name != "y"]
    kinds = {name: (one.kind, one.whole, one.optional) for name, one in fields.items()}
    assert kinds["weight"] == ("number", False, False)
    assert kinds["degrees"] == ("number", False, True)
    assert kinds["visits"] == ("number", True, False)
    assert kinds["member"] == ("boolean", False, False)
    assert kinds["smoker"] == ("boolean", False, True)
    assert fields["plan"].categories == ("basic", "full", "größer")
    assert set(fields["said"].categories) == {'a "b"', "c\u2013d"}


def test_ranges_hold_the_data_and_room_but_nothing_below_zero_without_need(drafted: Path) -> None:
    fields = schema_of(drafted)
    limits = {name: [one.minimum, one.maximum] for name, one in fields.items()}
    assert limits["weight"] == [0, 43]  # 20 to 34.75
    assert limits["degrees"] == [-12, 17]  # -4.75 to 9.5
    assert limits["share"] == [0, 1.2]  # 0 to 0.75
    assert limits["visits"] == [0, 29]  # 0 to 19


def test_the_example_is_typical_and_the_draft_says_where_ranges_come_from(drafted: Path) -> None:
    fields = schema_of(drafted)
    assert fields["plan"].example == "basic"
    assert fields["visits"].example in COLUMNS["visits"]
    assert isinstance(fields["member"].example, bool)
    assert "half of that range" in drafted.read_text(encoding="utf-8")


def test_the_draft_passes_linter_formatter_and_strict_types(drafted: Path) -> None:
    for words in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        config = ["--config-file" if words == ["mypy"] else "--config", ROOT / "pyproject.toml"]
        command = [sys.executable, "-m", *words, *config, drafted]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_draft_goes_to_standard_output_unless_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], drafted: Path
) -> None:
    capsys.readouterr()
    assert main(["draft-schema", str(tmp_path / "rows.csv"), "--target", "y"]) == 0
    assert capsys.readouterr().out == drafted.read_text(encoding="utf-8")


def test_a_file_is_not_replaced_without_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], drafted: Path
) -> None:
    drafted.write_text("mine", encoding="utf-8")
    words = ["draft-schema", str(tmp_path / "rows.csv"), "--target", "y", "--output", str(drafted)]
    assert main(words) == 1
    assert "--force" in capsys.readouterr().err
    assert drafted.read_text(encoding="utf-8") == "mine"
    assert main([*words, "--force"]) == 0
    assert "class Features" in drafted.read_text(encoding="utf-8")


def test_a_file_in_no_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], drafted: Path
) -> None:
    file = str(drafted.parent / "none" / "schema.py")
    rows = str(tmp_path / "rows.csv")
    assert main(["draft-schema", rows, "--target", "y", "--output", file]) == 1
    assert "There is no folder" in capsys.readouterr().err


def advised(
    folder: Path, columns: dict[str, list[object]], capsys: pytest.CaptureFixture[str]
) -> dict[str, Any]:
    """Returns the proposed lines of project.toml, read."""
    assert main(["draft-schema", str(written(folder, columns)), "--target", "y"]) == 0
    said = capsys.readouterr().err
    return tomllib.loads(said[said.index("[data]") :])


def test_the_rule_that_ranks_best_is_proposed_for_a_question(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fits: list[object] = [row if row < 40 else -row for row in range(ROWS)]
    answers: list[object] = ["yes" if row >= 40 else "no" for row in range(ROWS)]
    noise: list[object] = [row % 7 for row in range(ROWS)]
    columns = {"noise": noise, "fits": fits, "y": answers}
    told = advised(tmp_path, columns, capsys)
    assert told["data"]["positive"] == "yes"
    assert told["baseline"] == {"column": "fits", "at_most": -40}
    turned = columns | {"fits": [row * (-1) ** (row < 40) for row in range(ROWS)]}
    assert advised(tmp_path, turned, capsys)["baseline"] == {"column": "fits", "at_least": 40}


def test_the_rule_of_a_regression_is_a_column_that_beats_the_median(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spent: list[object] = [row * 1.5 for row in range(ROWS)]
    near: list[object] = [row * 1.4 for row in range(ROWS)]
    told = advised(tmp_path, {"near": near, "y": spent}, capsys)
    assert told["data"]["task"] == "regression"
    assert told["baseline"] == {"column": "near"}
    far: list[object] = [row % 5 * 1000 for row in range(ROWS)]
    assert advised(tmp_path, {"far": far, "y": spent}, capsys)["baseline"] == {}


def test_without_a_column_of_numbers_it_says_that_a_rule_needs_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = {name: COLUMNS[name] for name in ("plan", "y")}
    assert main(["draft-schema", str(written(tmp_path, columns)), "--target", "y"]) == 0
    assert "needs a column of numbers" in capsys.readouterr().err


def test_columns_that_can_not_be_inputs_are_refused_in_one_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, COLUMNS | BAD)
    assert main(["draft-schema", str(file), "--target", "y"]) == 1
    lines = capsys.readouterr().err.splitlines()
    for name in BAD:
        (line,) = [line for line in lines if line.startswith(f"  {name}: ")]
        assert f"--drop {name}" in line
    assert main(["draft-schema", str(file), "--target", "y", "--drop", *BAD]) == 0


@pytest.mark.parametrize("target", [*BAD, "smoker"])
def test_a_target_that_can_not_be_learned_is_refused(
    target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["draft-schema", str(written(tmp_path, COLUMNS | BAD)), "--target", target]) == 1
    assert f"The target {target} can't be learned" in capsys.readouterr().err


def test_a_column_to_drop_must_exist_and_one_must_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(written(tmp_path, {"x": [1, 2], "y": ["a", "b"]}))
    assert main(["draft-schema", file, "--target", "y", "--drop", "z"]) == 1
    assert "no column z" in capsys.readouterr().err
    assert main(["draft-schema", file, "--target", "y", "--drop", "x"]) == 1
    assert "0 of 0" in capsys.readouterr().err


def test_names_that_no_field_can_have_are_refused_and_a_copy_repairs_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = {"bill length (mm)": COLUMNS["weight"], "class": COLUMNS["visits"]}
    file = written(tmp_path, columns | {"the y": COLUMNS["y"]})
    words = ["draft-schema", str(file), "--target", "the y"]
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "'class' could be class_" in said
    assert "--renamed" in said
    clean = tmp_path / "clean.csv"
    assert main([*words, "--renamed", str(clean)]) == 0
    drafted = capsys.readouterr()
    assert "bill_length_mm: float = Field(" in drafted.out
    assert "clean.csv" in drafted.err
    before, after = (one.read_text(encoding="utf-8") for one in (file, clean))
    assert after.splitlines()[0] == "bill_length_mm,class_,the y"
    assert after.splitlines()[1:] == before.splitlines()[1:]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("age", "age"),
        ("Pclass", "Pclass"),
        ("petalWidth", "petal_width"),
        ("mean radius", "mean_radius"),
        ("2nd", "column_2nd"),
        ("class", "class_"),
        ("copy", "copy_"),
        ("float", "float_"),
        ("_id", "id"),
        ("Größe in %", "groe_in"),
        ("型", "column"),
    ],
)
def test_a_field_is_called_like_its_column_where_python_allows_it(header: str, name: str) -> None:
    assert field_name(header) == name


def test_two_columns_never_get_one_name() -> None:
    headers = ["a b", "a-b", "a_b", "c"]
    assert new_names(headers, headers) == {"a b": "a_b_2", "a-b": "a_b_3"}


def test_a_field_that_looks_like_an_identifier_is_drafted_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, COLUMNS | {"member_id": [row * row for row in range(ROWS)]})
    assert main(["draft-schema", str(file), "--target", "y"]) == 0
    advice = capsys.readouterr().err
    assert "#   member_id: looks like an identifier" in advice
    assert main(["draft-schema", str(file), "--target", "y", "--drop", "member_id"]) == 0
    assert "Look twice" not in capsys.readouterr().err
