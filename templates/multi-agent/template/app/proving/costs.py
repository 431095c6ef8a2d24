"""The numbers of a benchmark, from its rows; and what was promised."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from app.evidence.intervals import Cases, bootstrap
from app.evidence.report import Drawn, Json, number

FEWEST_ROUNDS = 3  # with fewer, nothing can be said about chance
PLAIN, PROCESS = "plain", "process"
# What the starter promises.
BUDGETS = {
    ("graph", "ratio"): 3.5,
    ("sqlite", "checkpoints"): 22.0,
    ("process", "ready_s"): 4.0,
    ("process", "memory_mb"): 150.0,
}


def quantile(rows: Sequence[Json], unit: str, recipe: Json) -> Json:
    """Returns a number over rounds.

    Args:
        rows: Of the report.
        unit: Of the number.
        recipe: `of` names the field, `where` the variant, `q` the quantile; with `by`, each value
            is divided by that of another variant in the same round.
    """
    of, variant = recipe["of"][1:], recipe["where"]["/variant"]
    fits = [row for row in rows if row["variant"] == variant and of in row]
    values = np.array([row[of] for row in fits], np.float64)
    if by := recipe.get("by"):
        others = {row["round"]: row[of] for row in rows if row["variant"] == by["/variant"]}
        values = values / np.array([others[row["round"]] for row in fits])

    @cache  # of few rounds, few draws differ
    def of_rounds(*cases: int) -> float:
        return float(np.quantile(values[list(cases)], recipe["q"]))

    def statistic(cases: Cases) -> float:
        return of_rounds(*sorted(cases.tolist()))

    enough = len(fits) >= FEWEST_ROUNDS
    drawn = Drawn(bootstrap([row["round"] for row in fits], statistic), "round") if enough else None
    found = of_rounds(*range(len(fits)))
    return number(found, unit, len(fits), {"metric": "quantile"} | recipe, drawn)


def numbers(rows: Sequence[Json]) -> Json:
    """Returns every number of the report, by variant."""
    content: Json = {}
    for variant in dict.fromkeys(row["variant"] for row in rows):
        where = {"/variant": variant}
        present = {key for row in rows if row["variant"] == variant for key in row}
        part = content.setdefault(variant, {})
        for name, unit in _FIELDS.items():
            if name in present:
                part[name] = quantile(rows, unit, {"of": f"/{name}", "where": where, "q": 0.5})
        if variant not in {PLAIN, PROCESS}:
            by = {"/variant": PLAIN}
            recipe = {"of": "/cpu_ms", "where": where, "by": by, "q": 0.5}
            part["ratio"] = quantile(rows, "", recipe)
        for name, found in part.items():
            if (limit := BUDGETS.get((variant, name))) is not None:
                found |= {"budget": limit, "kept": found["value"] <= limit}
    return content


_FIELDS = {
    "cpu_ms": "ms",
    "latency_ms": "ms",
    "checkpoints": "",
    "kilobytes": "kB",
    "ready_s": "s",
    "memory_mb": "MB",
}
