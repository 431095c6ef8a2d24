"""How often the checks of answers are wrong, measured on the documents that came with the project.

    uv run python -m tests.grounding_rates              the table of docs/threats.md
    uv run python -m tests.grounding_rates <folder>     passages of other texts that are suspicious

The documents are split in halves, every second one. The share of words that a sentence must have in
common with its passages was chosen on the first half; the table is about the second.
"""

import random
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from app.answering.grounding import check
from app.answering.particulars import content_words
from app.answering.prompting import shown
from app.answering.suspicion import suspicious
from app.corpus.chunks import cut
from app.corpus.document import UnreadableError
from app.corpus.folder import walk
from app.corpus.loading import load
from app.passages import Passage
from app.sentences import sentences

from .conftest import ROOT
from .paraphrases import PARAPHRASES, Paraphrase

CORPUS = ROOT / "data" / "corpus"
SHIPPED = "34cabe593c00"
"""The digest of the documents that came with the project; yours are others."""
WORDS = 200
LEAST_WORDS = 3
PER_PASSAGE = 5
ENDINGS = {".md", ".rst", ".txt", ".html"}
FIGURE = re.compile(r"\d(?=\D*$)")
VERB = re.compile(r"\b(is|are|was|were|has|have|can|will|must|should|does|do|did)\b(?! not)")
Half = dict[str, list[Passage]]


def corpus_digest() -> str:
    """Tells these documents from others, whatever their line ends."""
    digest = sha256()
    for file in sorted(CORPUS.glob("*.md")):
        digest.update(f"{file.name}\n".encode() + file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


def half(start: int) -> Half:
    sources = walk(CORPUS, ["README.md"])[start::2]
    return {
        one.name: cut(one.name, load(one.name, one.file.read_bytes()), WORDS) for one in sources
    }


@cache
def telling(passage: Passage) -> list[str]:
    return [
        one
        for one in sentences(passage.text)
        if "\n" not in one and len(content_words(one, "english")) >= LEAST_WORDS
    ]


def passes(sentence: str, *passages: Passage) -> bool:
    marks = "".join(f"[{number}]" for number in range(1, len(passages) + 1))
    gap = "\n" if "\n" in sentence else " "
    checked = check(f"{sentence}{gap}{marks}", [shown(one) for one in passages])
    return bool(checked) and not any(one.problem for one in checked)


def quoted(documents: Half) -> Iterator[bool]:
    for passages in documents.values():
        for passage in passages:
            yield from (passes(one, passage) for one in sentences(passage.text))


def of_another_document(documents: Half) -> Iterator[bool]:
    dice = random.Random(1)  # noqa: S311 - a sample, not a secret
    for name, passages in documents.items():
        others = [
            sentence
            for other, there in documents.items()
            if other != name
            for passage in there
            for sentence in telling(passage)
        ]
        for passage in passages:
            yield from (passes(one, passage) for one in dice.sample(others, PER_PASSAGE))


def of_another_section(documents: Half) -> Iterator[bool]:
    dice = random.Random(2)  # noqa: S311 - a sample, not a secret
    for passages in documents.values():
        for passage in passages:
            others = [
                sentence
                for other in passages
                if other.heading != passage.heading
                for sentence in telling(other)
            ]
            some = dice.sample(others, min(PER_PASSAGE, len(others)))
            yield from (passes(one, passage) for one in some)


def changed(documents: Half, change: Callable[[str], str]) -> Iterator[bool]:
    """Yields, for each sentence that the change applies to, whether it passes where it is from."""
    for passages in documents.values():
        for passage in passages:
            for sentence in telling(passage):
                other = change(sentence)
                if other != sentence:
                    yield passes(other, passage)


def another_figure(sentence: str) -> str:
    return FIGURE.sub(lambda found: str((int(found[0]) + 3) % 10), sentence)


def negated(sentence: str) -> str:
    return VERB.sub(r"\1 not", sentence, count=1)


def paraphrased(documents: Half, *, converts: bool) -> Iterator[bool]:
    for one in PARAPHRASES:
        if one.source in documents and one.converts == converts:
            yield passes(one.text, *_section(documents, one))


def _section(documents: Half, one: Paraphrase) -> list[Passage]:
    return [passage for passage in documents[one.source] if passage.heading == one.heading]


def table() -> list[str]:
    """The rows of the table, in Markdown."""
    second = half(1)
    everything = half(0) | second
    suspected = [
        suspicious(shown(one)) is not None for passages in everything.values() for one in passages
    ]
    flagged = {
        "sentences quoted word for word": quoted(second),
        "light paraphrases": paraphrased(second, converts=False),
    }
    missed = {
        "sentences of another document, cited to this passage": of_another_document(second),
        "sentences of another section of the same document": of_another_section(second),
        "true sentences with another last figure": changed(second, another_figure),
        'true sentences with "not" put in': changed(second, negated),
    }
    rows = [_row("passages of the field guide", "taken for instructions", suspected)]
    rows += [_row(what, "wrongly flagged", [not ok for ok in of]) for what, of in flagged.items()]
    rows += [_row(what, "wrongly passed", list(of)) for what, of in missed.items()]
    return rows


def _row(what: str, how: str, cases: list[bool]) -> str:
    return f"| {what} | {how} | {sum(cases):,} of {len(cases):,} | {sum(cases) / len(cases):.1%} |"


def texts(folder: Path) -> Iterator[tuple[str, str | None]]:
    """Yields the place of each passage of a folder's texts, and why it is suspicious."""
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() not in ENDINGS or not file.is_file():
            continue
        try:
            document = load(file.name, file.read_bytes())
        except UnreadableError:
            continue
        for passage in cut(file.name, document, WORDS):
            yield f"{file}, {passage.place}", suspicious(shown(passage))


def main(arguments: list[str]) -> None:
    lines = table() if not arguments else []
    for folder in arguments:
        found = list(texts(Path(folder)))
        lines += [f"{place}: {why}" for place, why in found if why]
        lines.append(f"{sum(bool(why) for _, why in found):,} of {len(found):,} passages")
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main(sys.argv[1:])
