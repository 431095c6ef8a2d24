"""Training: nothing leaks, the gates hold, and the same input gives the same model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from app.metadata import Metadata, Parity, Scores
from app.predictor import Predictor
from app.project import Costs, Gates, Project, Split
from app.registry import MODEL
from app.service.errors import UserError
from app.settings import Settings
from app.training.candidates import BOOSTING, LINEAR, RULE, rule_ranking
from app.training.export import compare, to_onnx_bytes
from app.training.gates import check_parity, check_quality
from app.training.run import describe, train
from app.training.scoring import score_decisions
from app.training.split import is_held_out, split_rows
from app.training.table import Table


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
    rule = project.baseline.model_copy(update={"column": "words"})
    with pytest.raises(UserError, match="words, and that column holds text"):
        train(project.model_copy(update={"baseline": rule}), settings, quiet)


def test_the_model_beats_the_rule_on_unseen_entities(trained: Metadata, project: Project) -> None:
    unseen = trained.metrics["unseen"]
    gain = unseen[BOOSTING].numbers["ap"] - unseen[RULE].numbers["ap"]
    assert gain >= project.gates.gain_over_baseline
    assert {RULE, LINEAR, BOOSTING} == set(unseen)
    assert "brier" not in unseen[RULE].numbers
    assert trained.metrics["test"][BOOSTING].n >= unseen[BOOSTING].n > 0


def test_the_exported_model_answers_like_the_trained_one(trained: Metadata) -> None:
    assert trained.parity.share_within >= 0.99
    assert trained.parity.n == trained.metrics["test"][BOOSTING].n


def test_metadata_tells_how_the_model_was_made(trained: Metadata, table: Table) -> None:
    assert trained.data_sha256 == table.sha256
    assert trained.train_rows < len(table.frame)
    assert trained.packages["scikit-learn"]
    assert trained.threshold is not None
    assert 0 < trained.threshold < 1


def test_training_twice_gives_the_same_model(
    trained: Metadata, project: Project, settings: Settings, tmp_path: Path
) -> None:
    elsewhere = settings.model_copy(update={"models_dir": tmp_path})
    again = train(project, elsewhere, quiet)
    assert again.version == trained.version
    assert again.metrics == trained.metrics
    first = (settings.models_dir / trained.version / MODEL).read_bytes()
    assert (tmp_path / again.version / MODEL).read_bytes() == first


def test_a_failed_gate_writes_no_model(
    project: Project, settings: Settings, tmp_path: Path
) -> None:
    strict = project.model_copy(update={"gates": Gates(gain_over_baseline=1.0)})
    with pytest.raises(UserError, match="gain_over_baseline"):
        train(strict, settings.model_copy(update={"models_dir": tmp_path}), quiet)
    assert list(tmp_path.iterdir()) == []


def test_the_quality_gate_passes_at_its_margin_and_fails_below() -> None:
    gates = Gates(gain_over_baseline=0.05)
    check_quality(scores(0.55), scores(0.45), gates)
    with pytest.raises(UserError, match=r"0\.480.*0\.450"):
        check_quality(scores(0.48), scores(0.45), gates)


@pytest.mark.parametrize(("share", "difference"), [(0.9, 0.0), (1.0, 0.01)])
def test_the_parity_gate_wants_both_close_rows_and_an_equal_metric(
    share: float, difference: float
) -> None:
    check_parity(Parity(n=9, share_within=1, largest=0, metric_difference=0), Gates())
    parity = Parity(n=9, share_within=share, largest=0.3, metric_difference=difference)
    with pytest.raises(UserError, match="parity"):
        check_parity(parity, Gates())


def test_native_categories_export_wrongly_and_the_gate_sees_it() -> None:
    random = np.random.default_rng(0)
    codes = random.integers(0, 6, 400).astype(np.float32)
    rows = np.column_stack([codes, random.normal(size=400)]).astype(np.float32)
    truth = np.isin(codes, [1, 4]) ^ (random.random(400) < 0.1)
    found = []
    for native in (None, [0]):
        model = HistGradientBoostingClassifier(categorical_features=native, max_iter=5)
        expected = model.fit(rows, truth).predict_proba(rows)[:, 1]
        found.append(compare(expected, to_onnx_bytes(model, 2), rows, truth, 1e-4))
    as_codes, as_native = found
    check_parity(as_codes, Gates())
    with pytest.raises(UserError, match="parity"):
        check_parity(as_native, Gates())


def test_scores_count_both_kinds_of_mistake() -> None:
    truth = np.array([True, True, False, False])
    ranking = np.array([0.9, 0.2, 0.8, 0.1])
    found = score_decisions(truth, ranking, ranking >= 0.5, Costs(false_alarm=1, miss=3))
    assert (found.n, found.positives) == (4, 2)
    assert found.numbers["cost_per_1000"] == 1000 * (1 + 3) / 4
    assert found.numbers["auc"] == 0.75


def test_who_is_unknown_to_the_rule_ranks_last() -> None:
    ranking = rule_ranking(np.array([3.0, np.nan, -5.0], dtype=np.float32))
    assert ranking.argsort().tolist() == [1, 2, 0]


def test_the_scores_are_shown_with_their_number_of_rows() -> None:
    lines = describe({"unseen": {RULE: scores(0.5)}})
    assert lines[1].split() == ["unseen", RULE, "0.500", "0.800", "-", "300", "100"]


def test_the_predictor_answers_like_a_bare_session(
    settings: Settings, trained: Metadata, table: Table
) -> None:
    content = (settings.models_dir / trained.version / MODEL).read_bytes()
    ours = Predictor(content, trained).outputs(table.inputs[:20])
    bare = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    theirs = bare.run(["probabilities"], {"features": table.inputs[:20]})[0][:, 1]
    assert ours.tolist() == pytest.approx(theirs.tolist(), abs=1e-6)
