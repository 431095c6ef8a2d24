"""Training: nothing leaks, the gates hold, and the same input gives the same model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd
import pytest

from app.cli import main
from app.columns import columns
from app.metadata import Metadata, Scores
from app.numbers import Outcomes
from app.predictor import Predictor
from app.project import Baseline, Costs, ModelChoice, Project, Split
from app.registry import CHAMPION, MODEL, champion_folder, read_metadata, versions
from app.service.errors import UserError
from app.service.version import has_changes
from app.settings import Settings
from app.tasks import TASKS, TaskName
from app.training.answers import Answers, model_answers, rule_answers, rule_ranking
from app.training.candidates import BOOSTING, LINEAR, RULE, linear
from app.training.describe import describe
from app.training.run import train
from app.training.scoring import check_costs, score
from app.training.split import is_held_out, split_rows
from app.training.table import Table

from .conftest import ROOT
from .small import ROWS, project_of, quick_boosting, table_of


def quiet(_: str) -> None:
    """Says nothing."""


def scores(ap: float) -> Scores:
    numbers = {"ap": ap, "auc": 0.8, "cost_per_1000": 300.0}
    return Scores(n=100, positives=20, numbers=numbers)


def test_no_entity_is_both_trained_on_and_unseen(table: Table, project: Project) -> None:
    parts = split_rows(table, project)
    entities = (
        table.frame[project.data.entity] if project.data.entity else table.frame.index.to_series()
    )
    assert not set(entities[parts.train]) & set(entities[parts.unseen])
    assert not (parts.train & parts.test).any()
    assert not (parts.unseen & ~parts.test).any()


def test_training_rows_are_older_than_test_rows(table: Table, project: Project) -> None:
    if project.split.time is None:
        assert (split_rows(table, project).test == split_rows(table, project).unseen).all()
    else:
        parts, when = split_rows(table, project), table.frame[project.split.time]
        assert when[parts.train].max() < when[parts.test].min()


def test_without_a_time_column_unseen_entities_are_the_test(table: Table, project: Project) -> None:
    timeless = project.model_copy(update={"split": Split()})
    parts = split_rows(table, timeless)
    assert (parts.test == parts.unseen).all()
    assert (parts.train != parts.test).all()


def test_an_entity_stays_on_its_side_when_others_come() -> None:
    split = Split(unseen_share=0.25)
    held = [entity for entity in range(4000) if is_held_out(entity, split)]
    assert held == [entity for entity in range(4000) if is_held_out(entity, split)]
    assert len(held) / 4000 == pytest.approx(0.25, abs=0.03)
    assert held != [entity for entity in range(4000) if is_held_out(entity, Split(seed=8))]


def test_a_part_without_both_answers_is_refused(table: Table, project: Project) -> None:
    nobody = Split(time=project.data.target, train=("no such time",), test=("none",))
    with pytest.raises(UserError, match="train part has 0 rows"):
        split_rows(table, project.model_copy(update={"split": nobody}))


def test_a_time_that_trains_and_tests_is_refused(table: Table, project: Project) -> None:
    both = Split(time=project.data.target, train=(1, 2), test=(2, 3))
    with pytest.raises(UserError, match="names 2 for training and for testing"):
        split_rows(table, project.model_copy(update={"split": both}))


def test_a_rule_on_a_column_of_text_is_refused(
    table: Table, project: Project, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = table.frame.assign(words="many")
    monkeypatch.setattr("app.training.run.read_table", lambda _: replace(table, frame=frame))
    monkeypatch.setattr("app.training.run.fit", None)  # before anybody waits for the models
    rule = project.baseline.model_copy(update={"column": "words"})
    with pytest.raises(UserError, match="words, and that column holds text"):
        train(project.model_copy(update={"baseline": rule}), settings, quiet)


def test_the_model_beats_the_rule_on_unseen_entities(trained: Metadata, project: Project) -> None:
    unseen = trained.metrics["unseen"]
    task = TASKS[trained.task]
    ours, rules = (unseen[name].numbers[task.primary] for name in (trained.kind, RULE))
    gain = task.gain(ours, rules)
    assert gain >= project.gates.gain_over_baseline
    assert {RULE, LINEAR, BOOSTING} == set(unseen)
    assert "brier" not in unseen[RULE].numbers
    assert trained.metrics["test"][BOOSTING].n >= unseen[BOOSTING].n > 0


def test_the_exported_model_answers_like_the_trained_one(trained: Metadata) -> None:
    assert trained.parity.share_within >= 0.99
    assert trained.parity.n == trained.metrics["test"][BOOSTING].n


def test_metadata_tells_how_the_model_was_made(
    trained: Metadata, table: Table, project: Project
) -> None:
    assert trained.data_sha256 == table.sha256
    assert trained.train_rows < len(table.frame)
    assert trained.packages["scikit-learn"]
    assert trained.threshold == project.threshold
    assert set(trained.slices) == set(project.data.slices)
    assert (trained.calibration is None) == (trained.task == "regression")
    for distribution in (*trained.reference.values(), trained.outputs):
        assert sum(distribution.counts) == trained.metrics["test"][RULE].n


@pytest.mark.usefixtures("at_root")
def test_training_twice_gives_the_same_model(
    trained: Metadata, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELS_DIR", str(tmp_path))
    assert main(["train"]) == 0
    again = read_metadata(champion_folder(tmp_path))
    assert again.version == trained.version
    assert again.metrics == trained.metrics
    first = (settings.models_dir / trained.version / MODEL).read_bytes()
    assert (tmp_path / again.version / MODEL).read_bytes() == first


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with an empty folder for models; what trains there gets a small table."""
    monkeypatch.setattr("app.training.run.read_table", lambda _: table_of("regression"))
    monkeypatch.setattr("app.training.candidates.boosting", quick_boosting)
    return settings.model_copy(update={"models_dir": tmp_path})


