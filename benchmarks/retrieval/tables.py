"""What was compared, in lines of at most a hundred characters."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from benchmarks.retrieval.costs import medians, ratios
from benchmarks.retrieval.scale import POSTGRES
from benchmarks.retrieval.scoring import MEASURES, difference, mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.retrieval.corpus import Outcome, Quality
    from benchmarks.retrieval.scale import Found

NAME, CELL, INTERVAL = 18, 11, 25
SEARCHING = {
    "p50": ("p50", "ms"),
    "p95": ("p95", "ms"),
    "cpu": ("CPU", "ms"),
    "ready_cpu_s": ("ready CPU", "s"),
    "ingest_cpu_s": ("ingest CPU", "s"),
    "memory_mb": ("memory", "MB"),
}
ELSEWHERE = ("cpu", "ingest_cpu_s", "memory_mb")
"""Most of these is the server's, in another process, where Postgres is the store."""


def _line(name: str, cells: Sequence[str], width: int = CELL) -> str:
    return (f"{name:<{NAME}}" + "".join(f"{cell:>{width}}" for cell in cells)).rstrip()


def _number(value: float, unit: str) -> str:
    return f"{_three(value)} {unit}"


def _times(value: float) -> str:
    return f"{_three(value)}x"


def _three(value: float) -> str:
    """About three digits, as many as a round can promise."""
    return f"{value:,.{max(0, 3 - len(str(int(value))))}f}"


def quality(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Lines: each measure, and what each way has less or more than the first one."""
    first, *others = outcomes
    yield _line("quality", list(MEASURES.values()), INTERVAL)
    yield _line(first.name, [f"{mean(first.quality[one]):.3f}" for one in MEASURES], INTERVAL)
    for one in others:
        yield from _beside(one.name, one.quality, first.quality)
        if one.strictly is not None:
            yield from _beside("   strictly", one.strictly, first.quality)


def _beside(name: str, peer: Quality, ours: Quality) -> Iterator[str]:
    yield _line(name, [f"{mean(peer[one]):.3f}" for one in MEASURES], INTERVAL)
    less = [str(difference(peer[one], ours[one])) for one in MEASURES]
    yield _line("   minus ours", less, INTERVAL)


def prices(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Lines: what the first way costs, and how many times that the others do."""
    first, *others = outcomes
    yield _line("cost", [title for title, _ in SEARCHING.values()] + ["install"])
    cells = list(_own(medians(first.rounds)))
    yield _line(first.name, [*cells, _number(first.megabytes, "MB")])
    for one in others:
        cells = list(_multiples(ratios(one.rounds, first.rounds)))
        yield _line(one.name, [*cells, _times(one.megabytes / first.megabytes)])


def many(found: Sequence[Found]) -> Iterator[str]:
    """Lines: the same at each size, with the recall beside brute force."""
    for size, group in groupby(found, key=lambda one: one.passages):
        first, *others = group
        titles = [title for title, _ in SEARCHING.values()] + ["recall@10"]
        yield _line(f"{size:,} passages", titles)
        yield _line(first.store, [*_own(medians(first.rounds)), f"{first.recall:.3f}"])
        for one in others:
            left_out = ELSEWHERE if one.store == POSTGRES else ()
            cells = list(_multiples(ratios(one.rounds, first.rounds), left_out))
            yield _line(one.store, [*cells, f"{one.recall:.3f}"])


def _own(costs: Mapping[str, float]) -> Iterator[str]:
    for name, (_, unit) in SEARCHING.items():
        yield _number(costs[name], unit)


def _multiples(times: Mapping[str, float], left_out: Sequence[str] = ()) -> Iterator[str]:
    for name in SEARCHING:
        yield "-" if name in left_out else _times(times[name])
