"""Drafts of golden questions from the documents alone, for a person to read and correct.

Without a language model a sentence can only be turned round or get a gap, and keeps its words: so
every search looks better on drafts than on what people ask. They are a beginning, not a proof.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeVar

from app.passages import Passage
from app.proving.golden import DRAFT, Question, Section
from app.retrieval.terms import LETTERS, terms
from app.sentences import sentences

T = TypeVar("T")
GAP = "…"
FEWEST_WORDS, MOST_WORDS = 8, 28
TELLING_WORDS = 4  # so many say what it is about; with fewer, nobody could know what is meant
SHORT_WORD, ENDING = 3, 3
KEPT_WORDS = 14  # a whole sentence would find itself by its mere length
HELD_OUT = (2, 5, 8)  # of every ten
_WORD = 3
KEPT_WORDS = 14  # a whole sentence would find itself by its mere length
HELD_OUT = (2, 5, 8)  # of every ten
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[\"'(\[]?[A-ZÀ-ÞА-Я0-9])")
_MARKS = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[`*]+|(?<!\w)_+|_+(?!\w)")
_ASKED = re.compile(r"^q(?:uestion)?\s*\d*\s*[:.)]\s*", re.IGNORECASE)
_SUBJECT = re.compile(
    r"^(?:the|a|an|this|each|every)\s+(?P<subject>[\w' -]{3,60}?)\s+"
    r"(?P<verb>is|was|can|must|should|will|has|does)\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
_CODE = re.compile(r"[{}<>=|]|\w\(\)|\\|::|https?:")
_PROSE = re.compile(r"[^\s|#>+*~`-][^\n]*")


@dataclass(frozen=True)
class _Candidate:
    rank: int
    question: str


def _hidden(sentence: str, heading: str) -> str:
    """Returns a sentence with a gap in place of each telling word that the heading has too."""
    shown = terms(heading, "english")

    def gap(match: re.Match[str]) -> str:
        return GAP if any(_alike(match[0].lower(), word) for word in shown) else match[0]

    return re.sub(rf"{GAP}(?:[\s-]*{GAP})+", GAP, LETTERS.sub(gap, sentence))


def _alike(one: str, other: str) -> bool:
    """Returns whether two words differ in their ending at most, such as cooling and cooled."""
    beginning = max(SHORT_WORD, len(one) - ENDING, len(other) - ENDING)
    return one[:beginning] == other[:beginning]


def _telling(text: str) -> int:
    """Returns how many different words say what a text is about."""
    return sum(len(word) > SHORT_WORD for word in terms(text, "english"))


def _shortened(text: str) -> str:
    words = text.rstrip(".!?:; ").split()
    kept = " ".join(words[:KEPT_WORDS]).strip(",;:- ")
    return f"{kept} {GAP}" if len(words) > KEPT_WORDS and not kept.endswith(GAP) else kept


def _turned(sentence: str, heading: str) -> _Candidate | None:
    """Makes a question or a gap of a sentence; None where it tells too little."""
    length = len(sentence.split())
    if not FEWEST_WORDS <= length <= MOST_WORDS or _CODE.search(sentence):
        return None
    if sentence.endswith("?"):
        return _Candidate(0, _ASKED.sub("", sentence))
    if found := _SUBJECT.match(sentence.rstrip(".!")):
        text = f"What {found['verb'].lower()} {_shortened(_hidden(found['rest'], heading))}?"
        return _Candidate(1, text) if _telling(text) >= TELLING_WORDS else None
    text = _shortened(_hidden(sentence, heading))
    if _telling(text) < TELLING_WORDS:
        return None
    return _Candidate(2, f"{text}?") if GAP in text else _Candidate(3, f"{text} {GAP}?")


def _sentences(text: str) -> Iterator[str]:
    """Yields the sentences of plain paragraphs; not of tables, lists and code."""
    for part in sentences(text):
        if _PROSE.fullmatch(part):
            yield _MARKS.sub(lambda match: match[1] or "", part)


def _of_section(passages: Sequence[Passage]) -> list[str]:
    """Returns the questions that the passages of one section allow, the best first."""
    heading = passages[0].breadcrumb
    found = (_turned(one, heading) for passage in passages for one in _sentences(passage.text))
    kept = [one for one in found if one is not None]
    kept.sort(key=lambda one: (one.rank, -_telling(one.question)))
    return [one.question for one in kept]


def _in_turn(lists: Iterable[Sequence[T]]) -> list[T]:
    """Returns the first of each list, then the second of each, and so on."""
    return [one for turn in zip_longest(*lists) for one in turn if one is not None]


def draft(passages: Iterable[Passage], count: int) -> list[Question]:
    """Returns at most so many drafts, from as many documents as there are.

    The first section of each document comes before the second of any, and a second question about
    one section after the first about all of the document, so that a few questions already reach
    everywhere. Equal passages give equal drafts.

    Args:
        passages: Of all documents.
        count: How many drafts at most.
    """
    by_section: dict[tuple[str, str], list[Passage]] = {}
    for passage in passages:
        by_section.setdefault((passage.source, passage.heading), []).append(passage)
    by_source: dict[str, list[list[tuple[Section, str]]]] = {}
    for (source, heading), parts in by_section.items():
        section = Section(source=source, heading=heading)
        pairs = [(section, question) for question in _of_section(parts)]
        by_source.setdefault(source, []).append(pairs)
    drafts: dict[str, Section] = {}
    for section, question in _in_turn([_in_turn(sections) for sections in by_source.values()]):
        drafts.setdefault(question, section)
    return [
        Question(
            id=f"d{number:03}",
            question=question,
            relevant=(section,),
            kind=DRAFT,
            held_out=number % 10 in HELD_OUT,
        )
        for number, (question, section) in enumerate(list(drafts.items())[:count], start=1)
    ]
