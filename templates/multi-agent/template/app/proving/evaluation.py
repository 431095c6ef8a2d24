"""The numbers of an evaluation, from its rows: several agents, one, and the difference."""

from collections.abc import Callable, Sequence

import numpy as np

from app.evidence.intervals import Cases, bootstrap
from app.evidence.readme import at
from app.evidence.report import Drawn, Json, number
from app.proving.trials import SEVERAL, SINGLE

UNIT = "task"
FEWEST = 3  # tasks; with fewer, nothing can be said about chance
COSTS = {"tokens": "", "model_calls": "", "tool_calls": "", "seconds": "s"}


def mean(rows: Sequence[Json], of: str, where: Json, minus: str = "") -> Json:
    """Returns the mean of a value over trials, with an interval over tasks; null where one is.

    Args:
        rows: Of the report.
        of: JSON pointer to the value in a row.
        where: Which rows.
        minus: JSON pointer to a value of the same row that is subtracted: the paired difference.
    """
    recipe = {"metric": "mean", "of": of, "where": where} | ({"minus": minus} if minus else {})
    chosen = _chosen(rows, where)
    values = [at(row, of) for row in chosen]
    others = [at(row, minus) if minus else 0 for row in chosen]
    if not values or None in values or None in others:
        return number(None, "", len(values))
    found = np.array(values, np.float64) - np.array(others, np.float64)
    return _number(chosen, found, "", recipe, np.mean)


def median(rows: Sequence[Json], of: str, unit: str, q: float = 0.5) -> Json:
    """Returns the median of a value over trials, or another quantile."""
    values = np.array([at(row, of) for row in rows], np.float64)
    recipe = {"metric": "quantile", "of": of, "where": {}, "q": q}
    return _number(rows, values, unit, recipe, lambda one: np.quantile(one, q))


def _number(
    rows: Sequence[Json],
    values: "np.typing.NDArray[np.float64]",
    unit: str,
    recipe: Json,
    statistic: Callable[["np.typing.NDArray[np.float64]"], np.floating | float],
) -> Json:
    def of_cases(cases: Cases) -> float:
        return float(statistic(values[cases]))

    units = [row["unit"] for row in rows]
    enough = len(set(units)) >= FEWEST
    drawn = Drawn(bootstrap(units, of_cases), UNIT) if enough else None
    return number(float(statistic(values)), unit, len(values), recipe, drawn)


def _chosen(rows: Sequence[Json], where: Json) -> list[Json]:
    return [row for row in rows if all(at(row, key) == value for key, value in where.items())]


def measure(rows: Sequence[Json]) -> Json:
    """Returns every number of the report."""
    content: Json = {}
    kinds = sorted({row["kind"] for row in rows})
    for way in (SEVERAL, SINGLE):
        part: Json = {"passed": mean(rows, f"/{way}/passed", {})}
        part["refused"] = mean(rows, f"/{way}/passed", {"/refusal": True})
        part["kinds"] = {kind: mean(rows, f"/{way}/passed", {"/kind": kind}) for kind in kinds}
        for name, unit in COSTS.items():
            part[name] = median(rows, f"/{way}/{name}", unit)
        part["seconds_p95"] = median(rows, f"/{way}/seconds", "s", 0.95)
        part["dollars"] = mean(rows, f"/{way}/dollars", {})
        content[way] = part
    content["several_minus_single"] = {
        name: mean(rows, f"/{SEVERAL}/{name}", {}, f"/{SINGLE}/{name}")
        for name in ("passed", "tokens", "model_calls")
    }
    return content
