"""What a search gives back."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.passages import Passage


@dataclass(frozen=True)
class Found:
    """A passage and why it was found.

    Attributes:
        id: In the index.
        passage: What was found.
        score: By which it is ranked; higher is better.
        lexical: Its place by words, 1 is first; None where it was not among the candidates.
        vector: Its place by vectors, likewise.
        similarity: Cosine of question and passage, -1 to 1.
    """

    id: int
    passage: Passage
    score: float
    lexical: int | None
    vector: int | None
    similarity: float


@dataclass(frozen=True)
class Result:
    """The passages for one question, best first.

    Attributes:
        question: As asked.
        found: At most as many as asked for.
        similarity: The highest cosine of the question and any passage; 0 in an empty index.
        seconds: How long each stage took: `embed`, `lexical`, `vector`, `fuse`, `read`; in
            mode `rerank` also `rerank`.
        index_version: Of the index that was searched.
    """

    question: str
    found: tuple[Found, ...]
    similarity: float
    seconds: Mapping[str, float]
    index_version: int
