"""Whether a weighing can be right, given what the model expects of that bird."""

from dataclasses import dataclass

LIGHTEST, HEAVIEST = 2000, 7500
BAG = 115
"""Grams of the bag in which a bird hangs; a forgotten tare is the commonest mistake."""


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
    if abs(off - BAG) <= typical:
        return Verdict(again=True, why="The bag was weighed too.")
    return Verdict(again=True, why=f"{abs(off) / typical:.1f} times the usual error.")
