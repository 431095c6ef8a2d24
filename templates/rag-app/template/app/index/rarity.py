"""Which of the words that are asked for are worth looking up."""

from collections.abc import Iterable

# Ranking reads each passage that matches. This many take about 50 ms of CPU in SQLite.
MOST_MATCHES = 20_000


def rarest(terms: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Leaves out words that so many passages hold that they say little and take long.

    Args:
        terms: Each with how many passages hold it at most.

    Returns:
        Of the terms that a passage holds the rarest one, and the next as long as all together
        are held by at most `MOST_MATCHES`; rarest first.
    """
    kept: list[tuple[str, int]] = []
    matches = 0
    for term, held in sorted(terms, key=lambda one: (one[1], one[0])):
        matches += held
        if held and (not kept or matches <= MOST_MATCHES):
            kept.append((term, held))
    return kept
