"""Champion against challenger: no difference is shown by chance, and none too soon."""

import functools
import json
import time
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from app.cli import main
from app.columns import columns
from app.evidence.intervals import bootstrap
from app.metadata import Metadata
from app.prediction_log import Window
from app.predictor import load_champion
from app.project import Project
from app.registry import CHALLENGER
from app.settings import Settings
from app.tasks import TASKS
from app.training.table import Table
from app.watching.readout import describe, labels_needed, read_out

from .conftest import ROOT
from .traffic import Answered, answer, store_of, tell

VERSIONS = ("ours", "theirs")
EXPERIMENTS = 40


@pytest.fixture(autouse=True)
def _fewer_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ends of an interval are a little less sure than with a thousand, and as far apart."""
    fewer = functools.partial(bootstrap, resamples=200)
    monkeypatch.setattr("app.watching.readout.bootstrap", fewer)


def experiment(
    seed: int, cases: int = 600, better: float = 0, share: float = 0.5, per_unit: int = 1
) -> Window:
    """Answers of two models to callers that were split, all labelled.

    Args:
        seed: Of the chance in it.
        cases: How many.
        better: Share of its error that the challenger does not make.
        share: Of callers that got the challenger.
        per_unit: Cases of one caller; their errors are alike.
    """
    generator = np.random.default_rng(seed)
    units = np.arange(cases) // per_unit
    challenged = generator.random(units.max() + 1) < share
    arm = challenged[units]
    truth = generator.random(cases) < 0.4
    alike = generator.normal(size=units.max() + 1)[units] if per_unit > 1 else 0
    error = np.abs(0.3 + 0.1 * generator.normal(size=cases) + 0.15 * alike)
    error *= np.where(arm, 1 - better, 1)
    outputs = np.clip(np.where(truth, 1 - error, error), 0, 1)
    return window(
        outputs,
        truth.astype(np.float64),
        np.where(arm, VERSIONS[1], VERSIONS[0]),
        np.where(arm, "challenger", "champion"),
        [str(unit) for unit in units],
    )


def window(
    outputs: npt.NDArray[np.float64],
    actual: npt.NDArray[np.float64],
    versions: npt.NDArray[np.str_],
    roles: npt.NDArray[np.str_],
    units: list[str],
    ids: list[str] | None = None,
) -> Window:
    n = len(outputs)
    return Window(
        at=np.arange(n, dtype=np.float64),
        prediction_id=ids or [str(number) for number in range(n)],
        unit=units,
        model_version=versions,
        role=roles,
        inputs=np.zeros((n, len(columns())), dtype=np.float32),
        output=outputs,
        decision=(outputs >= 0.5).astype(np.float64),
        actual=actual,
    )


def shadowed(base: Window, better: float) -> Window:
    """The same cases, answered by the champion and, with smaller errors, in the shadow."""
    improved = base.actual + (base.output - base.actual) * (1 - better)
    n = len(base.at)
    return window(
        np.concatenate([base.output, improved]),
        np.tile(base.actual, 2),
        np.repeat(np.array(VERSIONS), n),
        np.repeat(np.array(["champion", "shadow"]), n),
        base.unit * 2,
        base.prediction_id * 2,
    )


def test_the_same_model_twice_shows_a_difference_in_about_one_of_twenty(project: Project) -> None:
    data = project.data.model_copy(update={"task": "regression"})  # one metric, half the draws
    one_metric = project.model_copy(update={"data": data})
    shown = 0
    for seed in range(EXPERIMENTS):
        alike = experiment(seed, 300, per_unit=5)  # drawn by case, a quarter would show one
        loss = read_out(alike, one_metric, VERSIONS, 0.5).differences[0]
        shown += loss.low > 0 or loss.high < 0
    # 99.9 % of simulations with a true share of 0.05 stay below 0.05 + 3.1 standard errors.
    assert shown / EXPERIMENTS <= 0.05 + 3.1 * (0.05 * 0.95 / EXPERIMENTS) ** 0.5


def test_alike_cases_of_a_caller_do_not_make_it_surer(project: Project) -> None:
    alone = read_out(experiment(1, 600, per_unit=1), project, VERSIONS, 0.5).differences[0]
    alike = read_out(experiment(1, 600, per_unit=20), project, VERSIONS, 0.5).differences[0]
    assert alike.high - alike.low > 1.5 * (alone.high - alone.low)


def test_a_better_challenger_is_named(project: Project) -> None:
    readout = read_out(experiment(1, 1000, better=0.4), project, VERSIONS, 0.5)
    assert readout.mode == "split"
    assert readout.differences[0].high < 0
    assert "challenger" in readout.verdict
    assert readout.warnings == ()


def test_a_worse_challenger_leaves_the_champion(project: Project) -> None:
    readout = read_out(experiment(1, 1000, better=-0.4), project, VERSIONS, 0.5)
    assert "champion" in readout.verdict


def test_without_a_difference_it_says_so_with_its_size(project: Project) -> None:
    readout = read_out(experiment(2, 600), project, VERSIONS, 0.5)
    labels = min(readout.champion.labels, readout.challenger.labels)
    assert readout.verdict == f"No difference shown at n={labels} in the smaller arm."


def test_below_the_least_labels_there_is_no_verdict(project: Project) -> None:
    few = experiment(1, 2 * project.drift.labels - 10, better=0.9)
    readout = read_out(few, project, VERSIONS, 0.5)
    assert readout.differences[0].high < 0
    assert readout.verdict.startswith("Too few labels")


def test_in_the_shadow_the_same_cases_are_compared(project: Project) -> None:
    both = shadowed(experiment(3, 400, share=0), better=0.05)
    readout = read_out(both, project, VERSIONS, 0.1)
    assert readout.mode == "shadow"
    assert readout.champion.labels == readout.challenger.labels == 400
    assert readout.differences[0].high < 0
    pairs = readout.differences[0]
    split = read_out(experiment(3, 800, better=0.05), project, VERSIONS, 0.5).differences[0]
    assert split.high - split.low > 5 * (pairs.high - pairs.low)


def test_champions_cases_without_a_shadow_are_left_out(project: Project) -> None:
    both = shadowed(experiment(3, 400, share=0), better=0)
    fewer = replace(
        both, **{name: getattr(both, name)[:-100] for name in vars(both)}
    )  # the shadow came later: its last hundred are missing
    readout = read_out(fewer, project, VERSIONS, 0.1)
    assert readout.champion.cases == readout.challenger.cases == 300


def test_cases_from_before_the_challenger_do_not_count(project: Project) -> None:
    later = experiment(4, 600)
    early = later.role == "challenger"
    at = later.at + np.where(early, 300, 0)
    readout = read_out(replace(later, at=at), project, VERSIONS, 0.5)
    began = at[early].min()
    assert readout.champion.cases == int((~early & (at >= began)).sum())


def test_arms_of_the_wrong_size_are_pointed_out(project: Project) -> None:
    assert read_out(experiment(5, 800), project, VERSIONS, 0.5).warnings == ()
    (warning,) = read_out(experiment(5, 800, share=0.4), project, VERSIONS, 0.5).warnings
    assert "CHALLENGER_SHARE" in warning


def test_few_callers_are_pointed_out(project: Project) -> None:
    (warning,) = read_out(experiment(6, 600, per_unit=30), project, VERSIONS, 0.5).warnings
    assert "fewer than 30 callers" in warning


def test_the_number_of_labels_is_that_of_the_normal_approximation() -> None:
    # 16 * variance / difference^2 per arm, of 1,000 cases with variance 1 in two even arms.
    half = 1.959964 * (1 / 500 + 1 / 500) ** 0.5
    assert labels_needed(1000, -half, half, 0.1) == pytest.approx(2 * 15.7 / 0.1**2, rel=0.001)
    assert labels_needed(1000, -half, half, 0) is None
    assert labels_needed(10, float("nan"), float("nan"), 0.1) is None


def test_nothing_labelled_yet_is_no_crash(project: Project) -> None:
    unlabelled = replace(experiment(7), actual=np.full(600, np.nan))
    assert read_out(unlabelled, project, VERSIONS, 0.5).verdict.startswith("Too few labels: 0")
    nobody = read_out(unlabelled, project, ("x", "y"), 0.5)
    assert nobody.challenger.cases == 0
    assert not [line for line in describe(nobody) if "difference" in line]


def test_a_readout_says_who_had_which_loss_and_how_much_would_show(project: Project) -> None:
    found = read_out(experiment(1, 1000, better=0.4), project, VERSIONS, 0.4)
    lines = describe(found)
    first = found.differences[0]
    assert lines[0].startswith("split")
    assert lines[1].split()[:2] == ["ours:", str(found.champion.cases)]
    assert f"{first.champion:.4g} and {first.challenger:.4g}" in lines[3]
    assert f"difference {first.challenger - first.champion:+.4g}" in lines[3]
    assert f"(95 % {first.low:+.4g} to {first.high:+.4g})" in lines[3]
    assert f"about {first.labels_needed} labelled cases" in lines[4]
    assert any("CHALLENGER_SHARE" in line for line in lines)
    assert lines[-1] == found.verdict


@pytest.fixture
def stored(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, trained: Metadata, table: Table,
    tmp_path: str,
) -> str:  # fmt: skip
    """A store with labelled answers of the champion and of "theirs", and where models are."""
    mine = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/app.db"})
    store, model = store_of(mine), load_champion(settings.models_dir)
    rows = np.arange(40)
    ids = answer(store, table, rows, model, Answered(at=time.time()))
    tell(store, table, rows, ids)
    answer(store, table, rows + 40, model, Answered("challenger", "theirs", time.time() - 1))
    store.close()
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DATABASE_URL", mine.database_url)
    monkeypatch.setenv("MODELS_DIR", str(settings.models_dir))
    return trained.version


def test_the_verb_prints_words_or_json(
    stored: str, settings: Settings, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["readout"]) == 1
    assert "no challenger" in capsys.readouterr().err
    (settings.models_dir / CHALLENGER).write_text("theirs\n", encoding="utf-8")
    try:
        assert main(["readout"]) == 0
        assert stored in capsys.readouterr().out
        assert main(["readout", "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
    finally:
        (settings.models_dir / CHALLENGER).unlink()
    assert found["champion"]["labels"] == 40
    assert found["challenger"]["cases"] == 40
    assert found["differences"][0]["metric"] == TASKS[project.data.task].loss


def test_a_regression_has_a_loss_and_no_cost_of_decisions(project: Project) -> None:
    data = project.data.model_copy(update={"task": "regression"})
    readout = read_out(
        experiment(8, 1000, better=0.4), project.model_copy(update={"data": data}), VERSIONS, 0.5
    )
    assert [one.metric for one in readout.differences] == ["mae"]
    assert "challenger" in readout.verdict
