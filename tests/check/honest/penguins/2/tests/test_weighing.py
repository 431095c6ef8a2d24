"""A wrong weighing is seen, and says what may have happened."""

import pytest

from app.weighing import BAG, judge, settle

ERROR = 301  # grams, as measured


@pytest.mark.parametrize(("weighed", "again"), [(4300, False), (4900, True), (3500, True)])
def test_a_weighing_far_from_the_expected_is_repeated(weighed: float, *, again: bool) -> None:
    assert judge(weighed, expected=4200, typical=ERROR).again is again


def test_pounds_are_no_grams() -> None:
    assert "unit" in judge(9.2, expected=4200, typical=ERROR).why


def test_a_forgotten_tare_hides_in_the_models_error() -> None:
    assert not judge(4200 + BAG, expected=4200, typical=ERROR).again


@pytest.mark.parametrize(
    ("first", "second", "weight"),
    [(4200, 4210, 4205), (4200 + BAG, 4205, 4205), (4200, 4600, None)],
)
def test_two_weighings_settle_what_the_model_cannot(
    first: float, second: float, weight: float | None
) -> None:
    assert settle(first, second) == weight
