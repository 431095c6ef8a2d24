"""The gates: real small trainings, each with one fault that its gate has to see."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier

from app.columns import columns
from app.metadata import Metadata, Parity, Scores
from app.project import Gates
from app.service.errors import UserError
from app.settings import Settings
from app.tasks import TASKS, TaskName
from app.training import run
from app.training.calibration import calibration_of
from app.training.candidates import BOOSTING, LINEAR, RULE
from app.training.export import Cases, compare, to_onnx_bytes
from app.training.gates import check_calibration, check_parity, check_quality
from app.training.table import Table

from .small import ROWS, project_of, quick_boosting, table_of

BOTH: list[TaskName] = ["classification", "regression"]


@dataclass
class Trainer:
    """Trains on tables that are given instead of read."""

    settings: Settings
    patch: pytest.MonkeyPatch
    said: list[str] = field(default_factory=list)

    def __call__(
        self, table: Table, task: TaskName, kind: str = BOOSTING, **gates: object
    ) -> Metadata:
        self.patch.setattr(run, "read_table", lambda _: table)
        return run.train(project_of(task, **gates), self.settings, self.said.append, kind=kind)

    def refused(self, table: Table, task: TaskName, **gates: object) -> str:
        """Returns why a training is refused, and makes sure that it left nothing."""
        with pytest.raises(UserError) as caught:
            self(table, task, BOOSTING, **gates)
        assert not self.settings.models_dir.exists()
        return caught.value.problem


@pytest.fixture
def train(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trainer:
    monkeypatch.setattr("app.training.candidates.boosting", quick_boosting)
    there = settings.model_copy(update={"models_dir": tmp_path / "models"})
    return Trainer(there, monkeypatch)


def with_column(table: Table, index: int, values: npt.NDArray[np.floating[Any]]) -> Table:
    inputs = table.inputs.copy()
    inputs[:, index] = values
    return replace(table, inputs=inputs)


@pytest.mark.parametrize("kind", [BOOSTING, LINEAR])
@pytest.mark.parametrize("task", BOTH)
def test_an_honest_small_table_passes_every_gate(train: Trainer, task: TaskName, kind: str) -> None:
    found = train(table_of(task), task, kind, calibration_error=0.1)
    assert found.kind == kind
    assert found.parity.share_within > 0.99
    assert set(found.metrics["unseen"][kind].numbers) == set(TASKS[task].titles)
    assert found.slices["group"]["a"].numbers
    assert found.slices["group"]["rare"].numbers == {}
    assert any("group rare" in line and "too few" in line for line in train.said)


def test_a_column_that_is_always_empty_is_refused_by_name(train: Trainer) -> None:
    empty = with_column(table_of("regression"), 0, np.array([np.nan]))
    assert columns()[0].name in train.refused(empty, "regression")


@pytest.mark.parametrize("task", BOTH)
def test_a_model_that_learned_nothing_is_refused(
    train: Trainer, task: TaskName, monkeypatch: pytest.MonkeyPatch
) -> None:
    dummy = DummyClassifier if task == "classification" else DummyRegressor
    monkeypatch.setattr("app.training.candidates.boosting", lambda *_: dummy())
    table = table_of(task)
    table.frame["hint"] = table.target + np.random.default_rng(0).normal(scale=0.5, size=ROWS)
    assert "gain_over_baseline" in train.refused(table, task)


@pytest.mark.parametrize("task", BOTH)
def test_a_column_that_knows_the_answer_is_refused_by_name(train: Trainer, task: TaskName) -> None:
    table = table_of(task)
    leaking = with_column(table, 0, -table.target)
    name = columns()[0].name
    problem = train.refused(leaking, task)
    assert "Gate `leak`" in problem
    assert name in problem
    assert train(leaking, task, not_leaks=(name,)).alone[name] > 0.99


def test_a_column_that_is_missing_only_where_the_answer_is_no_is_a_leak(train: Trainer) -> None:
    table = table_of("classification")
    values = np.where(table.target == 1, np.nan_to_num(table.inputs[:, 0]), np.nan)
    leaking = with_column(table, 0, values)
    assert columns()[0].name in train.refused(leaking, "classification")


@pytest.mark.parametrize("task", BOTH)
def test_an_export_that_answers_otherwise_is_refused(
    train: Trainer, task: TaskName, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = table_of(task)
    other = quick_boosting(task, 1).fit(table.inputs[:400], table.target[:400])
    monkeypatch.setattr(run, "to_onnx_bytes", lambda _, width: to_onnx_bytes(other, width))
    assert "Gate `parity`" in train.refused(table, task, calibration_error=1)


class Overconfident(HistGradientBoostingClassifier):  # type: ignore[misc]
    """Ranks well, but says far too high a probability."""

    def predict_proba(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        probabilities = super().predict_proba(rows)[:, 1] ** 0.2
        return np.column_stack([1 - probabilities, probabilities])


def test_probabilities_that_do_not_come_true_are_refused(
    train: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.training.candidates.boosting", lambda *_: Overconfident(max_iter=30))
    problem = train.refused(table_of("classification"), "classification")
    assert "Gate `calibration`" in problem
    assert "chance explains" in problem


@pytest.mark.parametrize("task", BOTH)
def test_a_slice_that_is_worse_than_the_rule_is_named_with_its_numbers(
    train: Trainer, task: TaskName
) -> None:
    table = table_of(task)
    there = (table.frame["group"] == "b").to_numpy() & (np.arange(ROWS) % 2 == 0)
    flipped = 1 - table.target if task == "classification" else -table.target
    target = np.where(there, flipped, table.target)
    group = table.frame["group"].mask(there, "flipped")
    hint = np.where(there, target, table.frame["hint"] + target)
    changed = replace(table, target=target, frame=table.frame.assign(group=group, hint=hint))
    problem = train.refused(
        changed, task, gain_over_baseline=-9, calibration_error=1, slice_rows=50, slice_loss=0.5
    )
    assert "Gate `slices`" in problem
    assert "group flipped (n=" in problem


def scores(ap: float) -> Scores:
    return Scores(n=100, positives=20, numbers={"ap": ap})


def test_the_quality_gate_passes_at_its_margin_and_fails_below() -> None:
    gates = Gates(gain_over_baseline=0.05)
    check_quality(scores(0.55), scores(0.45), gates, "classification")
    with pytest.raises(UserError, match=r"0\.480.*0\.450"):
        check_quality(scores(0.48), scores(0.45), gates, "classification")


def test_in_a_regression_a_smaller_error_is_the_gain() -> None:
    model, rule = (Scores(n=9, positives=None, numbers={"mae": mae}) for mae in (8.0, 10.0))
    check_quality(model, rule, Gates(gain_over_baseline=2), "regression")
    with pytest.raises(UserError, match="mean absolute error"):
        check_quality(rule, model, Gates(), "regression")


def test_a_small_table_does_not_fail_by_chance() -> None:
    random = np.random.default_rng(1)
    for _ in range(20):
        probabilities = random.random(60)
        truth = (random.random(60) < probabilities).astype(np.float64)
        found = calibration_of(probabilities, truth)
        assert found.by_chance > 0.1
        check_calibration(found, Gates(calibration_error=0.15))


def test_few_rows_are_a_possible_cause_of_bad_calibration_and_another_seed_is_no_cure() -> None:
    found = calibration_of(np.full(60, 0.2), np.ones(60))
    with pytest.raises(UserError, match="or what chance explains if that is more") as caught:
        check_calibration(found, Gates())
    assert "60 test rows are too few" in caught.value.remedy
    assert "Another `seed` is no cure" in caught.value.remedy


def test_where_the_line_does_better_the_key_that_serves_it_is_named(
    train: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.training.candidates.boosting", lambda *_: DummyClassifier())
    train.refused(table_of("classification"), "classification", gain_over_baseline=1)
    told = [line for line in train.said if "linear is better" in line]
    assert len(told) == 1
    assert 'serve = "linear" under [model]' in told[0]


def test_calibration_is_measured_in_bins_of_equal_size() -> None:
    probabilities = np.repeat([0.2, 0.6], 500)
    truth = np.tile([1.0, 0.0], 500)
    found = calibration_of(probabilities, truth)
    assert found.error == pytest.approx(0.2)  # half are told 0.3 too little, half 0.1 too much
    assert [bin_.n for bin_ in found.bins] == [100] * 10
    assert found.bins[0].observed == 0.5


@pytest.mark.parametrize("task", BOTH)
@pytest.mark.parametrize(("share", "difference"), [(0.9, 0.0), (1.0, 0.01)])
def test_the_parity_gate_wants_both_close_rows_and_an_equal_metric(
    share: float, difference: float, task: TaskName
) -> None:
    check_parity(Parity(n=90, share_within=1, largest=0, metric_difference=0), Gates(), task)
    parity = Parity(n=90, share_within=share, largest=0.3, metric_difference=difference)
    with pytest.raises(UserError, match="parity"):
        check_parity(parity, Gates(), task)


def test_one_row_on_a_border_is_allowed_in_a_small_table() -> None:
    parity = Parity(n=50, share_within=0.98, largest=0.3, metric_difference=0)
    check_parity(parity, Gates(), "regression")


def test_native_categories_export_wrongly_and_the_gate_sees_it() -> None:
    random = np.random.default_rng(0)
    codes = random.integers(0, 6, 400).astype(np.float32)
    rows = np.column_stack([codes, random.normal(size=400)]).astype(np.float32)
    truth = (np.isin(codes, [1, 4]) ^ (random.random(400) < 0.1)).astype(np.float64)
    found = []
    for native in (None, [0]):
        model = HistGradientBoostingClassifier(categorical_features=native, max_iter=5)
        expected = model.fit(rows, truth).predict_proba(rows)[:, 1]
        cases = Cases(rows, truth, expected)
        found.append(compare(cases, to_onnx_bytes(model, 2), "classification", 1e-4))
    as_codes, as_native = found
    check_parity(as_codes, Gates(), "classification")
    with pytest.raises(UserError, match="parity"):
        check_parity(as_native, Gates(), "classification")


def test_all_candidates_are_compared(train: Trainer) -> None:
    assert set(train(table_of("regression"), "regression").metrics["test"]) == {
        RULE,
        LINEAR,
        BOOSTING,
    }
