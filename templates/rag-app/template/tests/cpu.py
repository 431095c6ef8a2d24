"""Whether a function's time grows as its text does: told by comparison, not by a limit."""

import time
from collections.abc import Callable

SIGNS = 32_000
PART = 4
ALLOWED = 9
"""Four times the text may take so many times the CPU; the square would be sixteen."""
GRAIN = 0.02
"""Seconds that say nothing: the clock's own steps, and the machine's other work."""


def grows_with_the_text(function: Callable[[str], object], unit: str) -> bool:
    def seconds(signs: int) -> float:
        text = (unit * (signs // len(unit) + 1))[:signs]
        start = time.process_time()
        function(text)
        return time.process_time() - start

    # Whatever is done once only counts with the long text; then the second round tells.
    return any(seconds(SIGNS) <= ALLOWED * seconds(SIGNS // PART) + GRAIN for _ in range(2))
