"""Earlier turns: how many count, and what a follow-up is searched for with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.project import Language
from app.retrieval.terms import STOP_WORDS, terms

MOST_SIGNS = 6000
"""Of all earlier turns together."""
MOST_OF_ONE = 1500
"""Of one question or answer."""
LEAST_WORDS = 2
MOST_POINTING = 4
"""In a question with more content words, "it" mostly means something in the question itself."""
# Words that point back at what was said, and openings that go on with it.
POINTING = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|that|these|those|former|latter)\b", re.IGNORECASE
)
GOING_ON = re.compile(
    r"\W{0,10}(?:and|but|so|then|or|also|what about|how about|why not|why so|how so|for example"
    r"|more|another|which ones?|the (?:first|second|third|last|other) one)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Turn:
    """A question and its answer, as the caller sends them back."""

    question: str
    answer: str


def bounded(
    history: Sequence[Turn], most_turns: int, most_signs: int = MOST_SIGNS
) -> tuple[Turn, ...]:
    """Returns the latest turns, oldest first, each shortened, together not longer than allowed.

    Args:
        history: As it came, oldest first.
        most_turns: So many at most; 0 for none.
        most_signs: Of questions and answers together.
    """
    kept: list[Turn] = []
    for turn in reversed(history[len(history) - min(most_turns, len(history)) :]):
        short = Turn(_shortened(turn.question), _shortened(turn.answer))
        most_signs -= len(short.question) + len(short.answer)
        if most_signs < 0:
            break
        kept.append(short)
    return tuple(reversed(kept))


def _shortened(text: str) -> str:
    text = text.strip()
    return text if len(text) <= MOST_OF_ONE else f"{text[: MOST_OF_ONE - 3].rstrip()}..."


def leans_back(question: str, language: Language) -> bool:
    """Tells whether a question seems to need what was said before; a rule of thumb.

    Args:
        question: As asked.
        language: Of `english`, a question with few content words, a word that points back or an
            opening that goes on with something; of `none`, a short one.
    """
    words = terms(question, language)
    if language != "english":
        return len(words) <= LEAST_WORDS
    telling = [word for word in words if word not in STOP_WORDS]
    if len(telling) < LEAST_WORDS or GOING_ON.match(question):
        return True
    return len(telling) <= MOST_POINTING and POINTING.search(question) is not None


def search_text(question: str, history: Sequence[Turn], language: Language) -> str:
    """Returns what to search for where no model can rewrite the question.

    A question that leans back is put behind the earlier ones, up to the latest that stands by
    itself. A question that stands by itself is searched for as it is, or nothing about a new
    subject could ever be refused.

    Args:
        question: As asked.
        history: Bounded, oldest first.
        language: Of the documents.
    """
    texts = [question]
    for turn in reversed(history):
        if not leans_back(texts[0], language):
            break
        texts.insert(0, turn.question)
    return "\n".join(text.strip() for text in texts)
