"""Rankings put together by places, since scores of unlike searches can't be compared."""

import math
from collections.abc import Sequence

SMOOTHING = 60
"""How little the first places count more than later ones: the value of the paper below."""


def fuse(rankings: Sequence[Sequence[int]], weights: Sequence[float]) -> list[tuple[int, float]]:
    """Puts rankings together by weighted reciprocal rank fusion.

    A passage gets, from each ranking it is in, that ranking's weight divided by 60 plus its place
    (1 is first). Cormack, Clarke and Buettcher, SIGIR 2009, without weights.

    Args:
        rankings: Ids, best first; no id twice in one of them.
        weights: One for each ranking, at least 0; a ranking with weight 0 is left out.

    Returns:
        Ids with their scores, highest first. Of equal scores, the id that comes first in the
        earliest ranking that has one of them is first.
    """
    pairs = zip(rankings, weights, strict=True)
    counted = [(ranking, weight) for ranking, weight in pairs if weight > 0]
    places = [{one: place for place, one in enumerate(ids, 1)} for ids, _ in counted]
    # As keys, ids keep the order in which they came first, and sorting is stable.
    known = dict.fromkeys(one for ranking, _ in counted for one in ranking)
    scores = {
        one: math.fsum(
            weight / (SMOOTHING + place[one])
            for place, (_, weight) in zip(places, counted, strict=True)
            if one in place
        )
        for one in known
    }
    return sorted(scores.items(), key=lambda item: -item[1])
