"""Drafts of golden questions from the documents alone, for a person to read and correct.

Without a language model a sentence can only be turned round or get a gap, and keeps its words: so
every search looks better on drafts than on what people ask. They are a beginning, not a proof.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from app.passages import Passage
from app.proving.golden import DRAFT, Question, Section

GAP = "…"
FEWEST_WORDS, MOST_WORDS = 8, 28
KEPT_WORDS = 14  # a whole sentence would find itself by its mere length
HELD_OUT = (2, 5, 8)  # of every ten
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[\"'(\[]?[A-ZÀ-ÞА-Я0-9])")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_MARKS = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[`*]+|(?<!\w)_+|_+(?!\w)")
_ASKED = re.compile(r"^(?:q(?:uestion)?\s*\d*\s*[:.)]\s*)?(?P<question>[^?]{12,160}\?)", re.IGNORECASE)
_SUBJECT = re.compile(
    r"^(?:the|a|an|this|each|every)\s+(?P<subject>[\w' -]{3,60}?)\s+"
    r"(?P<verb>is|was|can|must|should|will|has|does)\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
_CODE = re.compile(r"[{}<>=|]|\w\(\)|\\|::|https?:")
_COMMON = frozenset(
    "a an and are as at be been but by can do does for from had has have how if in into is it its "
    "many may more most must no not of on one only or other our out should so some such than that "
    "the their them then there these they this those to two use used was were what when where "
    "which who why will with would you your".split()
)


@dataclass(frozen=True)
class _Candidate:
    rank: int
    question: str


def _hidden(sentence: str, heading: str) -> str:
    """Returns a sentence with a gap in place of each word that the heading has too."""
    shown = {_stem(word) for word in _WORD.findall(heading)} - _COMMON

    def gap(match: re.Match[str]) -> str:
        return GAP if _stem(match[0]) in shown else match[0]

    text = _WORD.sub(gap, sentence)
    return re.sub(rf"{GAP}(?:[\s-]*{GAP})+", GAP, text)


def _stem(word: str) -> str:
    """Returns the beginning of a word, so that its usual endings don't tell it apart."""
    lower = word.lower()
    return lower if len(lower) < 5 else lower[: max(4, len(lower) - 3)]


def _telling(text: str) -> int:
    """Returns how many different words say what a text is about."""
    return len({word.lower() for word in _WORD.findall(text) if len(word) > 3} - _COMMON)


def _shortened(text: str) -> str:
    words = text.rstrip(".!?:; ").split()
    if len(words) > KEPT_WORDS:
        # From the gap on where there is one: what was hidden is what is asked for.
        gaps = [at for at, word in enumerate(words) if GAP in word]
        start = min(gaps[0], len(words) - KEPT_WORDS) if gaps else 0
        words = words[start : start + KEPT_WORDS]
    return " ".join(words).strip(",;:- ")


def _turned(sentence: str, heading: str) -> _Candidate | None:
    """Makes a question or a gap of a sentence; None where it tells too little."""
    words = sentence.split()
    if not FEWEST_WORDS <= len(words) <= MOST_WORDS or _CODE.search(sentence):
        return None
    if sentence.endswith("?") and (asked := _ASKED.match(sentence)):
        return _Candidate(0, asked["question"])
    if found := _SUBJECT.match(sentence.rstrip(".!")):
        text = _shortened(_hidden(found["rest"], heading))
        turned = f"What {found['verb'].lower()} {text}?"
        return _Candidate(1, turned) if _telling(text) >= 4 else None
    text = _shortened(_hidden(sentence, heading))
    if GAP not in text:
        text = f"{text} {GAP}"
    return _Candidate(2, f"{text}?") if _telling(text) >= 4 else None


def _sentences(text: str) -> Iterator[str]:
    """Yields the sentences of plain paragraphs; not of tables, lists and code."""
    fenced = False
    for paragraph in text.split("\n\n"):
        lines = paragraph.strip().splitlines()
        fences = sum(line.lstrip().startswith(("```", "~~~")) for line in lines)
        was_fenced, fenced = fenced, fenced != bool(fences % 2)
        starts = ("|", "#", ">", "- ", "* ", "+ ", "    ", "\t")
        if was_fenced or fences or any(line.startswith(starts) for line in lines):
            continue
        whole = _MARKS.sub(lambda match: match[1] or "", " ".join(lines))
        yield from _SENTENCE.split(" ".join(whole.split()))


def _of_section(passages: Sequence[Passage]) -> str | None:
    """Returns the best question that the passages of one section allow; None where none does."""
    found = [
        (turned.rank, -_telling(turned.question), at, turned.question)
        for at, sentence in enumerate(s for p in passages for s in _sentences(p.text))
        if (turned := _turned(sentence, passages[0].breadcrumb))
    ]
    return min(found)[3] if found else None


def draft(passages: Iterable[Passage], count: int) -> list[Question]:
    """Returns at most so many drafts, from as many documents as there are.

    The first section of each document comes before the second of any, so that a few questions
    already reach everywhere. Equal passages give equal drafts.

    Args:
        passages: Of all documents.
        count: How many drafts at most.
    """
    by_section: dict[tuple[str, str], list[Passage]] = {}
    for passage in passages:
        by_section.setdefault((passage.source, passage.heading), []).append(passage)
    by_source: dict[str, list[tuple[Section, str]]] = {}
    for (source, heading), parts in by_section.items():
        if (question := _of_section(parts)) is not None:
            section = Section(source=source, heading=heading)
            by_source.setdefault(source, []).append((section, question))
    turns = [one for turn in zip_longest(*by_source.values()) for one in turn if one is not None]
    drafts: dict[str, Section] = {}
    for section, question in turns:
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
