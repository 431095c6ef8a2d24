"""Measures of a ranking, held against values worked out by hand."""

import math

import pytest

from app.proving.measures import MEASURES, measured, ndcg, places, recall, reciprocal_rank


def test_passages_of_one_section_count_once_at_the_best_place() -> None:
    assert places("aabbc", {"c"}) == (3,)
    assert places("abab", {"a", "b"}) == (1, 2)


def test_only_so_many_distinct_sections_are_looked_at() -> None:
    found = [0, 0, *range(1, 12)]
    assert places(found, {9, 10}) == (10,)
    assert places(found, {10}, depth=11) == (11,)


def test_one_golden_section_among_the_first_k_is_enough() -> None:
    assert recall((5, 9), 5) == 1
    assert recall((6,), 5) == 0
    assert recall((), 5) == 0


def test_the_reciprocal_rank_is_that_of_the_first_golden_section() -> None:
    assert reciprocal_rank((4, 8)) == 0.25
    assert reciprocal_rank(()) == 0


@pytest.mark.parametrize(
    ("at", "golden", "expected"),
    [
        ((1,), 1, 1),
        ((3,), 1, 0.5),  # 1 / log2(4)
        ((), 2, 0),
        # (1/log2(3) + 1/log2(5)) / (1 + 1/log2(3))
        ((2, 4), 2, (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3))),
        ((1,), 2, 1 / (1 + 1 / math.log2(3))),  # the other one was not found
    ],
)
def test_ndcg_is_the_gain_by_that_of_the_best_order(
    at: tuple[int, ...], golden: int, expected: float
) -> None:
    assert ndcg(at, golden) == pytest.approx(expected)


def test_more_golden_sections_than_are_looked_at_can_still_reach_one() -> None:
    assert ndcg((1, 2, 3), 5, depth=3) == pytest.approx(1)


def test_each_measure_has_a_name_for_people() -> None:
    found = measured((2,), 1)
    assert found.keys() == MEASURES.keys()
    assert found == {
        "recall_at_5": 1,
        "recall_at_10": 1,
        "mrr_at_10": 0.5,
        "ndcg_at_10": pytest.approx(1 / math.log2(3)),
    }
