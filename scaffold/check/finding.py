"""What a rule says about a repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["pass", "fail", "unknown", "human"]


@dataclass(frozen=True)
class Finding:
    """One thing with its place.

    Attributes:
        message: What is, and what is missing, for people.
        file: Path in the repository, with `/`; empty when it is about all of it.
        line: From 1; 0 when it is about the whole file.
        question: Id of the README question that it is about.
    """

    message: str
    file: str = ""
    line: int = 0
    question: str = ""

    @property
    def place(self) -> str:
        """`README.md:88`, or as much of it as is known."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Outcome:
    """What a rule found.

    Attributes:
        state: `human` is a question for a reviewer, which no program answers.
        findings: Why, the most useful one first; a pass says what it saw.
        todo: The next thing to do about it, in one line.
    """

    state: State
    findings: tuple[Finding, ...]
    todo: str = ""


class NotKnownError(Exception):
    """A fact that a rule needs is not there; the rule is unknown, and says how to get it."""

    def __init__(self, problem: str, todo: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.todo = todo


def passed(message: str, file: str = "", line: int = 0) -> Outcome:
    """It holds, and this is what was seen."""
    return Outcome("pass", (Finding(message, file, line),))


def failed(*findings: Finding, todo: str) -> Outcome:
    """It does not hold."""
    return Outcome("fail", findings, todo)


def unknown(message: str, todo: str, file: str = "", line: int = 0) -> Outcome:
    """It can't be told here."""
    return Outcome("unknown", (Finding(message, file, line),), todo)


def human(*questions: Finding) -> Outcome:
    """Only a person can tell."""
    return Outcome("human", questions)
