"""A written text cut into sentences, each with the passages that it cites."""

import re
from dataclasses import dataclass, replace

from app.sentences import FENCE, INDENTED, ITEM, ROW, sentences

MARK = r"\[ {0,2}\d{1,4}(?: {0,2}[,;\u2013-] {0,2}\d{1,4}){0,20} {0,2}\]"
CITATION = re.compile(MARK)
LEADING = re.compile(rf"(?:{MARK}[ ,;.]{{0,3}})+")
# Without a space after the full stop, two sentences would be taken for one.
CLOSE = re.compile(rf"(?<=[.!?])(?={MARK})")
CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]{1,300}`", re.DOTALL)
MOST_RANGE = 20


@dataclass(frozen=True)
class Cited:
    """A sentence, list item, table or block of code.

    Attributes:
        text: As written; a citation behind the full stop belongs to it.
        citations: Numbers, each once, in their order; whether they exist is not known here.
    """

    text: str
    citations: tuple[int, ...]


def without_code(text: str) -> str:
    """Returns a text without its blocks and pieces of code."""
    return CODE.sub(" ", text)


def without_citations(text: str) -> str:
    """Returns a text without its citations."""
    return CITATION.sub(" ", text)


def _numbers(text: str) -> tuple[int, ...]:
    numbers: dict[int, None] = {}
    if INDENTED.match(text):  # code, in which brackets mean something else
        return ()
    for mark in CITATION.findall(without_code(text)):
        for part in re.split("[,;]", mark.strip("[] ")):
            ends = [int(end) for end in re.split("[\u2013-]", part)]
            if ends[0] < ends[-1] <= ends[0] + MOST_RANGE:
                ends = list(range(ends[0], ends[-1] + 1))
            numbers.update(dict.fromkeys(ends))
    return tuple(numbers)


def _pieces(text: str) -> list[Cited]:
    """Returns the sentences, each with its own citations, be they before the full stop or after."""
    pieces = sentences(CLOSE.sub(" ", text))
    if pieces and LEADING.match(pieces[0]):  # "[1] A sentence.": they stand before each
        return [Cited(piece, _numbers(piece)) for piece in pieces]
    found: list[Cited] = []
    for piece in pieces:
        leading = LEADING.match(piece) if found else None
        rest = piece
        if leading:
            before, marks = found[-1], leading[0].strip()
            numbers = dict.fromkeys((*before.citations, *_numbers(marks)))
            found[-1] = Cited(f"{before.text} {marks}", tuple(numbers))
            rest = piece[leading.end() :].strip()
        if rest:
            found.append(Cited(rest, _numbers(rest)))
    return found


def announces(sentence: str) -> bool:
    """Tells whether a sentence only says that something follows: "Three things matter:"."""
    return without_citations(sentence).rstrip(" *_").endswith(":")


def _is_block(text: str) -> bool:
    return any(kind.match(text) for kind in (FENCE, ROW, INDENTED))


def _with_those_before(pieces: list[Cited]) -> list[Cited]:
    found: list[Cited] = []
    announced: tuple[int, ...] = ()
    for one in pieces:
        taken: tuple[int, ...] = ()
        if ITEM.match(one.text):
            taken = announced
        elif _is_block(one.text):
            taken = found[-1].citations if found else ()
        else:
            announced = one.citations if announces(one.text) else ()
        found.append(one if one.citations else replace(one, citations=taken))
    return found


def _with_those_below(pieces: list[Cited]) -> list[Cited]:
    found: list[Cited] = []
    below: dict[int, None] = {}
    for one in reversed(pieces):
        if ITEM.match(one.text) or _is_block(one.text):
            below.update(dict.fromkeys(one.citations))
            found.append(one)
            continue
        taken = tuple(sorted(below)) if announces(one.text) else ()
        found.append(one if one.citations else replace(one, citations=taken))
        below = {}
    return found[::-1]


def cited_sentences(text: str) -> list[Cited]:
    """Returns the sentences of a written text in their order.

    A table or a block of code without a citation has that of what stands before it; a list item
    without one has that of the sentence that announces the list ("Three things matter:"), which in
    turn has those of its items.

    Args:
        text: What a model wrote.
    """
    return _with_those_below(_with_those_before(_pieces(text)))
