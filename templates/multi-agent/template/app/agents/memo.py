"""What agents hand to each other, as models are told to write it.

These are schemas for structured output. In the state of the graph the same things are plain
dictionaries (`model_dump()`), so that checkpoints hold nothing but JSON.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Answer = Literal["yes", "no", "conditional", "informative"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Task(_Part):
    """One piece of work for one worker."""

    worker: str = Field(description="name of a worker")
    goal: str = Field(description="what to find out, in one or two sentences", max_length=2000)


class Plan(_Part):
    """Hand the work out; or refuse, with the reason, when the workers can't answer it."""

    tasks: list[Task] = Field(description="at most one task for each worker; empty to refuse")
    refusal: str = Field(default="", max_length=1000, description="why it can't be answered here")


class Line(_Part):
    """One sentence of a memo."""

    text: str = Field(max_length=2000)
    cites: list[str] = Field(description="ids of the evidence in which every number of it occurs")


class ExceptionRequest(_Part):
    """An exception from a rule, to be recorded if the memo is approved."""

    subject: str = Field(max_length=200, description="what is excepted, as the evidence names it")
    rule: str = Field(max_length=500)
    reason: str = Field(max_length=1000)
    cites: list[str] = Field(description="ids of evidence")


class Memo(_Part):
    """The answer: sentences, each with its evidence, and what should be recorded."""

    title: str = Field(max_length=200)
    answer: Answer = Field(description="to a yes-or-no question; else informative")
    lines: list[Line]
    exceptions: list[ExceptionRequest] = Field(default_factory=list)
    open_questions: list[str] = Field(default_factory=list)


class Verdict(_Part):
    """Whether a memo answers its question from its evidence."""

    accepted: bool
    problems: list[str] = Field(default_factory=list, description="what to mend; empty if accepted")
