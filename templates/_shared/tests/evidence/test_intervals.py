"""Intervals: whole units are drawn, as documented, and little knowledge gives a wide answer."""

import math
import random
from statistics import mean

import numpy as np
import pytest

from app.evidence.intervals import Cases, bootstrap, resample, wilson

UNITS = ["a", "b", "a", "c"]


def test_the_draws_are_those_that_the_documentation_describes() -> None:
    # Python has promised since 3.2 that random() gives the same numbers for the same seed.
    generator = random.Random(7)  # noqa: S311 - chance, not secrecy
    cases = {0: [0, 2], 1: [1], 2: [3]}
    expected = [
        [case for _ in range(3) for case in cases[math.floor(generator.random() * 3)]]
        for _ in range(5)
    ]
    assert [list(drawn) for drawn in resample(UNITS, 5, 7)] == expected


def test_a_drawn_unit_brings_all_its_cases() -> None:
    for drawn in resample(UNITS, 200, 1):
        assert list(drawn).count(0) == list(drawn).count(2)


def test_other_programs_get_the_same_interval() -> None:
    values = np.array([1.0, 2.0, 4.0, 8.0])
    interval = bootstrap(UNITS, lambda cases: float(values[cases].mean()), resamples=100, seed=3)
    # Worked out in plain Python, position by position.
    means = sorted(mean(values[case] for case in drawn) for drawn in resample(UNITS, 100, 3))
    position = 0.025 * 99
    below = int(position)
    expected = means[below] + (position - below) * (means[below + 1] - means[below])
    assert interval.low == pytest.approx(expected, abs=1e-12)
    assert (interval.resamples, interval.seed, interval.level) == (100, 3, 0.95)


def test_cases_that_are_alike_are_not_taken_for_many() -> None:
    values = np.repeat(np.arange(20.0), 10)

    def average(cases: Cases) -> float:
        return float(values[cases].mean())

    by_unit = bootstrap([int(value) for value in values], average)
    by_case = bootstrap(range(200), average)
    assert by_unit.high - by_unit.low > 2 * (by_case.high - by_case.low)


def test_a_statistic_that_often_does_not_exist_has_no_interval() -> None:
    def only_with_the_first(cases: Cases) -> float:
        return 1.0 if 0 in cases else math.nan

    assert math.isnan(bootstrap(UNITS, only_with_the_first).low)
    assert math.isnan(bootstrap([], only_with_the_first).low)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662), (0, 0, 0.0, 1.0)],
)
def test_a_share_of_a_few_cases_has_a_wide_interval(
    successes: int, n: int, low: float, high: float
) -> None:
    interval = wilson(successes, n)
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)
