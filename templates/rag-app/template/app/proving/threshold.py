"""Below which similarity a question is refused: a curve, and a proposal."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.evidence.intervals import Interval, wilson

_NUMBER = re.compile(r"(?m)^(?P<key>[ \t]*similarity[ \t]*=[ \t]*)(?P<digits>[-+]?[0-9][0-9._]*)")
_PART = re.compile(r"(?m)^[ \t]*\[refusal\].*$")
_NEXT = re.compile(r"(?m)^[ \t]*\[")


@dataclass(frozen=True)
class Similarities:
    """The highest cosine of each question with any passage.

    Attributes:
        chosen_by: Of golden questions that are not held out.
        held_out: Of golden questions that are.
        off_topic: Of questions that have nothing to do with the documents.
        near_miss: Of questions in the documents' words that they do not answer.
    """

    chosen_by: Sequence[float]
    held_out: Sequence[float]
    off_topic: Sequence[float]
    near_miss: Sequence[float]


@dataclass(frozen=True)
class Share:
    """How many of a set of questions are answered, or refused.

    Attributes:
        yes: How many.
        n: Of how many.
    """

    yes: int
    n: int

    @property
    def value(self) -> float:
        """The share; NaN of nothing."""
        return self.yes / self.n if self.n else float("nan")

    @property
    def interval(self) -> Interval:
        """Wilson's 95 % interval."""
        return wilson(self.yes, self.n)


def answered(values: Sequence[float], threshold: float) -> Share:
    """Returns how many questions are answered: those at the threshold or above."""
    return Share(sum(value >= threshold for value in values), len(values))


def refused(values: Sequence[float], threshold: float) -> Share:
    """Returns how many questions are refused: those below the threshold."""
    return Share(sum(value < threshold for value in values), len(values))


def propose(found: Similarities, keep: float) -> float:
    """Returns the threshold that tells golden from off-topic questions best.

    Best is the largest sum of the share of golden questions answered and of off-topic ones refused
    (Youden, Index for rating diagnostic tests, 1950), among thresholds that answer at least `keep`
    of the golden ones and a standard error more: with the bare minimum, every second set of other
    questions would fall below it. Every threshold between two neighbouring similarities does the
    same, so the middle is taken, and of equally good ones the lowest: it answers more. Held-out and
    near-miss questions have no say: the ones shall test the choice, and no threshold refuses the
    others.

    Args:
        found: Of at least one golden question.
        keep: Share of golden questions that must be answered.
    """
    golden, off_topic = found.chosen_by, found.off_topic
    values = sorted({*golden, *off_topic})
    middles = [round((low + high) / 2, 3) for low, high in pairwise(values)]
    candidates = [round(values[0] - 0.01, 3), *middles]
    fewest = min(keep + math.sqrt(keep * (1 - keep) / len(golden)), 1.0)
    fit = [one for one in candidates if answered(golden, one).value >= fewest]

    def gain(threshold: float) -> float:
        kept = answered(golden, threshold).value
        return kept + (refused(off_topic, threshold).value if off_topic else 0.0)

    return max(fit, key=lambda one: (round(gain(one), 9), -one))


def curve(around: float, steps: int = 5, width: float = 0.05) -> list[float]:
    """Returns thresholds to look at: the given one, and rounded ones on both sides."""
    middle = round(around / width) * width
    nearby = {round(middle + step * width, 3) for step in range(-steps, steps + 1)}
    return sorted(nearby | {around})


def rewritten(text: str, threshold: float) -> str | None:
    """Returns `project.toml` with other digits of `similarity` in `[refusal]`; all else stays.

    Args:
        text: Of the file.
        threshold: To write.

    Returns:
        The new text; None where there is no such line to change.
    """
    if (part := _PART.search(text)) is None:
        return None
    following = _NEXT.search(text, part.end())
    end = following.start() if following else len(text)
    found = _NUMBER.search(text, part.end(), end)
    if found is None:
        return None
    start, stop = found.span("digits")
    return f"{text[:start]}{threshold:.3f}{text[stop:]}"
