"""Sums: as everybody else counts, and nothing but sums."""

from fractions import Fraction
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.desk.arithmetic import calculate
from app.desk.found import ToolRefusedError

# F(3) is an exact number to Python; without the F both read the same.
EXACT = st.recursive(
    st.integers(0, 1000).map("F({})".format),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda one: f"({' '.join(one)})")
        | inner.map("(-{})".format)
    ),
    max_leaves=5,
)
WHOLE = st.tuples(
    st.integers(-(10**9), 10**9), st.sampled_from(["+", "-", "*", "//", "%"]), st.integers(-99, 99)
).map(lambda one: f"({one[0]}) {one[1]} ({one[2]})")
REFUSED = [
    "", "x", "x + 1", "1 +", "1; 2", "1, 2", "'a'", "'a' * 3", "True", "None", "1j",
    "1 if 1 else 2", "1 < 2", "1 and 2", "not 1", "~1", "1 << 9", "2 ^ 3", "2 | 1", "[1]",
    "[1][0]", "{}", "lambda: 1", "f'{1}'", "(1).real", "().__class__",
    "__import__('os').system('ls')", "open('x')", "print(1)", "eval('1')", "round(1, ndigits=2)",
    "sum(*[1])", "max(x for x in [1])", "(y := 1)", "max()", "sum([])", "abs(1, 2)",
    "round(1, 2, 3)", "round(1.5, 0.5)", "sum([1], 2)", "50%", "12 MB",
]  # fmt: skip
TOO_MUCH = [
    "9**9**9", "9**99", "10**19", "1e400", "9" * 400, "2**64", "-" * 499 + "1", "(" * 240 + "1",
    "1+" * 260,
    "10**18 * 10**18", "round(1, 1000000000)", "0.5**-64 * 10**9", "2**-1000",
]  # fmt: skip
NO_VALUE = ["1 / 0", "1 // 0", "1 % 0", "0 ** 0", "(-8) ** 0.5", "0 ** -1"]


@given(EXACT)
def test_sums_have_the_value_that_python_gives_them(expression: str) -> None:
    plain = expression.replace("F", "")
    try:
        expected = eval(expression, {"F": Fraction})  # noqa: S307 - made of numbers, above
    except ZeroDivisionError:
        with pytest.raises(ToolRefusedError):
            calculate(plain)
    else:
        assert isclose(calculate(plain), expected, rel_tol=1e-11, abs_tol=1e-20)


@given(WHOLE)
def test_whole_numbers_are_exact(expression: str) -> None:
    try:
        expected = eval(expression)  # noqa: S307 - made of numbers, above
    except ZeroDivisionError:
        with pytest.raises(ToolRefusedError):
            calculate(expression)
    else:
        assert calculate(expression) == expected


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("(3 + 4.5) / 2", 3.75),
        ("0.1 + 0.2", 0.3),
        ("100 * 0.07", 7),
        ("-2 ** 2", -4),
        ("2 ** 0.5", 1.41421356237),
        ("round(100 * 133.6 / 200, 1)", 66.8),
        ("round(2.675, 2)", 2.68),
        ("round(1234, -2)", 1200),
        ("max(1, 2.5, -3)", 2.5),
        ("min([4, 2, 3])", 2),
        ("sum((1, 2, 3))", 6),
        ("abs(-5)", 5),
        ("1_000 + 1", 1001),
        ("  7 // -2\n", -4),
        ("7 % -2", -1),
    ],
)
def test_sums_of_every_kind(expression: str, value: float) -> None:
    assert calculate(expression) == value


def test_a_whole_result_is_a_whole_number() -> None:
    assert isinstance(calculate("4.5 * 2"), int)


@pytest.mark.parametrize("expression", REFUSED + TOO_MUCH + NO_VALUE)
def test_what_is_no_sum_is_refused_with_what_would_be_one(expression: str) -> None:
    with pytest.raises(ToolRefusedError) as refused:
        calculate(expression)
    assert refused.value.remedy
    assert len(refused.value.problem) < 150


@settings(max_examples=60)
@given(st.text(max_size=40) | st.text("0123456789+-*/%().,e ", max_size=40))
def test_any_text_has_a_value_or_is_refused(expression: str) -> None:
    try:
        value = calculate(expression)
    except ToolRefusedError:
        return
    assert abs(value) <= 1e18
