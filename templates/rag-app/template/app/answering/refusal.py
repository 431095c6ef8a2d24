"""When there is no answer: one rule, which calibration, evaluation and answers share."""

from dataclasses import dataclass
from typing import Literal

from app.retrieval.result import Result

Why = Literal["empty question", "empty index", "nothing found", "too far", "not answered"]


@dataclass(frozen=True)
class Refusal:
    """Why a question gets no answer.

    Attributes:
        why: For programs.
        reason: For people: one sentence.
    """

    why: Why
    reason: str


def refusal(result: Result, threshold: float) -> Refusal | None:
    """Tells whether a question gets no answer; None means that it gets one.

    The similarity stops questions about something else. It can't tell whether a passage about the
    same thing holds the answer: `app calibrate` says how many of those come through.

    Args:
        result: Of the search.
        threshold: The lowest similarity with an answer, -1 to 1.
    """
    if not result.question.strip():
        return Refusal("empty question", "The question is empty.")
    if not result.index_version:
        return Refusal("empty index", "Nothing has been ingested yet.")
    if not result.found:
        return Refusal("nothing found", "No passage was found.")
    if result.similarity < threshold:
        return Refusal(
            "too far",
            f"No passage is near enough to the question: similarity {result.similarity:.2f}, "
            f"and {threshold:.2f} is asked for.",
        )
    return None