def test_a_failed_gate_writes_no_model(elsewhere: Settings) -> None:
    with pytest.raises(UserError, match="gain_over_baseline"):
        train(project_of("regression", gain_over_baseline=1e9), elsewhere, quiet)
    assert list(elsewhere.models_dir.iterdir()) == []


def test_scores_count_both_kinds_of_mistake() -> None:
    truth, ranking = np.array([1.0, 1, 0, 0]), np.array([0.9, 0.2, 0.8, 0.1])
    costs = Costs(false_alarm=1, miss=3)
    found = score(Outcomes("classification", truth, ranking, ranking >= 0.5, costs))
    assert (found.n, found.positives) == (4, 2)
    assert found.numbers["cost_per_1000"] == 1000 * (1 + 3) / 4
    assert found.numbers["auc"] == 0.75


def test_the_costs_are_compared_with_other_thresholds() -> None:
    truth, said = np.array([1.0, 0, 1, 0, 0]), np.array([0.9, 0.6, 0.6, 0.3, 0.1])
    costs = Costs(false_alarm=1, miss=3)
    found = check_costs(Outcomes("classification", truth, said, said >= 0.5, costs))
    assert (found.never, found.always) == (1000 * 6 / 5, 1000 * 3 / 5)
    assert found.served == 1000 * 2 / 5  # threshold 0.25: two false alarms
    assert (found.cheapest, found.cheapest_threshold) == (1000 * 1 / 5, 0.6)


def test_who_is_unknown_to_the_rule_ranks_last() -> None:
    ranking = rule_ranking(np.array([3.0, np.nan, -5.0], dtype=np.float32))
    assert ranking.argsort().tolist() == [1, 2, 0]


def rule(task: TaskName, **baseline: object) -> Answers:
    """The rule's answers to three cases, of which the last is unknown to it."""
    project = project_of(task).model_copy(update={"baseline": Baseline.model_validate(baseline)})
    frame = pd.DataFrame({"x": [3.0, 8.0, np.nan]})
    table = Table(frame, np.zeros((3, 1), np.float32), np.array([1.0, 2.0, 9.0]), "")
    return rule_answers(table, np.ones(3, np.bool_), project)


def test_a_rule_says_yes_from_a_value_on_or_up_to_it() -> None:
    upwards = rule("classification", column="x", at_least=8)
    downwards = rule("classification", column="x", at_most=3)
    assert [upwards.decisions, downwards.decisions] == [
        pytest.approx([False, True, False]),
        pytest.approx([True, False, False]),
    ]
    assert upwards.outputs.argsort().tolist() == [2, 0, 1]
    assert downwards.outputs.argsort().tolist() == [2, 1, 0]


def test_the_rule_of_a_regression_is_the_value_or_the_median() -> None:
    assert rule("regression", column="x").outputs.tolist() == [3, 8, 2]
    assert rule("regression").outputs.tolist() == [2, 2, 2]


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_linear_model_learns_from_what_is_missing(task: TaskName) -> None:
    optional = [index for index, column in enumerate(columns()) if column.optional]
    if not optional:
        pytest.skip("no column of app/schema.py can be missing")
    table = table_of(task)
    inputs, target = table.inputs.copy(), (np.arange(ROWS) % 2).astype(np.float64)
    inputs[target == 1, optional[0]] = np.nan
    told = model_answers(
        linear(task, 0).fit(inputs, target), replace(table, inputs=inputs), project_of(task)
    )
    assert [np.median(told.outputs[target == answer]) > 0.5 for answer in (0, 1)] == [False, True]


@pytest.mark.parametrize("kind", ["linear", "boosting"])
def test_the_project_says_which_model_is_served(kind: str, elsewhere: Settings) -> None:
    choice = {"model": ModelChoice.model_validate({"serve": kind})}
    found = train(project_of("regression").model_copy(update=choice), elsewhere, quiet, role=None)
    assert found.kind == kind
    assert [metadata.version for metadata in versions(elsewhere.models_dir)] == [found.version]
    assert not (elsewhere.models_dir / CHAMPION).exists()


def test_uncommitted_changes_are_told(trained: Metadata) -> None:
    assert trained.dirty == has_changes(ROOT, "app", "data", "project.toml")
    assert (trained.git_commit is None) == (trained.dirty is None)


def test_the_scores_are_shown_with_their_number_of_rows() -> None:
    lines = describe({"unseen": {RULE: scores(0.5)}}, "classification")
    assert lines[1].split() == ["unseen", RULE, "0.5", "0.8", "-", "300", "100"]


def test_the_predictor_answers_like_a_bare_session(
    settings: Settings, trained: Metadata, table: Table
) -> None:
    content = (settings.models_dir / trained.version / MODEL).read_bytes()
    ours = Predictor(content, trained).outputs(table.inputs[:20])
    bare = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    name = bare.get_outputs()[-1].name
    theirs = bare.run([name], {"features": table.inputs[:20]})[0][:, -1]
    assert ours.tolist() == pytest.approx(theirs.tolist(), abs=1e-6)
