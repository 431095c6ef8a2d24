"""Working the numbers of a report out again, from its rows and its recipes."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.evidence.definitions import DEFINITIONS, Cases, quantile
from scaffold.evidence.finding import Finding
from scaffold.evidence.reading import Json, Number, Report, UnreadableError, at, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TOLERANCE = 1e-6
MOST_WORK = 20_000_000
"""Rows looked at for all numbers of a report; a hundred numbers on 50,000 rows are a quarter."""
MOST_RESAMPLES = 5_000
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


def _present(row: Json, pointer: str) -> Any:
    try:
        return at(row, pointer)
    except UnreadableError:
        return None


def select(rows: Sequence[Json], where: Json) -> list[Json]:
    """The rows that hold the given values at the given JSON pointers."""
    return [
        row
        for row in rows
        if all(
            type(found := _present(row, pointer)) is type(value) and found == value
            for pointer, value in where.items()
        )
    ]


@dataclass(frozen=True)
class Recipe:
    """How a number follows from rows: `selected` finds them, `value` works it out.

    Attributes:
        content: As in the report.
    """

    content: Json

    def selected(self, rows: Sequence[Json]) -> list[Json]:
        """The rows that the number is about."""
        found = select(rows, _object(self.content.get("where")))
        if self.content.get("metric") == "quantile":  # other rows may not have the field
            return [row for row in found if _present(row, _text(self.content, "of")) is not None]
        return found

    def value(self, rows: Sequence[Json], everything: Sequence[Json]) -> float:
        """The number for some of the selected rows; NaN where it does not exist.

        Args:
            rows: Drawn or all of the selected ones.
            everything: All rows of the report, for recipes that divide by other rows.

        Raises:
            UnreadableError: The recipe or a row is not as it should be.
        """
        metric = _text(self.content, "metric")
        if not rows:
            raise UnreadableError("no row fits its recipe")
        if metric == "quantile":
            return self._quantile(rows, everything)
        if metric not in DEFINITIONS:
            raise UnreadableError(f"its metric {metric[:40]!r} is not in docs/evidence.md")
        found = self._metric(metric, rows, _text(self.content, "of"))
        if "minus" in self.content:
            found -= self._metric(metric, rows, _text(self.content, "minus"))
        return found

    def _metric(self, metric: str, rows: Sequence[Json], of: str) -> float:
        costs = _object(self.content.get("costs", {}))
        cases = Cases(
            [_number(row.get("label"), "/label") for row in rows],
            [_number(_present(row, of), of) for row in rows],
            _number(costs.get("false_alarm", 1), "costs"),
            _number(costs.get("miss", 1), "costs"),
        )
        return DEFINITIONS[metric](cases)

    def _quantile(self, rows: Sequence[Json], everything: Sequence[Json]) -> float:
        of, times = _text(self.content, "of"), _number(self.content.get("times", 1), "times")
        share = _number(self.content.get("q"), "q")
        if not 0 <= share <= 1:
            raise UnreadableError("its quantile is not between 0 and 1")
        base: dict[object, float] = {}
        if "by" in self.content:
            for row in select(everything, _object(self.content["by"])):
                base[row.get("round")] = _number(_present(row, of), of)
        values: list[float] = []
        for row in rows:
            found = _present(row, of)
            divisor = base.get(row.get("round"), 0.0) if "by" in self.content else 1.0
            if not divisor:
                raise UnreadableError("a row that it divides by is not there")
            listed = found if isinstance(found, list) else [found]
            values += [_number(value, of) / divisor for value in listed]
        if not values:
            raise UnreadableError("no row fits its recipe")
        return times * quantile(values, share)


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
    for number in numbers(report):
        work += len(rows)
        place = f"{report.file}#{number.pointer}"
        if work > MOST_WORK:
            yield Finding("unknown", place, "Too many numbers on too many rows to work out again.")
            return
        try:
            recipe = Recipe(_object(number.content["recipe"]))
            selected = recipe.selected(rows)
            found = recipe.value(selected, rows)
        except (ValueError, ArithmeticError) as error:
            yield Finding("wrong", place, f"Its rows do not give it: {error}.")
            continue
        said = number.content.get("value")
        if _differs(said, found):
            yield Finding("wrong", place, f"The report says {said!r}, its rows give {found:.9g}.")
        n = _cases(recipe, selected)
        if number.content.get("n") != n:
            said_n = number.content.get("n")
            yield Finding("wrong", place, f"The report says n = {said_n!r}, its rows give {n}.")


def _cases(recipe: Recipe, selected: Sequence[Json]) -> int:
    if recipe.content.get("metric") != "quantile":
        return len(selected)
    values = [_present(row, _text(recipe.content, "of")) for row in selected]
    return sum(len(value) if isinstance(value, list) else 1 for value in values)


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


def _drawn(recipe: Recipe, report: Report, said: Json, rows: Sequence[Json]) -> tuple[float, float]:
    resamples, seed, level = said.get("resamples"), said.get("seed"), said.get("level")
    if not isinstance(resamples, int) or not 0 < resamples <= MOST_RESAMPLES:
        raise UnreadableError(f"resamples is not between 1 and {MOST_RESAMPLES}")
    if not isinstance(seed, int) or not isinstance(level, float) or not 0 < level < 1:
        raise UnreadableError("seed or level is missing")
    unit = UNIT_OF_ROWS.get(str(report.content.get("kind")), "/unit")
    groups: dict[str, list[Json]] = {}
    for row in recipe.selected(rows):
        groups.setdefault(repr(_present(row, unit)), []).append(row)
    units = list(groups.values())
    generator = random.Random(seed)  # noqa: S311 - the same numbers again, not secret ones
    found = []
    for _ in range(resamples):
        drawn = [row for _ in units for row in units[int(generator.random() * len(units))]]
        found.append(recipe.value(drawn, rows))
    known = [value for value in found if not math.isnan(value)]
    if len(known) < 0.9 * resamples:
        return math.nan, math.nan
    outside = (1 - level) / 2
    return quantile(known, outside), quantile(known, 1 - outside)
