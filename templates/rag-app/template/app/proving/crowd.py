"""As many documents as are wanted, made of the sentences of real ones.

The same text many times over would be kind to an index: no new words, and whole groups of equal
neighbours. So each passage is of sentences of one real document that never stood together, as a
passage is about one thing; and some of its words are replaced by made-up ones, which are as
unevenly frequent as real words: the one of rank r occurs about 1/r as often as the first (Zipf,
Human Behavior and the Principle of Least Effort, 1949).
"""

import random
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.passages import Passage
from app.sentences import sentences

REPLACED = 0.3  # share of words; 4,000 passages then have some 30,000 different ones
VOCABULARY = 500_000  # made-up words
FEWEST_WORDS, MOST_WORDS = 60, 150  # of a section, but for its last sentence
SECTIONS = 20  # in a document; each is one passage, unless [chunks] makes small ones
_PROSE = re.compile(r"[A-Z][^\n|#`]{30,300}[.!?]")
_WORD = re.compile(r"[a-z]{3,}")
_SYLLABLES = [f"{first}{vowel}" for first in "bdfgklmnprstvz" for vowel in "aeiou"]


def word(rank: int) -> str:
    """Returns the made-up word of a rank, 1 is the most frequent."""
    found = ""
    while rank or len(found) < len("baba"):
        rank, place = divmod(rank, len(_SYLLABLES))
        found += _SYLLABLES[place]
    return found


def material(passages: Iterable[Passage]) -> list[list[str]]:
    """Returns the sentences that made-up passages are of, by document; none without any."""
    found: dict[str, list[str]] = {}
    for one in passages:
        whole = [part for part in sentences(one.text) if _PROSE.fullmatch(part)]
        found.setdefault(one.source, []).extend(whole)
    return [of_one for of_one in found.values() if of_one]


def _chosen(dice: random.Random, whole: Sequence[str]) -> list[str]:
    wanted, chosen, words = dice.randint(FEWEST_WORDS, MOST_WORDS), list[str](), 0
    while words < wanted:
        chosen.append(dice.choice(whole))
        words += len(chosen[-1].split())
    return chosen


def write_documents(
    folder: Path, count: int, of_documents: Sequence[Sequence[str]], seed: int = 7
) -> None:
    """Writes Markdown documents that are cut into so many passages.

    Args:
        folder: Where to; made where it is not there.
        count: Passages.
        of_documents: Sentences, by document; at least one.
        seed: Equal seeds write equal documents.
    """
    dice = random.Random(seed)  # noqa: S311 - the same documents again, not secret ones

    def other(_: re.Match[str]) -> str:
        return word(int(VOCABULARY ** dice.random())) if dice.random() < REPLACED else _[0]

    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, count, SECTIONS):
        # The title has no passage of its own: nothing stands between it and the first section.
        parts = [f"# {word(first + 1)} {word(first + 2)}"]
        for number in range(first, min(first + SECTIONS, count)):
            chosen = _chosen(dice, dice.choice(of_documents))
            parts += [f"## {word(number + 1)}", _WORD.sub(other, " ".join(chosen))]
        file = folder / f"{first // 5000:03}" / f"{first:06}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")
