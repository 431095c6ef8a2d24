"""Working the numbers of a report out again, from its rows and its recipes."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scaffold.evidence.definitions import DEFINITIONS, Cases, quantile
from scaffold.evidence.finding import Finding
from scaffold.evidence.reading import Json, Number, Report, UnreadableError, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Sample = tuple[float, ...]
TOLERANCE = 1e-6
MOST_WORK = 3_000_000
"""Rows looked at for all numbers of a report: sixty numbers on 50,000 rows, some 20 seconds."""
MOST_RESAMPLES = 5_000
FEW_RESAMPLES, LEAST_INSIDE = 20, 0.7
"""Of twenty draws seven or more lie outside a right 95 % interval once in 30,000 times."""
UNIT_OF_ROWS = {"evaluation": "/unit", "benchmark": "/round"}


def _number(found: object, pointer: str) -> float:
    if isinstance(found, int | float):  # decisions are true and false: 1 and 0
        return float(found)
    raise UnreadableError(f"a row has no number at {pointer}")


def _object(found: object) -> Json:
    if not isinstance(found, dict):
        raise UnreadableError("its recipe is not as docs/evidence.md says")
    return found


def _text(recipe: Json, key: str) -> str:
    found = recipe.get(key)
    if not isinstance(found, str):
        raise UnreadableError(f"its recipe has no {key}")
    return found


@lru_cache(maxsize=1_000)
def _keys(pointer: str) -> tuple[str, ...]:
    return tuple(key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:])


def _present(row: Json, pointer: str) -> Any:
    """What `at` gives, or None: a report asks some hundred thousand times."""
    content: Any = row
    for key in _keys(pointer):
        if not isinstance(content, dict) or key not in content:
            return None
        content = content[key]
    return content


def select(rows: Sequence[Json], where: Json) -> list[Json]:
    """The rows that hold the given values at the given JSON pointers."""
    found = list(rows)
    for pointer, value in where.items():
        kind = type(value)
        found = [row for row in found if type(it := _present(row, pointer)) is kind and it == value]
    return found


class _Columns:
    """Rows by field: most numbers of a report are of the same few fields and rows."""

    def __init__(self, rows: Sequence[Json]) -> None:
        self._rows = rows
        self._values: dict[str, list[Any]] = {}
        self._selected: dict[str, list[int]] = {}

    def _of(self, pointer: str) -> list[Any]:
        if pointer not in self._values:
            self._values[pointer] = [_present(row, pointer) for row in self._rows]
        return self._values[pointer]

    def _where(self, where: Json) -> list[int]:
        key = repr(sorted(where.items(), key=repr))
        if key not in self._selected:
            found = list(range(len(self._rows)))
            for pointer, value in where.items():
                column, kind = self._of(pointer), type(value)
                found = [i for i in found if type(column[i]) is kind and column[i] == value]
            self._selected[key] = found
        return self._selected[key]

    def samples(self, recipe: Recipe) -> list[Sample]:
        """What `Recipe.samples` gives for the rows that `Recipe.selected` gives."""
        places = self._where(_object(recipe.content.get("where")))
        if not places:
            raise UnreadableError("no row fits its recipe")
        columns = []
        for pointer in recipe.pointers:
            column = self._of(pointer)
            columns.append([_number(column[i], pointer) for i in places])
        return list(zip(*columns, strict=True))


@dataclass(frozen=True)
class Recipe:
    """How a number follows from rows, as in the report."""

    content: Json

    @property
    def pointers(self) -> list[str]:
        """What it needs of each row, unless it is a quantile: label, output, other output."""
        minus = [_text(self.content, "minus")] if "minus" in self.content else []
        label = [] if self.content.get("metric") == "mean" else ["/label"]
        return [*label, _text(self.content, "of"), *minus]

    def selected(self, rows: Sequence[Json]) -> list[Json]:
        """The rows that the number is about.

        Raises:
            UnreadableError: The recipe is not as it should be, or no row fits it.
        """
        found = select(rows, _object(self.content.get("where")))
        if self.content.get("metric") == "quantile":  # other rows may not have the field
            of = _text(self.content, "of")
            found = [row for row in found if _present(row, of) is not None]
        if not found:
            raise UnreadableError("no row fits its recipe")
        return found

    def samples(self, selected: Sequence[Json], rows: Sequence[Json]) -> list[Sample]:
        """What the number needs of each selected row.

        Args:
            selected: Rows that the number is about.
            rows: All rows of the report, for recipes that divide by other rows.

        Returns:
            Label, output and, for a difference, the other output; without a label for a mean; or
            the values of a quantile.

        Raises:
            UnreadableError: The recipe or a row is not as it should be.
        """
        of = _text(self.content, "of")
        if self.content.get("metric") != "quantile":
            pointers = self.pointers
            return [tuple(_number(_present(row, p), p) for p in pointers) for row in selected]
        base: dict[object, float] = {}
        if "by" in self.content:
            for row in select(rows, _object(self.content["by"])):
                base[_round(row)] = _number(_present(row, of), of)
        found = []
        for row in selected:
            divisor = base.get(_round(row), 0.0) if "by" in self.content else 1.0
            if not divisor:
                raise UnreadableError("a row that it divides by is not there")
            value = _present(row, of)
            listed = value if isinstance(value, list) else [value]
            found.append(tuple(_number(one, of) / divisor for one in listed))
        return found

    def value(self, samples: Sequence[Sample]) -> float:
        """The number for some of the samples; NaN where it does not exist.

        Raises:
            UnreadableError: The recipe is not as it should be.
        """
        metric = _text(self.content, "metric")
        if metric == "quantile":
            share = _number(self.content.get("q"), "q")
            values = [value for sample in samples for value in sample]
            if not 0 <= share <= 1 or not values:
                raise UnreadableError("its quantile is not between 0 and 1, or of nothing")
            return _number(self.content.get("times", 1), "times") * quantile(values, share)
        if metric == "mean":
            return math.fsum(of - sum(minus) for of, *minus in samples) / len(samples)
        if metric not in DEFINITIONS:
            raise UnreadableError(f"its metric {metric[:40]!r} is not in docs/evidence.md")
        costs = _object(self.content.get("costs", {}))
        false_alarm = _number(costs.get("false_alarm", 1), "costs")
        miss = _number(costs.get("miss", 1), "costs")
        labels, *outputs = zip(*samples, strict=True)
        found = [DEFINITIONS[metric](Cases(labels, said, false_alarm, miss)) for said in outputs]
        return found[0] - found[1] if len(found) > 1 else found[0]


def _round(row: Json) -> str:
    return repr(row.get("round"))


def _differs(said: object, found: float) -> bool:
    if said is None:  # unknown
        return not math.isnan(found)
    if isinstance(said, bool) or not isinstance(said, int | float):
        return True
    return not math.isclose(said, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def recompute(report: Report, rows: Sequence[Json]) -> Iterator[Finding]:
    """Hold every number with a recipe against the rows.

    Args:
        report: As read.
        rows: As read; their digest is the report's.
    """
    work = 0
    columns = _Columns(rows)
    for number in numbers(report):
        work += len(rows)
        place = f"{report.file}#{number.pointer}"
        if work > MOST_WORK:
            yield Finding("unknown", place, "Too many numbers on too many rows to work out again.")
            return
        try:
            recipe = Recipe(_object(number.content["recipe"]))
            is_quantile = recipe.content.get("metric") == "quantile"
            samples = (
                recipe.samples(recipe.selected(rows), rows)
                if is_quantile
                else columns.samples(recipe)
            )
            found = recipe.value(samples)
        except (ValueError, ArithmeticError) as error:
            yield Finding("wrong", place, f"Its rows do not give it: {error}.")
            continue
        said = number.content.get("value")
        if _differs(said, found):
            yield Finding("wrong", place, f"The report says {said!r}, its rows give {found:.9g}.")
        n = sum(map(len, samples)) if is_quantile else len(samples)
        if number.content.get("n") != n:
            said_n = number.content.get("n")
            yield Finding("wrong", place, f"The report says n = {said_n!r}, its rows give {n}.")


def recompute_interval(report: Report, number: Number, rows: Sequence[Json]) -> Finding | None:
    """Draw a number's bootstrap again; slow, so it is only done when asked for.

    Returns:
        What is wrong; None when both ends agree, or there is no bootstrap.
    """
    said = number.content.get("interval")
    if not isinstance(said, dict) or said.get("method") != "bootstrap":
        return None
    place = f"{report.file}#{number.pointer}"
    try:
        low, high = _drawn(Recipe(_object(number.content["recipe"])), report, said, rows)
    except (ValueError, ArithmeticError) as error:
        return Finding("wrong", place, f"Its interval can't be drawn again: {error}.")
    if _differs(number.content.get("low"), low) or _differs(number.content.get("high"), high):
        ends = f"{number.content.get('low')!r} to {number.content.get('high')!r}"
        return Finding(
            "wrong", place, f"The report says {ends}, drawn again: {low:.9g} to {high:.9g}."
        )
    return None


def doubt_interval(report: Report, number: Number, rows: Sequence[Json]) -> str:
    """Hold a bootstrap's ends against the first of its draws, of which most lie between them.

    It takes a fiftieth of the time of drawing all again, and does not see ends that moved a little.

    Returns:
        Why they can't be right; empty where nothing speaks against them.
    """
    said, low, high = (number.content.get(key) for key in ("interval", "low", "high"))
    if not isinstance(said, dict) or said.get("method") != "bootstrap":
        return "does not say how it was drawn"
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return "has no ends"
    try:
        recipe = Recipe(_object(number.content["recipe"]))
        found = _resampled(recipe, report, said.get("seed"), rows, FEW_RESAMPLES)
    except (ValueError, ArithmeticError) as error:
        return f"can't be drawn again: {error}"
    inside = sum(low <= value <= high for value in found)
    if inside < LEAST_INSIDE * len(found):
        return f"holds {inside} of {len(found)} values that its rows give when drawn again"
    return ""


def _drawn(recipe: Recipe, report: Report, said: Json, rows: Sequence[Json]) -> tuple[float, float]:
    resamples, level = said.get("resamples"), said.get("level")
    if not isinstance(resamples, int) or not 0 < resamples <= MOST_RESAMPLES:
        raise UnreadableError(f"resamples is not between 1 and {MOST_RESAMPLES}")
    if not isinstance(level, float) or not 0 < level < 1:
        raise UnreadableError("level is missing")
    found = _resampled(recipe, report, said.get("seed"), rows, resamples)
    known = [value for value in found if not math.isnan(value)]
    if len(known) < 0.9 * resamples:
        return math.nan, math.nan
    outside = (1 - level) / 2
    return quantile(known, outside), quantile(known, 1 - outside)


def _resampled(
    recipe: Recipe, report: Report, seed: object, rows: Sequence[Json], resamples: int
) -> list[float]:
    if not isinstance(seed, int):
        raise UnreadableError("seed is missing")
    unit = UNIT_OF_ROWS.get(str(report.content.get("kind")), "/unit")
    groups: dict[str, list[Sample]] = {}
    selected = recipe.selected(rows)
    for row, sample in zip(selected, recipe.samples(selected, rows), strict=True):
        groups.setdefault(repr(_present(row, unit)), []).append(sample)
    units = list(groups.values())
    generator = random.Random(seed)  # noqa: S311 - the same numbers again, not secret ones
    found = []
    for _ in range(resamples):
        drawn = [case for _ in units for case in units[int(generator.random() * len(units))]]
        found.append(recipe.value(drawn))
    return found
