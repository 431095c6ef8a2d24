"""Rankings are put together by places, always in the same way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.fusion import fuse

ranking = st.lists(st.integers(1, 30), unique=True, max_size=20)


def order(*rankings: list[int], weights: tuple[float, ...] = (1, 1)) -> list[int]:
    return [one for one, _ in fuse(rankings, weights)]


def test_the_score_is_the_sum_of_weights_by_places() -> None:
    scores = dict(fuse([[7, 8], [8]], [1.0, 0.5]))
    assert scores == {7: pytest.approx(1 / 61), 8: pytest.approx(1 / 62 + 0.5 / 61)}


def test_what_both_find_comes_before_what_one_finds_first() -> None:
    assert order([1, 2, 3], [4, 2, 5])[0] == 2


def test_of_equals_the_one_that_the_first_ranking_has_is_first() -> None:
    assert order([2], [1]) == [2, 1]
    assert order([2, 1], [1, 2]) == [2, 1]
    assert order([9, 3], [5, 4]) == [9, 5, 3, 4]


def test_a_ranking_without_weight_is_left_out() -> None:
    assert order([3, 1], [2], weights=(1, 0)) == [3, 1]
    assert order([3], [2, 3], weights=(0, 0)) == []


@given(ranking, ranking)
def test_every_passage_is_there_once_highest_score_first(one: list[int], other: list[int]) -> None:
    fused = fuse([one, other], [1, 1])
    assert {found for found, _ in fused} == {*one, *other}
    scores = [score for _, score in fused]
    assert len(fused) == len({*one, *other})
    assert scores == sorted(scores, reverse=True)


@given(ranking)
def test_one_ranking_keeps_its_order(one: list[int]) -> None:
    assert order(one, []) == order(one, one) == one


@given(ranking, ranking, st.data())
def test_a_better_place_never_makes_a_score_lower(
    one: list[int], other: list[int], data: st.DataObject
) -> None:
    if not one:
        return
    chosen = data.draw(st.sampled_from(one))
    raised = [chosen, *[found for found in one if found != chosen]]
    assert dict(fuse([raised, other], [1, 1]))[chosen] >= dict(fuse([one, other], [1, 1]))[chosen]


@given(ranking, ranking, st.floats(0.1, 10))
def test_only_the_ratio_of_the_weights_matters(
    one: list[int], other: list[int], factor: float
) -> None:
    fused = dict(fuse([one, other], [1, 2]))
    scaled = dict(fuse([one, other], [factor, 2 * factor]))
    assert scaled == {found: pytest.approx(score * factor) for found, score in fused.items()}
