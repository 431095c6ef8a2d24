"""What ingest and search cost, from the rows of a benchmark; and what was promised."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from app.evidence.intervals import Cases, bootstrap
from app.evidence.report import Drawn, Json, number

FEWEST_ROUNDS = 3  # with fewer, nothing can be said about chance
MODES = ("lexical", "vector", "hybrid")
# What the starter promises, of the store that needs no server.
BUDGETS = {
    ("sqlite_100000", "hybrid_cpu_ms"): 50.0,
    ("sqlite_100000", "vector_missed"): 0.0,
    ("sqlite_10000", "vector_missed"): 0.0,
    ("sqlite_10000", "ingest_us"): 1000.0,
    ("sqlite_10000", "ready_s"): 1.5,
    ("sqlite_10000", "memory_mb"): 120.0,
}


def quantile(rows: Sequence[Json], unit: str, recipe: Json) -> Json:
    """Returns a number over rounds.

    Args:
        rows: Of the report.
        unit: Of the number.
        recipe: `of` names the field, `where` the rows, `q` the quantile.
    """
    of, where = recipe["of"][1:], recipe["where"]
    fits = [r for r in rows if of in r and all(r.get(k[1:]) == v for k, v in where.items())]
    values = [np.atleast_1d(row[of]) for row in fits]

    @cache  # of few rounds, few draws differ
    def of_rounds(*cases: int) -> float:
        return float(np.quantile(np.concatenate([values[i] for i in cases]), recipe["q"]))

    def statistic(cases: Cases) -> float:
        return of_rounds(*sorted(cases.tolist()))

    interval = bootstrap([row["round"] for row in fits], statistic)
    drawn = Drawn(interval, "round") if len(fits) >= FEWEST_ROUNDS else None
    n = sum(map(len, values))
    found = of_rounds(*range(len(values)))
    return number(found, unit, n, {"metric": "quantile"} | recipe, drawn)


def numbers(rows: Sequence[Json]) -> Json:
    """Returns every number of the report, by store and size."""
    content: Json = {}
    for store, passages in dict.fromkeys((row["store"], row["passages"]) for row in rows):
        where = {"/store": store, "/passages": passages}
        wanted = {
            "ingest_per_second": ("/s", "ingest_per_second", {}, 0.5),
            "ingest_us": ("us", "ingest_us", {}, 0.5),
            "index_mb": ("MB", "index_mb", {}, 0.5),
            "ready_s": ("s", "ready_s", {}, 0.5),
            "memory_mb": ("MB", "memory_mb", {}, 1),
            "vector_missed": ("", "missed", {"/mode": "vector"}, 1),
        }
        for mode in MODES:
            chosen = {"/mode": mode}
            wanted[f"{mode}_p50_ms"] = ("ms", "latency_ms", chosen, 0.5)
            wanted[f"{mode}_p95_ms"] = ("ms", "latency_ms", chosen, 0.95)
            wanted[f"{mode}_cpu_ms"] = ("ms", "cpu_ms", chosen, 0.5)
        part = content.setdefault(f"{store}_{passages}", {})
        for name, (unit, of, more, q) in wanted.items():
            found = quantile(rows, unit, {"of": f"/{of}", "where": where | more, "q": q})
            if (limit := BUDGETS.get((f"{store}_{passages}", name))) is not None:
                found |= {"budget": limit, "kept": found["value"] <= limit}
            part[name] = found
    return content
