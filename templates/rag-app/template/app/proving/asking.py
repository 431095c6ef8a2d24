"""Asking every question of a retriever, one way of searching after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.answering.refusal import refusal
from app.proving.golden import Question, Section, Unanswerable
from app.proving.measures import places
from app.retrieval.modes import Mode
from app.retrieval.result import Result

PASSAGES = 50  # enough for ten distinct sections, also where sections are long


class Searching(Protocol):
    """What is asked of a retriever."""

    def search(
        self, question: str, k: int | None = None, mode: Mode | None = None, under: str = ""
    ) -> Result:
        """Finds the k best passages."""


@dataclass(frozen=True)
class Served:
    """How questions are answered, by `project.toml` and the settings.

    Attributes:
        mode: The way of searching.
        threshold: The similarity below which there is no answer.
    """

    mode: Mode
    threshold: float


@dataclass(frozen=True)
class Outcome:
    """Whether a question gets an answer.

    Attributes:
        similarity: Of the question and the nearest passage, -1 to 1.
        refused: Whether it gets none.
    """

    similarity: float
    refused: bool


@dataclass(frozen=True)
class Asked:
    """A golden question, and where each way of searching found its sections.

    Attributes:
        question: As in the file.
        places: By way of searching, such as `hybrid`: places among distinct sections, 1 is first.
        outcome: Of the way that is served.
    """

    question: Question
    places: Mapping[str, tuple[int, ...]]
    outcome: Outcome


def _sections(result: Result) -> list[Section]:
    """Returns the section of each passage that was found, best first."""
    return [
        Section(source=found.passage.source, heading=found.passage.heading)
        for found in result.found
    ]


def _outcome(result: Result, served: Served) -> Outcome:
    return Outcome(result.similarity, refusal(result, served.threshold) is not None)


def ask_golden(
    retriever: Searching, modes: Sequence[Mode], questions: Sequence[Question], served: Served
) -> list[Asked]:
    """Asks golden questions in every mode.

    Args:
        retriever: Of one index and one embedder.
        modes: The ways of searching, the served one among them.
        questions: Golden ones.
        served: How they are answered.
    """
    asked = []
    for one in questions:
        results = {mode: retriever.search(one.question, PASSAGES, mode) for mode in modes}
        relevant = frozenset(one.relevant)
        found: dict[str, tuple[int, ...]] = {
            mode: places(_sections(result), relevant) for mode, result in results.items()
        }
        asked.append(Asked(one, found, _outcome(results[served.mode], served)))
    return asked


def ask(
    retriever: Searching, questions: Sequence[Unanswerable], served: Served
) -> dict[str, Outcome]:
    """Asks questions of any kind; returns by id what came of them."""
    return {
        one.id: _outcome(retriever.search(one.question, 1, served.mode), served)
        for one in questions
    }
