"""Whether a weighing can be right, given what the model expects and what the scale said before."""

from dataclasses import dataclass

LIGHTEST, HEAVIEST = 2000, 7500
BAG = 115
"""Grams of the bag in which a bird hangs; a forgotten tare is the commonest mistake."""
STEADY = 25
"""Grams by which two weighings of one bird differ when it kicks."""


@dataclass(frozen=True)
class Verdict:
    """What to do with a weighing.

    Attributes:
        again: Whether the bird is weighed again.
        why: In words for the person at the scale.
    """

    again: bool
    why: str


def judge(weighed: float, expected: float, typical: float) -> Verdict:
    """Compares a weighing with what is expected.

    Args:
        weighed: Grams on the scale.
        expected: Grams that the model says.
        typical: The model's mean absolute error, in grams.
    """
    if not LIGHTEST <= weighed <= HEAVIEST:
        return Verdict(again=True, why=f"No adult weighs {weighed:g} g: is the unit right?")
    off = weighed - expected
    if abs(off) <= 2 * typical:
        return Verdict(again=False, why=f"{off:+.0f} g from what is expected.")
    return Verdict(again=True, why=f"{abs(off) / typical:.1f} times the usual error.")


def settle(first: float, second: float) -> float | None:
    """Returns the weight that two weighings agree on, in grams; None when they do not.

    The bag is far below the model's error, so only the scale itself can tell that it was weighed.
    """
    apart = abs(first - second)
    if apart <= STEADY:
        return (first + second) / 2
    if abs(apart - BAG) <= STEADY:
        return min(first, second)
    return None
