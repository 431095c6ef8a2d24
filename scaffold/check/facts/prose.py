"""Measures of a text: they can tell that nobody wrote it, never that somebody did."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*")  # noqa: RUF001 - the apostrophe that people type
_WITHOUT_SPACES = re.compile("([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])")
_CONTENT_LETTERS = 4
_COMMON = frozenset(
    """that this with from have will were been they them their there these those which what when
    where would could should about into over under also more most some such than then very only each
    every because while after before between other your ours mine does done make made just like
    replace line sentences evidence link question answer answers""".split()  # noqa: SIM905 - prose
)


def words(text: str) -> list[str]:
    """Words and numbers in lower case; in scripts without spaces each sign."""
    return [word.lower() for word in _WORD.findall(_WITHOUT_SPACES.sub(r" \1 ", text))]


def phrases(said: list[str], length: int = 3) -> set[tuple[str, ...]]:
    """Every run of so many words."""
    return {tuple(said[i : i + length]) for i in range(len(said) - length + 1)}


@dataclass(frozen=True)
class Measures:
    """What can be counted of a text, beside other texts.

    Attributes:
        words: How many.
        distinct: Share of different ones among them.
        new: Different words of content that the other texts do not have; numbers count.
        new_share: Share of these among its different words of content.
        shared: Share of its runs of three words that stand in the other texts.
    """

    words: int
    distinct: float
    new: int
    new_share: float
    shared: float


def measure(text: str, known_words: set[str], known_phrases: set[tuple[str, ...]]) -> Measures:
    """Measure a text against what others wrote."""
    said = words(text)
    different = set(said)
    content = {
        word
        for word in different
        if (len(word) >= _CONTENT_LETTERS or not word.isascii() or word[0].isdigit())
        and word not in _COMMON
    }
    runs = phrases(said)
    return Measures(
        words=len(said),
        distinct=len(different) / max(len(said), 1),
        new=len(content - known_words),
        new_share=len(content - known_words) / max(len(content), 1),
        shared=len(runs & known_phrases) / max(len(runs), 1),
    )
