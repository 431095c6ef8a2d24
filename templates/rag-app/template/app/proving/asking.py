"""Asking all questions of a retriever, one way of searching after the other."""

from collections.abc import Sequence
from typing import Protocol

from app.project import Mode
from app.proving.evaluation import Asked
from app.proving.golden import Question, Section, Unanswerable
from app.proving.measures import places
from app.retrieval.result import Result

PASSAGES = 50  # enough for ten distinct sections, also where sections are long


class Searching(Protocol):
    """What is asked of a retriever."""

    def search(
        self, question: str, k: int | None = None, mode: Mode | None = None, under: str = ""
    ) -> Result:
        """Finds the k best passages."""


def sections(result: Result) -> list[Section]:
    """Returns the section of each passage that was found, best first."""
    return [
        Section(source=found.passage.source, heading=found.passage.heading)
        for found in result.found
    ]


def ask(
    retriever: Searching, modes: Sequence[Mode], questions: Sequence[Question], prefix: str = ""
) -> list[Asked]:
    """Asks golden questions.

    Args:
        retriever: Of one index and one embedder.
        modes: The ways of searching; the first tells the similarity.
        questions: Golden ones.
        prefix: Before each mode's name, to tell retrievers apart.
    """
    asked = []
    for one in questions:
        results = {mode: retriever.search(one.question, PASSAGES, mode) for mode in modes}
        relevant = frozenset(one.relevant)
        found = {f"{prefix}{mode}": places(sections(r), relevant) for mode, r in results.items()}
        asked.append(Asked(one, found, results[modes[0]].similarity))
    return asked


def similarities(
    retriever: Searching, mode: Mode, questions: Sequence[Unanswerable]
) -> dict[str, float]:
    """Returns how similar each question is to the nearest passage, by id."""
    return {one.id: retriever.search(one.question, 1, mode).similarity for one in questions}
