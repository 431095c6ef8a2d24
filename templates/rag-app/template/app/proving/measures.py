"""How good a ranking is, from the places at which the golden sections stand in it.

A ranking is of distinct sections: several passages of one section count once, at the best place.
Otherwise the size of chunks would change how many sections the first ten places hold.
"""

import math
from collections.abc import Collection, Hashable, Iterable, Sequence

DEPTH = 10


def places(
    found: Iterable[Hashable], relevant: Collection[Hashable], depth: int = DEPTH
) -> tuple[int, ...]:
    """Returns where golden sections stand, 1 is first.

    Args:
        found: The section of each passage, best first; sections may come repeatedly.
        relevant: The golden sections.
        depth: How many distinct sections are looked at.
    """
    distinct = list(dict.fromkeys(found))[:depth]
    return tuple(place for place, one in enumerate(distinct, start=1) if one in relevant)


def recall(at: Sequence[int], k: int) -> float:
    """Returns 1 when any golden section is among the first k, otherwise 0.

    One section that answers is enough to answer; so its mean over questions is the share of them
    that can be answered from k sections. Others call it success@k or hit rate, and keep the name
    recall for the share of all golden sections; with one golden section they are the same.

    Args:
        at: Places of the golden sections that were found.
        k: How many sections count.
    """
    return float(any(place <= k for place in at))


def reciprocal_rank(at: Sequence[int]) -> float:
    """Returns 1 / the place of the first golden section; 0 when none was found.

    Its mean over questions is the MRR (Voorhees, The TREC-8 Question Answering Track Report, 1999).
    """
    return 1 / min(at) if at else 0.0


def ndcg(at: Sequence[int], golden: int, depth: int = DEPTH) -> float:
    """Returns the normalised discounted cumulative gain with gains of 0 and 1.

    Sum of 1 / log2(1 + place) over the golden sections found, divided by the same sum were they
    all in front (Järvelin and Kekäläinen, Cumulated Gain-Based Evaluation of IR Techniques, 2002).

    Args:
        at: Places of the golden sections that were found, each at most `depth`.
        golden: How many golden sections there are, at least 1.
        depth: How many sections were looked at.
    """
    ideal = range(1, min(golden, depth) + 1)
    return _gain(at) / _gain(ideal)


def _gain(at: Iterable[int]) -> float:
    return math.fsum(1 / math.log2(1 + place) for place in at)


def measured(at: Sequence[int], golden: int) -> dict[str, float]:
    """Returns every measure of one question, by the name that reports have for it."""
    return {
        "recall_at_5": recall(at, 5),
        "recall_at_10": recall(at, 10),
        "mrr_at_10": reciprocal_rank(at),
        "ndcg_at_10": ndcg(at, golden),
    }


MEASURES = {
    "recall_at_5": "recall@5",
    "recall_at_10": "recall@10",
    "mrr_at_10": "MRR@10",
    "ndcg_at_10": "nDCG@10",
}
"""Their names for people."""
