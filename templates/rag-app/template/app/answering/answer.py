"""An answer without a language model: the passages closest to the question, or an honest no."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.answering.extract import excerpts
from app.answering.refusal import Refusal, refusal
from app.embedding.embedder import Embedder
from app.retrieval.result import Result

CLOSEST = "Closest passages:"
NEAREST = "Nearest, but not near enough to quote:"
MOST_NEAREST = 3


@dataclass(frozen=True)
class Citation:
    """A passage as an answer names it.

    Attributes:
        number: From 1 on.
        id: Of the passage in the index.
        source: Path of the document below the corpus folder.
        heading: The section, as golden questions name it.
        breadcrumb: The titles above the passage, its section last, for people.
        place: Where it is in the document: `line 12`, `page 3`.
        similarity: Cosine of question and passage, -1 to 1.
        excerpt: Whole sentences of it; empty in a refusal.
    """

    number: int
    id: int
    source: str
    heading: str
    breadcrumb: str
    place: str
    similarity: float
    excerpt: str


@dataclass(frozen=True)
class Answer:
    """What a question gets.

    Attributes:
        question: As asked.
        refusal: Why there is no answer; None where there is one.
        citations: Best first. In a refusal, the nearest passages: where to look, not what is
            answered, so nothing is quoted from them.
        similarity: The highest cosine of question and any passage.
        seconds: How long each stage of the search took.
        index_version: Of the index that was searched.
    """

    question: str
    refusal: Refusal | None
    citations: tuple[Citation, ...]
    similarity: float
    seconds: Mapping[str, float]
    index_version: int

    def as_json(self) -> dict[str, Any]:
        """Returns the answer as a JSON object, for programs."""
        return asdict(self) | {"refused": self.refusal is not None, "seconds": dict(self.seconds)}

    def as_text(self) -> str:
        """Returns the answer for a terminal."""
        return as_text(self.refusal, self.citations)


def as_text(no: Refusal | None, citations: Sequence[Citation]) -> str:
    """Returns quoted passages, or a refusal, for a terminal."""
    lines = [CLOSEST]
    if no is not None:
        lines = [f"No answer. {no.reason}"]
        lines += [NEAREST] if citations else []
    for one in citations:
        lines.append(f"\n[{one.number}] {one.breadcrumb}")
        lines += [f"    {line}".rstrip() for line in one.excerpt.splitlines()]
        lines.append(f"    ({one.source}, {one.place})")
    return printable("\n".join(lines))


def printable(text: str) -> str:
    """Returns text of strangers without signs that would steer a terminal; it keeps its lines."""
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)


def answer(result: Result, embedder: Embedder, threshold: float) -> Answer:
    """Makes the answer to a question from what a search found.

    Args:
        result: Of the search.
        embedder: The one that was searched with.
        threshold: The lowest similarity with an answer.

    Raises:
        UserError: A provider fails.
    """
    no = refusal(result, threshold)
    if no is None:
        found = list(result.found)
        quoted = excerpts(result.question, [one.passage.text for one in found], embedder)
    else:
        found = sorted(result.found, key=lambda one: -one.similarity)[:MOST_NEAREST]
        quoted = [""] * len(found)
    citations = tuple(
        Citation(
            number=number,
            id=one.id,
            source=one.passage.source,
            heading=one.passage.heading,
            breadcrumb=one.passage.breadcrumb,
            place=one.passage.place,
            similarity=one.similarity,
            excerpt=excerpt,
        )
        for number, (one, excerpt) in enumerate(zip(found, quoted, strict=True), 1)
    )
    return Answer(
        result.question, no, citations, result.similarity, result.seconds, result.index_version
    )
