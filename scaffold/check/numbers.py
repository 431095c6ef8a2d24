"""The numbers of a README's answers, each with what stands behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.check.facts import answers as answering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.answers import Answer
    from scaffold.check.facts.reports import Rung
    from scaffold.check.facts.repository import Repository

README = "README.md"
_TYPED = re.compile(
    r"(?<![\w./#-])[-+]?(?:\$\s?)?\d[\d,]*(?:\.\d+)?"
    r"(?:\s?(?:%|ms|s\b|seconds?|MB|GB|points?|USD|€|dollars?|tokens?|requests/s)|(?<=\.\d)|(?<=\.\d\d)|(?<=\.\d\d\d))"
)


@dataclass(frozen=True)
class Shown:
    """A number of the README: what the reader sees, where, and its rung."""

    text: str
    line: int
    rung: Rung
    question: str = ""
    target: str = ""
    why: str = ""


def of(repository: Repository) -> tuple[Shown, ...]:
    """Linked numbers of the README, and those that its answers only name."""
    linked = [
        repository.reports.cite(one) for one in answering.evidence(README, repository.readme.links)
    ]
    asked = {
        (link.line, link.text): answer.id
        for answer in repository.answers.by_id.values()
        for link in answer.evidence
    }
    found = [
        Shown(
            one.link.text,
            one.link.line,
            one.rung,
            asked.get((one.link.line, one.link.text), ""),
            f"{one.link.file}#{one.link.pointer}",
            one.problem,
        )
        for one in linked
    ]
    found += [one for answer in repository.answers.by_id.values() for one in _typed(answer)]
    return tuple(sorted(found, key=lambda one: one.line))


def _typed(answer: Answer) -> Iterator[Shown]:
    text = answer.text
    for link in answer.evidence:
        text = text.replace(link.text, " ", 1)
    for match in _TYPED.finditer(text):
        yield Shown(match[0].strip(), answer.line, "typed", answer.id)
