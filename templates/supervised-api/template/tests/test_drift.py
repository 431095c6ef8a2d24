"""Drift: chance alone is not called drift, and another distribution is."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from app.columns import Kind, columns
from app.project import Drift, Project
from app.training.reference import reference_of
from app.training.split import split_rows
from app.training.table import Table
from app.watching.drift import (
    Shift,
    chi_square_quantile,
    count_bins,
    psi,
    psi_by_chance,
    shifts,
)

RESAMPLES = 200
RANDOM = 5
MOST_ROWS = 2000  # with fewer, chance is larger and the limit harder to keep to


def inputs(table: Table, project: Project) -> npt.NDArray[np.float32]:
    return table.inputs[split_rows(table, project).test]


def look(
    reference: npt.NDArray[np.float32], live: npt.NDArray[np.float32], drift: Drift
) -> list[str]:
    references = {
        column.name: reference_of(reference[:, index], column)
        for index, column in enumerate(columns())
    }
    values = {column.name: live[:, index] for index, column in enumerate(columns())}
    found = shifts(values, references, drift)
    return [name for name, shift in found.items() if shift.drifted]


# Of scipy 1.17: scipy.stats.chi2.ppf(share, degrees).
@pytest.mark.parametrize(
    ("share", "degrees", "exact"),
    [
        (0.95, 1, 3.8414588),
        (0.999, 1, 10.8275662),
        (0.999, 2, 13.8155106),
        (0.9999, 2, 18.4206807),
        (0.95, 3, 7.8147279),
        (0.9992, 3, 16.7381632),
        (0.95, 10, 18.3070381),
        (0.9992, 10, 30.1814701),
        (0.9999, 10, 35.5640139),
        (0.999, 30, 59.7030643),
    ],
)
def test_the_chi_square_quantile_is_close_to_that_of_scipy(
    share: float, degrees: int, exact: float
) -> None:
    assert 0.994 * exact <= chi_square_quantile(share, degrees) <= 1.05 * exact


@pytest.mark.parametrize("share_of_rows", [0.05, 0.2, 0.5])
def test_chance_is_called_drift_no_more_often_than_allowed(
    table: Table, project: Project, share_of_rows: float
) -> None:
    rows = np.random.default_rng(RANDOM).permutation(inputs(table, project))[:MOST_ROWS]
    live = max(int(len(rows) * share_of_rows), 200)
    if len(rows) < 2 * live:
        pytest.skip("too few test rows to draw from")
    generator = np.random.default_rng(RANDOM)
    # With so small a `psi`, only the limit that chance sets can keep it quiet.
    allowed = Drift(psi=1e-9, false_alarms=0.05, rows=1)
    alarms = 0
    for _ in range(RESAMPLES):
        drawn = rows[generator.permutation(len(rows))]
        alarms += bool(look(drawn[live:], drawn[:live], allowed))
    # 99.9 % of experiments with a true share of 0.05 stay below 0.05 + 3.1 standard errors.
    assert alarms / RESAMPLES <= 0.05 + 3.1 * (0.05 * 0.95 / RESAMPLES) ** 0.5


def test_rows_of_another_kind_are_found(table: Table, project: Project) -> None:
    rows = inputs(table, project)
    name = next((c for c in range(len(columns())) if len(np.unique(rows[:, c])) > 2), 0)
    lower = rows[np.argsort(rows[:, name], kind="stable")][: len(rows) // 2]
    assert columns()[name].name in look(rows, lower, Drift(rows=1))


def test_a_column_that_is_suddenly_missing_has_drifted(table: Table, project: Project) -> None:
    rows = inputs(table, project)
    live = rows.copy()
    live[:, 0] = np.nan
    assert look(rows, live, Drift(rows=1)) == [columns()[0].name]


def test_too_few_cases_are_never_called_drifted(table: Table, project: Project) -> None:
    rows = inputs(table, project)
    live = rows[:100].copy()
    live[:, 0] = np.nan
    assert look(rows, live, Drift(rows=101)) == []
    assert columns()[0].name in look(rows, live, Drift(rows=100))


def test_chance_allows_what_chi_square_does_with_a_degree_less_than_there_are_bins() -> None:
    # 5 % of a chi-square with one degree lie above 3.841; an empty bin is none.
    limit = psi_by_chance(np.array([100, 100, 0]), np.array([60, 40, 0]), 0.05)
    assert limit == pytest.approx(3.841 / (100 * 200 / 300), rel=1e-3)


@pytest.mark.parametrize(
    ("found", "limit", "said"),
    [
        (0.2, 0.1, "drifted (limit 0.100)"),
        (0.1, 0.2, "no drift shown (limit 0.200)"),
        (0.2, None, "too few cases"),
    ],
)
def test_what_is_said_of_a_column(found: float, limit: float | None, said: str) -> None:
    assert Shift(found, limit, (1,), (1,)).verdict == said


def test_a_limit_of_the_project_is_kept_to(table: Table, project: Project) -> None:
    rows = inputs(table, project)
    live = rows.copy()
    live[: len(rows) // 2, 0] = np.nan
    reference = reference_of(rows[:, 0], columns()[0])
    found = psi(np.array(reference.counts), count_bins(live[:, 0], reference))
    assert look(rows, live, Drift(psi=found * 0.99, rows=1)) == [columns()[0].name]
    assert look(rows, live, Drift(psi=found * 1.01, rows=1)) == []


def test_psi_is_that_of_a_worked_example() -> None:
    # Shares after half a row is added to each: .5 and .5 against .25 and .75.
    # (.25 - .5) * ln(.25 / .5) + (.75 - .5) * ln(.75 / .5) = 0.27465
    assert psi(np.array([50, 50]), np.array([12, 37])) == pytest.approx(0.27465, abs=1e-5)


def test_bins_that_are_empty_on_both_sides_do_not_count() -> None:
    assert psi(np.array([10, 0, 20]), np.array([20, 0, 40])) == pytest.approx(
        psi(np.array([10, 20]), np.array([20, 40]))
    )


def test_a_column_that_was_always_missing_has_one_bin_and_nothing_typical() -> None:
    gone = reference_of(np.full(7, np.nan), None)
    assert (gone.edges, gone.counts, gone.typical) == ((), (0, 7), None)


def test_bins_of_a_number_hold_alike_many_and_its_typical_value_is_the_middle_one() -> None:
    found = reference_of(np.array([*range(1, 101), np.nan, 1000.0]), None)
    assert list(found.edges) == [11, 21, 31, 41, 51, 61, 71, 81, 91]
    assert list(found.counts) == [11, 10, 10, 10, 10, 10, 10, 10, 10, 10, 1]
    assert found.typical == 51


@pytest.mark.parametrize("kind", ["category", "boolean"])
def test_a_bin_of_a_code_is_that_code_and_the_most_frequent_one_is_typical(kind: Kind) -> None:
    column = replace(columns()[0], kind=kind, categories=("a", "b", "c") * (kind == "category"))
    found = reference_of(np.array([1.0, 0, 1, np.nan, 1]), column)
    assert found.counts == ((1, 3, 0, 1) if kind == "category" else (1, 3, 1))
    assert found.typical == 1
