"""Live quality: judged only with enough labels, and only beyond chance."""

import time

import numpy as np
import pytest

from app.metadata import Metadata
from app.numbers import calibration_bins
from app.prediction_log import Window, read_window
from app.predictor import load_champion
from app.project import Drift, Project
from app.settings import Settings
from app.tasks import TASKS
from app.training.split import split_rows
from app.training.table import Table
from app.watching.quality import quality_of

from .traffic import Answered, answer, store_of, tell, worse_than_tested

DRIFT = Drift(labels=100)


@pytest.fixture
def own(settings: Settings, trained: Metadata, tmp_path: str) -> Settings:
    assert trained.version
    return settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/app.db"})


def window(own: Settings, table: Table, project: Project, add: float, labels: int) -> Window:
    store = store_of(own)
    rows = np.flatnonzero(split_rows(table, project).test)
    rows = np.random.default_rng(0).permutation(rows)  # a table may be sorted by its target
    rows = rows[: max(labels, 200)]  # some more than are labelled
    model = load_champion(own.models_dir)
    ids = answer(store, table, rows, model, Answered(at=time.time(), add=add))
    tell(store, table, rows[:labels], ids[:labels])
    found = read_window(store, since=0)
    store.close()
    return found


def test_the_test_rows_themselves_are_as_good_as_when_tested(
    own: Settings, table: Table, project: Project, trained: Metadata
) -> None:
    rows = int(split_rows(table, project).test.sum())
    quality = quality_of(window(own, table, project, 0, rows), trained, DRIFT)
    tested = trained.metrics["test"][trained.kind].numbers[TASKS[trained.task].loss]
    assert quality.loss == pytest.approx(tested, rel=0.01)
    assert (quality.labels, quality.waiting) == (rows, 0)
    assert quality.loss is not None
    assert quality.low is not None
    assert quality.high is not None
    assert quality.low < quality.loss < quality.high
    assert not quality.worse


def test_answers_that_are_far_off_are_worse(
    own: Settings, table: Table, project: Project, trained: Metadata
) -> None:
    off = worse_than_tested(trained)
    assert quality_of(window(own, table, project, off, 100), trained, DRIFT).worse


def test_too_few_labels_are_never_worse(
    own: Settings, table: Table, project: Project, trained: Metadata
) -> None:
    off = worse_than_tested(trained)
    quality = quality_of(window(own, table, project, off, 99), trained, DRIFT)
    assert quality.labels == 99
    assert quality.limit is None
    assert not quality.worse
    assert quality.verdict == "too few labels"


def test_answers_without_any_outcome_have_no_loss(
    own: Settings, table: Table, project: Project, trained: Metadata
) -> None:
    quality = quality_of(window(own, table, project, 0, 0), trained, DRIFT)
    assert quality.loss is None
    assert quality.waiting > 0


def test_the_answers_of_another_model_are_not_counted(
    own: Settings, table: Table, project: Project, trained: Metadata
) -> None:
    other = trained.model_copy(update={"version": "another"})
    quality = quality_of(window(own, table, project, 0, 10), other, DRIFT)
    assert (quality.labels, quality.waiting) == (0, 0)


def test_calibration_groups_hold_each_case_once() -> None:
    outputs = np.linspace(0, 1, 25)
    bins = calibration_bins(outputs, (outputs > 0.5).astype(float))
    assert sum(one.n for one in bins) == 25
    assert [one.predicted for one in bins] == sorted(one.predicted for one in bins)
    assert (bins[0].observed, bins[-1].observed) == (0, 1)
