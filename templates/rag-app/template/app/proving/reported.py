"""From what people said about answers to golden questions, for a person to read and correct."""

import json
from collections.abc import Collection, Iterable
from pathlib import Path

from app.evidence.writing import write_whole
from app.proving.golden import DRAFT, Question, Section, as_line
from app.records import Feedback

MOST_SECTIONS = 3
ID_SIGNS = 12


def _like(question: str) -> str:
    return " ".join(question.casefold().split())


def questions_of(feedback: Iterable[Feedback], known: Collection[str]) -> list[Question]:
    """Returns a draft for each question that is not a golden one yet.

    Its sections are those that the answer cited: right where a reader was content, and where to
    begin looking where not.

    Args:
        feedback: What people said, in any order.
        known: Questions that are there already.
    """
    there = {_like(question) for question in known}
    drafts: list[Question] = []
    for one in feedback:
        cited = [Section.model_validate(section) for section in json.loads(one.sources)]
        sections = tuple(dict.fromkeys(cited))[:MOST_SECTIONS]
        if not sections or _like(one.question) in there:
            continue
        there.add(_like(one.question))
        drafts.append(
            Question(
                id=f"f-{one.answer_id[-ID_SIGNS:]}",
                question=" ".join(one.question.split()),
                relevant=sections,
                kind=DRAFT,
            )
        )
    return drafts


def append(file: Path, questions: Iterable[Question]) -> None:
    """Writes questions below those that a file has; all of them, or none.

    Raises:
        OSError: The file can't be read or written.
    """
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if before and not before.endswith("\n"):
        before += "\n"
    lines = (as_line(one) for one in questions)
    write_whole({file: (before + "".join(lines)).encode()})
