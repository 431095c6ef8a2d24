"""Does a written sentence say what the passages that it cites say? What strings can tell of that.

A sentence without a problem shares its words, figures and addresses with its passages. Whether it
says the same with them, a comparison of strings can't tell: see `docs/threats.md`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from app.answering.citations import (
    Cited,
    announces,
    cited_sentences,
    without_citations,
    without_code,
)
from app.answering.particulars import (
    addresses,
    content_words,
    figures,
    known_addresses,
    known_figures,
    plain,
)
from app.answering.prompting import Asked
from app.answering.suspicion import suspicious
from app.project import Language
from app.sentences import ITEM

Problem = Literal[
    "uncited",
    "unknown citation",
    "not in the passage",
    "number not in the passage",
    "address not in the passage",
    "instruction",
]
LEAST_SHARE = 0.4
"""Of a sentence's content words, so many must be in the passages it cites: `docs/threats.md`."""
SHARED_RUN = 7
"""So many words on end, the same as in the system prompt, are taken from it."""
NO_ANSWER = "NO ANSWER"
_NO_ANSWER = re.compile(rf"[\s*_`\"]{{0,10}}{NO_ANSWER}(?![^\W_])")
_MARKUP = re.compile(
    r"<\s{0,5}/?\s{0,5}(?:script|img|iframe|svg|object|embed|form|input|button|style|link|meta|base|a"
    r"|video|audio|math|body|html|div|span)\b|\bon[a-z]{3,20}\s{0,5}=\s{0,5}[\"']",
    re.IGNORECASE,
)
_NUMBERING = re.compile(r"\s*\d{1,3}[.)]\s")


@dataclass(frozen=True)
class Checked:
    """A sentence, list item, table or block of code that a model wrote.

    Attributes:
        text: As written.
        citations: The passages it names.
        problem: The gravest that was found; None where there is none.
    """

    text: str
    citations: tuple[int, ...]
    problem: Problem | None


@dataclass(frozen=True)
class _Known:
    words: frozenset[str]
    figures: frozenset[str]
    addresses: frozenset[str]


def is_no_answer(text: str) -> bool:
    """Tells whether a model said that the passages do not hold the answer.

    What it may have added counts as not said: nobody asked for it, and no passage holds it.
    """
    return bool(_NO_ANSWER.match(text))


def may_be_no_answer(text: str) -> bool:
    """Tells whether a text that is not whole yet says so, or may still come to say so."""
    return is_no_answer(text) or NO_ANSWER.startswith(text.lstrip(' \t\r\n*_`"'))


def grounded(checked: Sequence[Checked]) -> bool:
    """Tells whether there are sentences, and none has a problem."""
    return bool(checked) and not any(one.problem for one in checked)


def check(
    text: str,
    passages: Sequence[str],
    asked: Asked | None = None,
    language: Language = "english",
) -> tuple[Checked, ...]:
    """Checks each sentence of an answer against the passages that it cites.

    Args:
        text: What a model wrote. Where `is_no_answer` holds of it, there is nothing to check.
        passages: As the model saw them (`prompting.shown`), the first is [1].
        asked: What the model was asked, to see what it took from there.
        language: Of the documents.

    Returns:
        The sentences in their order; empty if there are none.
    """
    if is_no_answer(text):
        return ()
    known = [_known(passage, language) for passage in passages]
    rules = _runs(asked.prompt.system) if asked else frozenset()
    checked: list[Checked] = []
    for one in cited_sentences(text):
        problem: Problem | None = None
        if _instructs(one.text, asked, rules):
            problem = "instruction"
        else:
            problem = _unsupported(one, known, language)
        checked.append(Checked(one.text, one.citations, problem))
    return tuple(checked)


def share(text: str, passages: Sequence[str], language: Language = "english") -> float:
    """Returns how many of a sentence's content words its passages have, 0 to 1; 0 of none."""
    known = [_known(passage, language) for passage in passages]
    return _share(_said(text), known, language)


@lru_cache(maxsize=64)  # the same passages answer many questions
def _known(passage: str, language: Language) -> _Known:
    passage = plain(passage)
    return _Known(
        content_words(passage, language),
        known_figures(passage, language),
        known_addresses(passage),
    )


def _said(sentence: str) -> str:
    """Returns what a sentence says, without its citations and its number in a list."""
    said = without_citations(sentence)
    numbering = _NUMBERING.match(said) if ITEM.match(said) else None
    return plain(said[numbering.end() :] if numbering else said)


def _share(said: str, known: Sequence[_Known], language: Language) -> float:
    words = content_words(said, language)
    held = sum(any(word in one.words for one in known) for word in words)
    return held / len(words) if words else 0.0


def _unsupported(one: Cited, known: Sequence[_Known], language: Language) -> Problem | None:
    if not one.citations:
        return "uncited"
    if not all(1 <= number <= len(known) for number in one.citations):
        return "unknown citation"
    cited = [known[number - 1] for number in one.citations]
    said = _said(one.text)
    if not all(any(address in one.addresses for one in cited) for address in addresses(said)):
        return "address not in the passage"
    # What announces a list may count its items, which no passage need have counted.
    counting = announces(one.text)
    for readings in figures(said, "none" if counting else language):
        if not any(all(any(n in one.figures for one in cited) for n in read) for read in readings):
            return "number not in the passage"
    if counting and not content_words(said, language):
        return None
    return "not in the passage" if _share(said, cited, language) < LEAST_SHARE else None


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", plain(text).lower())
    return frozenset(
        tuple(words[at : at + SHARED_RUN]) for at in range(len(words) - SHARED_RUN + 1)
    )


def _instructs(sentence: str, asked: Asked | None, rules: frozenset[tuple[str, ...]]) -> bool:
    """Tells whether a sentence speaks to a model or a browser, or is taken from the prompt."""
    if suspicious(sentence) or _MARKUP.search(without_code(sentence)):
        return True
    seen = plain(sentence)
    return asked is not None and (asked.nonce in seen or not rules.isdisjoint(_runs(seen)))
