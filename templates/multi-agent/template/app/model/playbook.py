"""The playbook: what the offline model does with a question, written down as data."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.model.filling import calls_of

# Without digits: names are told in open questions, and a digit there would be a number of a memo.
Name = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,40}$")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
WORD = re.compile(r"\w+")
Words = tuple[Annotated[str, Field(min_length=1)], ...]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Step(_Part):
    """A call of a tool; its arguments are templates and may use what earlier calls found."""

    name: Name
    tool: Name
    arguments: dict[str, str] = {}

    @property
    def needs(self) -> set[str]:
        """Names of the calls whose results are in its arguments."""
        return {one for text in self.arguments.values() for one in calls_of(text)}

    @property
    def label(self) -> str:
        """Its name, for people."""
        return self.name.replace("_", " ")


class Sentence(_Part):
    """A sentence of the memo: for `each` row of a call, `if_any` or `if_empty`, or always.

    Of `each`, so many rows are told at `most`; where there are more, a sentence says how many.
    """

    text: Text
    each: str = ""
    most: int = Field(default=12, ge=1, le=50)
    if_any: str = ""
    if_empty: str = ""

    @property
    def calls(self) -> list[str]:
        """Names of the calls that it rests on, each once."""
        named = [one for one in (self.each, self.if_any, self.if_empty) if one]
        return list(dict.fromkeys([*named, *sorted(calls_of(self.text))]))


class Request(_Part):
    """An exception to ask for, for `each` row of a call."""

    each: str
    subject: Text
    rule: Text
    reason: Text

    @property
    def texts(self) -> dict[str, str]:
        """Its templates, by the names that a memo has for them."""
        return {"subject": self.subject, "rule": self.rule, "reason": self.reason}

    @property
    def calls(self) -> list[str]:
        """Names of the calls that it rests on, each once."""
        used = {one for text in self.texts.values() for one in calls_of(text)}
        return list(dict.fromkeys([self.each, *sorted(used)]))


class AnswerRule(_Part):
    """When the answer is no, and when it depends: where one of these calls has rows."""

    no_if: tuple[str, ...] = ()
    conditional_if: tuple[str, ...] = ()

    @property
    def calls(self) -> list[str]:
        """Names of the calls that it rests on."""
        return [*self.no_if, *self.conditional_if]


class Play(_Part):
    """What to do with one kind of question.

    Attributes:
        name: Of the play.
        title: Of the memo, if it is the first of its plays.
        words: One of these makes a question its own.
        also: And one of these, if there are any.
        unless: But none of these.
        worker: Who does it.
        goal: The task, as the planner writes it.
    """

    name: Name
    title: Annotated[str, Field(min_length=1, max_length=200)]
    words: Words = Field(min_length=1)
    also: Words = ()
    unless: Words = ()
    worker: Name
    goal: str = Field(min_length=10, max_length=1000)
    steps: tuple[Step, ...] = Field(alias="call", min_length=1)
    sentences: tuple[Sentence, ...] = Field(alias="line", min_length=1)
    requests: tuple[Request, ...] = Field(default=(), alias="exception")
    answer: AnswerRule = AnswerRule()

    def fits(self, question: str) -> bool:
        """Tells whether the question is one of its kind."""
        has = _has(question, self.words) and (not self.also or _has(question, self.also))
        return has and not _has(question, self.unless)

    @property
    def templates(self) -> Iterator[tuple[str, str, bool]]:
        """Every template: where it stands, its text, and whether it is filled for a row."""
        for step in self.steps:
            yield from ((f"call {step.name}", text, False) for text in step.arguments.values())
        for at, sentence in enumerate(self.sentences, 1):
            yield f"line {at}", sentence.text, bool(sentence.each)
        for at, request in enumerate(self.requests, 1):
            yield from ((f"exception {at}", text, True) for text in request.texts.values())


class Playbook(_Part):
    """All plays.

    Attributes:
        refusal: What is said to a question that none of them fits.
        outside: Words of questions that nothing here answers, whatever else is in them: prices,
            where the tables have none. A playbook would take a word for what is asked.
        common: Words that say nothing about what is asked; `{topic}` is the question without them.
        plays: In the order in which a memo tells what came of them.
    """

    refusal: Annotated[str, Field(min_length=1, max_length=1000)]
    outside: Words = ()
    common: Words = ()
    plays: tuple[Play, ...] = Field(alias="play", min_length=1)

    def of_question(self, question: str) -> list[Play]:
        """Returns the plays for a question, in their order."""
        if _has(question, self.outside):
            return []
        return [one for one in self.plays if one.fits(question)]

    def asked(self, question: str) -> dict[str, str]:
        """Returns what templates may say of the question: it, and its topic."""
        common = {one.lower() for one in self.common}
        words = [one for one in WORD.findall(question) if one.lower() not in common]
        return {"question": question, "topic": " ".join(words) or question}

    def of_goal(self, goal: str) -> list[Play]:
        """Returns the plays that a worker's task is made of."""
        return [one for one in self.plays if one.goal in goal.splitlines()]


def _has(question: str, words: Words) -> bool:
    # Blanks of any kind and number, since a question may come in lines.
    return bool(words) and bool(_pattern(words).search(" ".join(question.split())))


@cache
def _pattern(words: Words) -> re.Pattern[str]:
    one_of = "|".join(map(re.escape, words))
    return re.compile(rf"(?<!\w)(?:{one_of})(?!\w)", re.IGNORECASE)
