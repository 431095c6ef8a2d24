"""Sums that an agent may have done for it: numbers and a few operations, and no code."""

import ast
import operator
from collections.abc import Callable
from decimal import Context, Decimal, DecimalException, localcontext

from app.desk.found import ToolRefusedError

MOST_SIGNS = 500
LARGEST = Decimal("1e18")
MOST_EXPONENT = 64
DIGITS = 12  # of a result that is not whole
REMEDY = "Numbers, + - * / // % **, brackets, and round, abs, min, max, sum."
TWO: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: lambda left, right: (left / right).to_integral_value("ROUND_FLOOR"),
    ast.Mod: lambda left, right: left - right * (left / right).to_integral_value("ROUND_FLOOR"),
}
MANY: dict[str, tuple[int, Callable[[list[Decimal]], Decimal]]] = {
    "abs": (1, lambda values: abs(values[0])),
    "max": (MOST_SIGNS, max),
    "min": (MOST_SIGNS, min),
    "round": (2, lambda values: round(values[0], _whole(values[1]) if len(values) > 1 else 0)),
    "sum": (MOST_SIGNS, lambda values: sum(values, Decimal(0))),
}
"""How many numbers a function takes at most, and the function."""


def calculate(expression: str) -> int | float:
    """Returns the value of an expression, in decimal arithmetic: `0.1 + 0.2` is 0.3.

    Raises:
        ToolRefusedError: It is none, or its value is too large.
    """
    if len(expression) > MOST_SIGNS:
        raise ToolRefusedError(f"That has over {MOST_SIGNS} characters.", "Take it apart.")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        with localcontext(Context(prec=40)):
            value = _value(tree.body)
    except (SyntaxError, ValueError, IndexError, RecursionError, MemoryError) as error:
        raise ToolRefusedError(f"That is no sum: {expression[:80]}.", REMEDY) from error
    except DecimalException as error:
        raise ToolRefusedError(f"That has no value: {expression[:80]}.", REMEDY) from error
    whole = value.to_integral_value()
    return int(whole) if value == whole else float(f"{value:.{DIGITS}g}")


def _value(node: ast.AST) -> Decimal:
    value = _computed(node)
    if not value.is_finite() or abs(value) > LARGEST:
        raise ToolRefusedError("That is too large a number.", f"Up to {LARGEST:g}.")
    return value


def _computed(node: ast.AST) -> Decimal:
    match node:
        case ast.Constant(value=bool() | str() | bytes() | None):
            raise ToolRefusedError("There is something in it that is no number.", REMEDY)
        case ast.Constant(value=int() | float() as number):
            return Decimal(repr(number))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _value(inner)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_value(left), _value(right))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in TWO:
            return TWO[type(op)](_value(left), _value(right))
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if name in MANY and given:
            most, function = MANY[name]
            # `sum([1, 2])` is what everybody who knows Python writes.
            listed = given[0].elts if isinstance(given[0], ast.List | ast.Tuple) else given
            if not 1 <= len(listed) <= most or (listed is not given and len(given) > 1):
                raise ToolRefusedError(f"{name} does not take so many numbers.", REMEDY)
            return function([_value(one) for one in listed])
    raise ToolRefusedError("There is something in it that is no sum.", REMEDY)


def _whole(value: Decimal) -> int:
    if value != value.to_integral_value():
        raise ToolRefusedError("Digits are a whole number.", REMEDY)
    return int(value)


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if abs(exponent) > MOST_EXPONENT:
        raise ToolRefusedError(f"Exponents go up to {MOST_EXPONENT}.", REMEDY)
    return base**exponent
