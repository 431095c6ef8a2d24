"""What searching costs, round by round, and how often it is what ours costs."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from scaffold.evidence.definitions import quantile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Facts = dict[str, Any]
    Costs = Mapping[str, float]

P50, P95 = 0.50, 0.95


def of_round(facts: Facts, way: str) -> dict[str, float]:
    """What one way of searching cost in one round.

    Args:
        facts: What its driver said.
        way: Which way.

    Returns:
        `p50` and `p95` of a search by the clock and its `cpu` (median), in milliseconds, and each
        plain number the driver said.
    """
    said = facts["ways"][way]
    found = {name: float(value) for name, value in facts.items() if name != "ways"}
    found["p50"] = quantile(said["latency_ms"], P50)
    found["p95"] = quantile(said["latency_ms"], P95)
    found["cpu"] = quantile(said["cpu_ms"], P50)
    return found


def medians(rounds: Sequence[Costs]) -> dict[str, float]:
    """Each cost's median over rounds."""
    return {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}


def ratios(rounds: Sequence[Costs], ours: Sequence[Costs]) -> dict[str, float]:
    """Each cost as a multiple of ours: the median of what it is in the same round.

    Args:
        rounds: Of a peer.
        ours: In the same order.
    """
    pairs = list(zip(rounds, ours, strict=True))
    return {
        name: statistics.median(peer[name] / own[name] for peer, own in pairs)
        for name in rounds[0]
        if name in ours[0]
    }
