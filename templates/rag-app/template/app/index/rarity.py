"""Which of the words that are asked for are worth looking up."""

from collections.abc import Iterable

# Ranking reads each passage that matches. This many take about 50 ms of CPU in SQLite.
MOST_MATCHES = 20_000


def rarest(terms: Iterable[tuple[str, int]], k: int) -> list[tuple[str, int]]:
    """Leaves out words that so many passages hold that they say little and take long.

    Args:
        terms: Each with how many passages hold it at most.
        k: How many passages are asked for.

    Returns:
        Of the terms that a passage holds the rarest, as many as all together are held by
        `MOST_MATCHES`, or as it takes for `k`; rarest first.
    """
    kept: list[tuple[str, int]] = []
    matches = 0
    for term, held in sorted(terms, key=lambda one: (one[1], one[0])):
        if held and (matches < k or matches + held <= MOST_MATCHES):
            kept.append((term, held))
        matches += held
    return kept
