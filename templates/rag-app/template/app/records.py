"""What is remembered of an answer, and the forms in which it is read back."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["written", "quoted", "refused"]
Thumb = Literal["up", "down"]


class AnswerRecord(NamedTuple):
    """One answer as it is stored.

    Attributes:
        answer_id: Given to the caller.
        request_id: Finds the log line.
        at: Seconds since 1970.
        question: As asked.
        kind: Who made the answer: a model, the passages themselves, or nobody.
        text: What a model wrote; empty otherwise.
        model: As the setting MODEL names it; empty where none was asked.
        prompt: Name of the prompt file; empty where no model was asked.
        input_tokens: That were read; 0 where no model was asked or it did not tell.
        output_tokens: That were written, likewise.
        dollars: What it cost; None where the price is unknown.
        similarity: The highest cosine of question and any passage.
        grounded: Whether each sentence stands in its passage; None where nothing was written.
        cached: Whether it was given before and given again.
        seconds: From question to answer.
        sources: JSON: the cited sections as `[{"source", "heading"}]`, best first.
    """

    answer_id: str
    request_id: str
    at: float
    question: str
    kind: Kind
    text: str
    model: str
    prompt: str
    input_tokens: int
    output_tokens: int
    dollars: float | None
    similarity: float
    grounded: bool | None
    cached: bool
    seconds: float
    sources: str


@dataclass(frozen=True)
class Summary:
    """The last hours; of `dollars`, calls whose price is unknown are left out and counted apart."""

    hours: float
    answers: int
    written: int
    quoted: int
    refused: int
    cached: int
    ungrounded: int
    dollars: float
    unpriced: int
    tokens: int
    median_similarity: float | None
    median_seconds: float | None
    thumbs_up: int
    thumbs_down: int
    comments: int
    waiting: int
    dropped: int


@dataclass(frozen=True)
class Feedback:
    """What somebody said about an answer; `at` in seconds since 1970."""

    at: float
    answer_id: str
    question: str
    kind: Kind
    sources: str
    thumb: Thumb | None
    comment: str | None
