"""`app evaluate` and `app report`: numbers that follow from rows, on entities nobody trained on."""

import functools
import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from app.cli import main
from app.evidence.intervals import resample
from app.evidence.report import read_report, write_report
from app.metadata import Metadata
from app.numbers import Outcomes
from app.project import Costs, Project
from app.proving import evaluate, evaluation
from app.proving.claims import claims
from app.service.errors import UserError
from app.settings import Settings
from app.tasks import TASKS, TaskName
from app.training.split import split_rows
from app.training.table import Table

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module", autouse=True)
def _quickly(table: Table) -> Iterator[None]:
    """An interval of five draws is worth nothing, but it is made like one of a thousand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "resample", functools.partial(resample, resamples=5))
        patch.setattr(evaluate, "read_table", lambda _: table)
        yield


@pytest.fixture(scope="module")
def measured(
    settings: Settings, trained: Metadata, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    assert trained.version
    folder = tmp_path_factory.mktemp("reports")
    measured = settings.model_copy(update={"reports_dir": folder})
    evaluate.evaluate(measured, lambda _: None, check=False)
    return measured


@pytest.fixture
def report(measured: Settings) -> dict[str, Any]:
    return read_report(measured.reports_dir / evaluate.FILE)


@pytest.fixture
def rows(measured: Settings, report: dict[str, Any]) -> Rows:
    packed = (measured.reports_dir / report["rows"]["file"]).read_bytes()
    return [json.loads(line) for line in gzip.decompress(packed).splitlines()]


def reference(name: str, truth: list[float], outputs: list[float]) -> float:
    functions = {
        "ap": metrics.average_precision_score,
        "auc": metrics.roc_auc_score,
        "brier": metrics.brier_score_loss,
        "mae": metrics.mean_absolute_error,
        "rmse": metrics.root_mean_squared_error,
        "r2": metrics.r2_score,
    }
    return float(functions[name](truth, outputs))


@pytest.mark.parametrize("who", ["champion", "baseline"])
def test_the_numbers_are_those_of_the_rows(report: dict[str, Any], rows: Rows, who: str) -> None:
    unseen = [row for row in rows if row["unseen"]]
    truth = [row["label"] for row in unseen]
    outputs = [row["outputs"][who] for row in unseen]
    names = set(report[who]) - {"cost_per_1000", "calibration_error"}
    assert names
    for name in names:
        expected = reference(name, truth, outputs)
        assert report[who][name]["value"] == pytest.approx(expected, abs=1e-9)
        assert report[who][name]["n"] == len(unseen)


@pytest.mark.parametrize("name", ["ap", "auc", "brier", "mae", "rmse", "r2"])
def test_each_number_is_what_everybody_means_by_it(name: str) -> None:
    random = np.random.default_rng(3)
    truth = (random.random(200) < 0.3).astype(np.float64)
    outputs = np.round(random.random(200), 1)  # many are equal
    task: TaskName = "regression" if name in {"mae", "rmse", "r2"} else "classification"
    outcomes = Outcomes(task, truth, outputs, outputs > 0.5, Costs())
    found = outcomes.number(name, np.arange(200))
    assert found == pytest.approx(reference(name, list(truth), list(outputs)), abs=1e-12)


@pytest.mark.parametrize("name", ["ap", "auc", "r2"])
def test_where_all_answers_are_the_same_some_numbers_do_not_exist(name: str) -> None:
    zeros = np.zeros(5)
    outcomes = Outcomes("classification", zeros, np.arange(5.0), zeros > 0, Costs())
    assert np.isnan(outcomes.number(name, np.arange(5)))


def test_the_cost_is_that_of_the_wrong_decisions(
    report: dict[str, Any], rows: Rows, project: Project
) -> None:
    if project.data.task == "regression":
        assert "cost_per_1000" not in report["champion"]
        return
    unseen = [row for row in rows if row["unseen"]]
    wrong = [row for row in unseen if row["decisions"]["champion"] != (row["label"] == 1)]
    costs = project.costs
    total = sum(costs.miss if row["label"] == 1 else costs.false_alarm for row in wrong)
    found = report["champion"]["cost_per_1000"]["value"]
    assert found == pytest.approx(1000 * total / len(unseen))


def test_the_headline_is_about_entities_that_nobody_trained_on(
    rows: Rows, table: Table, project: Project
) -> None:
    unseen = {row["unit"] for row in rows if row["unseen"]}
    train = np.flatnonzero(split_rows(table, project).train)
    entity = project.data.entity
    trained_on = table.frame[entity].iloc[train] if entity else train + 2
    assert unseen
    assert unseen.isdisjoint(map(str, trained_on))


def test_an_interval_draws_whom_a_row_is_about(rows: Rows, table: Table, project: Project) -> None:
    entity = project.data.entity
    test = np.flatnonzero(split_rows(table, project).test)
    units = table.frame[entity].iloc[test] if entity else test + 2
    assert {row["unit"] for row in rows} <= set(map(str, units))
    if entity:
        assert not {row["unit"] for row in rows} <= set(map(str, test + 2))


def test_the_difference_is_the_models_number_minus_the_rules(report: dict[str, Any]) -> None:
    for name, found in report["difference"].items():
        ours, theirs = report["champion"][name]["value"], report["baseline"][name]["value"]
        assert found["value"] == pytest.approx(ours - theirs)
        assert found["low"] <= found["high"]


def test_the_worst_slice_is_the_worst_of_those_large_enough(
    report: dict[str, Any], project: Project
) -> None:
    task = TASKS[project.data.task]
    found = [
        task.gain(part["difference"]["value"], 0)
        for values in report["slices"].values()
        for part in values.values()
        if part[task.primary]["n"] >= project.gates.slice_rows
    ]
    if not found:
        assert "worst_slice" not in report
        return
    assert task.gain(report["worst_slice"]["difference"]["value"], 0) == min(found)


def test_the_readme_names_the_slice_that_gains_least(
    report: dict[str, Any], rows: Rows, project: Project, tmp_path: Path
) -> None:
    def words() -> list[str]:
        found = claims(project, tmp_path)
        return [claim.words for claim in found if claim.pointer.startswith("/worst_slice/")]

    title = TASKS[project.data.task].titles[TASKS[project.data.task].primary]
    start = f"The model where it gains least over the rule: {title} of "
    assert words() == [f"{start}one slice"]  # not measured yet
    for name, shown in (("site=a town", "site=a town"), ("x=a|b\n[1](c)", "x=a b 1 (c)")):
        changed = report | {"worst_slice": {"slice": name}}
        write_report(tmp_path / evaluate.FILE, changed, rows)
        assert words() == [start + shown]


def test_the_slice_that_gains_least_is_said(
    measured: Settings, report: dict[str, Any], tmp_path: Path
) -> None:
    said: list[str] = []
    there = measured.model_copy(update={"reports_dir": tmp_path})
    evaluate.evaluate(there, said.append, check=False)
    told = [line for line in said if "gains least" in line]
    assert len(told) == ("worst_slice" in report)
    assert all(line.endswith(f"where {report['worst_slice']['slice']}.") for line in told)


def test_the_three_examples_are_rows_and_what_they_are_called(
    report: dict[str, Any], rows: Rows
) -> None:
    by_id = {row["id"]: row for row in rows if row["unseen"]}
    errors = {}
    for name, case in report["examples"].items():
        row = by_id[case["id"]]
        assert row["outputs"]["champion"] == case["output"]
        errors[name] = abs(case["output"] - row["label"])
    assert errors["clear"] <= errors["borderline"] <= errors["wrong"]


def test_measured_again_nothing_differs(measured: Settings) -> None:
    before = (measured.reports_dir / evaluate.FILE).read_bytes()
    evaluate.evaluate(measured, lambda _: None, check=True)
    assert (measured.reports_dir / evaluate.FILE).read_bytes() == before


def test_a_number_that_was_edited_is_named(
    measured: Settings, report: dict[str, Any], rows: Rows, tmp_path: Path
) -> None:
    name = next(iter(report["champion"]))
    report["champion"][name]["value"] += 0.01
    write_report(tmp_path / evaluate.FILE, report, rows)
    edited = measured.model_copy(update={"reports_dir": tmp_path})
    with pytest.raises(UserError) as refusal:
        evaluate.evaluate(edited, lambda _: None, check=True)
    assert f"/champion/{name}/value" in refusal.value.problem
    assert "/baseline" not in refusal.value.problem


def test_a_gate_that_does_not_hold_ends_with_an_error_after_the_report(
    measured: Settings, tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates = project.gates.model_copy(update={"gain_over_baseline": 1e9})
    strict = project.model_copy(update={"gates": gates})
    monkeypatch.setattr(evaluate, "read_project", lambda _: strict)
    changed = measured.model_copy(update={"reports_dir": tmp_path})
    with pytest.raises(UserError, match="Gate `gain_over_baseline` failed"):
        evaluate.evaluate(changed, lambda _: None, check=False)
    assert (tmp_path / evaluate.FILE).exists()


def test_a_challenger_is_measured_beside_the_champion(
    measured: Settings, trained: Metadata, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    shutil.copytree(measured.models_dir, models)
    shutil.copytree(models / trained.version, models / "other")
    (models / "challenger").write_text("other\n", encoding="utf-8")
    changes = {"models_dir": models, "reports_dir": tmp_path / "reports"}
    evaluate.evaluate(measured.model_copy(update=changes), lambda _: None, check=False)
    report = read_report(tmp_path / "reports" / evaluate.FILE)
    assert report["challenger"].keys() == report["champion"].keys()
    assert {found["value"] for found in report["challenger_difference"].values()} == {0}


def test_of_very_many_rows_a_part_with_whole_entities_is_kept(
    measured: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rows: Rows
) -> None:
    monkeypatch.setattr(evaluate, "MOST_ROWS", len(rows) // 2)
    small = measured.model_copy(update={"reports_dir": tmp_path})
    evaluate.evaluate(small, lambda _: None, check=False)
    packed = (tmp_path / "evaluation.rows.jsonl.gz").read_bytes()
    kept = [json.loads(line) for line in gzip.decompress(packed).splitlines()]
    assert 0.3 < len(kept) / len(rows) < 0.7
    units = {row["unit"] for row in kept}
    assert len(kept) == sum(row["unit"] in units for row in rows)


@pytest.mark.usefixtures("at_root")
def test_the_commands_measure_and_then_write_the_readme(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REPORTS_DIR", str(tmp_path))
    assert main(["evaluate"]) == 0
    assert "/champion/" in capsys.readouterr().out
    shutil.copy("project.toml", tmp_path)
    (tmp_path / "README.md").write_text("<!-- numbers -->\n<!-- /numbers -->\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPORTS_DIR", ".")
    assert main(["report", "--check"]) == 1
    assert main(["report"]) == 0
    assert "README.md" in capsys.readouterr().out
    assert "evaluation.json#/champion/" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert main(["report", "--check"]) == 0
