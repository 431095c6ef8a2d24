"""From documents to passages of about so many words."""

import re
from collections.abc import Iterator, Sequence

from app.corpus.document import Block, Document, Section
from app.passages import Passage

# Raise it with any change, here or in a loader, after which the same file gives other passages.
RULES = "sections-1"
# Scripts without spaces, and lines of data, count by their length.
SIGNS_PER_WORD = 12
# Code and tables stay whole up to so many passages' worth of words.
WHOLE = 10
# A line that ends in a colon stays with what follows if it is short: this share of a passage.
INTRODUCTION = 0.25
_ENDS = re.compile(
    r"(?<=[.!?…])[\"'”’)\]]*\s+"  # noqa: RUF001 - of sentences
    r"|(?<=[。！？])"  # noqa: RUF001 - the same in Chinese and Japanese
    r"|\n(?=[ \t]*(?:[-*+]|\d+[.)])\s)"  # of a list's items
)
_LINES_FIRST = (re.compile(r"\n"), re.compile(r"\s+"))
_SENTENCES_FIRST = (_ENDS, *_LINES_FIRST)


def recipe(words: int) -> str:
    """Returns what decides how documents are cut, for `Recipe.chunks`: `sections-1, 200 words`.

    The rules, whose number rises with each change of them: a passage is within one section;
    paragraphs are packed, in order and without overlap, as long as they have `words` together; a
    longer one is cut between sentences. Code and tables are not cut, up to ten times `words`. A
    short paragraph that ends in a colon stays with what follows, so a passage may have a quarter
    more. The breadcrumb is not in the text.
    """
    return f"{RULES}, {words} words"


def cut(source: str, document: Document, words: int) -> list[Passage]:
    """Cuts a document into passages of about `words` words, as `recipe` says."""
    return [
        Passage(source, section.headings, group[0].place, "\n\n".join(one.text for one in group))
        for section in document.sections
        for group in _packed(section, words)
    ]


def count(text: str) -> int:
    """Returns how many words a text has, or is worth."""
    return _worth(len(text.split()), len(text))


def _worth(words: int, signs: int) -> int:
    return max(words, signs // SIGNS_PER_WORD)


def _packed(section: Section, words: int) -> Iterator[list[Block]]:
    group: list[Block] = []
    size = 0
    for block in section.blocks:
        for part in _parts(block, words):
            more = count(part.text)
            if group and size + more > words:
                kept = [group.pop()] if _introduces(group[-1], words) else []
                if group:
                    yield group
                group, size = kept, sum(count(one.text) for one in kept)
            group.append(part)
            size += more
    yield group


def _introduces(block: Block, words: int) -> bool:
    return block.text.endswith(":") and count(block.text) <= words * INTRODUCTION


def _parts(block: Block, words: int) -> Iterator[Block]:
    """Yields the block, or pieces of it that have at most `words` words."""
    if count(block.text) <= words * (WHOLE if block.whole else 1):
        yield block
        return
    for text in _pieces(block.text, words, _LINES_FIRST if block.whole else _SENTENCES_FIRST):
        yield Block(text, block.place)


def _pieces(text: str, words: int, ends: Sequence[re.Pattern[str]]) -> Iterator[str]:
    """Yields pieces, cut where the first pattern ends; one that is still too long, at the next."""
    if not ends:
        size = words * SIGNS_PER_WORD
        yield from (text[start : start + size] for start in range(0, len(text), size))
        return
    start = end = held = 0
    for bound in [*(found.end() for found in ends[0].finditer(text)), len(text)]:
        more = len(text[end:bound].split())
        if end > start and _worth(held + more, bound - start) > words:
            yield from _fitting(text[start:end], words, ends[1:])
            start, held = end, 0
        end, held = bound, held + more
    yield from _fitting(text[start:end], words, ends[1:])


def _fitting(text: str, words: int, ends: Sequence[re.Pattern[str]]) -> Iterator[str]:
    shown = text.strip("\n").rstrip()
    if count(shown) > words:
        yield from _pieces(shown, words, ends)
    elif shown:
        yield shown
