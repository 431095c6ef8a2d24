"""A wrong weighing is seen, and says what may have happened."""

import pytest

from app.weighing import BAG, judge


@pytest.mark.parametrize(("weighed", "again"), [(4300, False), (4900, True), (3400, True)])
def test_a_weighing_far_from_the_expected_is_repeated(weighed: float, *, again: bool) -> None:
    assert judge(weighed, expected=4200, typical=250).again is again


def test_a_forgotten_tare_is_named() -> None:
    verdict = judge(4200 + BAG, expected=4200, typical=50)
    assert verdict.again
    assert verdict.why == "The bag was weighed too."


def test_pounds_are_no_grams() -> None:
    assert "unit" in judge(9.2, expected=4200, typical=250).why
