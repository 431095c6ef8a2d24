"""How good rankings are, by the measures of the generated repository, and how sure that is."""

from __future__ import annotations

import importlib.util
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.retrieval.sections import ranked
from scaffold.evidence.definitions import quantile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.retrieval.sections import Section

MEASURES = {"recall_at_5": "recall@5", "mrr_at_10": "MRR@10", "ndcg_at_10": "nDCG@10"}
RESAMPLES, SEED = 1000, 7  # as `app evaluate` draws
OUTSIDE = 0.025  # of a 95 % interval, on either side
CLOSE = 1e-4  # cosines that differ by less are the same neighbour's, rounded otherwise


@dataclass(frozen=True)
class Difference:
    """A mean over questions of what one way has more than another.

    Attributes:
        value: The mean.
        low: Lower end of its 95 % interval.
        high: Upper end.
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


def measures_of(starter: Path) -> Any:
    """The module of a generated repository that measures rankings; it imports nothing else."""
    file = starter / "app" / "proving" / "measures.py"
    spec = importlib.util.spec_from_file_location("measures_of_the_starter", file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file} can't be read")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score(
    measures: Any,
    found: Sequence[Sequence[Sequence[Section]]],
    relevant: Sequence[Sequence[Section]],
) -> dict[str, list[float]]:
    """Each measure of each question.

    Args:
        measures: The module that knows them.
        found: By question and place in its ranking, what sections a piece touches.
        relevant: The golden sections of each question.
    """
    values: dict[str, list[float]] = {name: [] for name in MEASURES}
    for pieces, golden in zip(found, relevant, strict=True):
        at = measures.places(ranked(pieces, golden), golden)
        of_one = measures.measured(at, len(golden))
        for name, so_far in values.items():
            so_far.append(of_one[name])
    return values


def mean(values: Sequence[float]) -> float:
    """The mean."""
    return sum(values) / len(values)


def difference(
    values: Sequence[float], others: Sequence[float], resamples: int = RESAMPLES
) -> Difference:
    """The mean difference, paired by question, with its bootstrap interval over questions.

    Args:
        values: Of one way, by question.
        others: Of the other, in the same order.
        resamples: How often questions are drawn, as docs/evidence.md says.
    """
    each = [value - other for value, other in zip(values, others, strict=True)]
    dice, n = random.Random(SEED), len(each)
    drawn = [mean([each[int(dice.random() * n)] for _ in range(n)]) for _ in range(resamples)]
    return Difference(mean(each), quantile(drawn, OUTSIDE), quantile(drawn, 1 - OUTSIDE))


def agreement(found: Sequence[Sequence[float]], exact: Sequence[Sequence[float]]) -> float:
    """Recall beside brute force: the share of nearest neighbours that a search found.

    By cosines and not by names, because of equally near ones any is right.

    Args:
        found: The cosines of what a search found, by query.
        exact: Those of the nearest there are, by query, best first.
    """
    shares = [
        sum(cosine >= best[-1] - CLOSE for cosine in some[: len(best)]) / len(best)
        for some, best in zip(found, exact, strict=True)
    ]
    return mean(shares)
