"""What callers send and get, as the API documentation shows it."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

LONGEST_QUESTION, LONGEST_ANSWER, MOST_TURNS, LONGEST_COMMENT = 2_000, 8_000, 10, 2_000
ID_PATTERN = "^[0-9a-f]{32}$"
QuestionText = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_QUESTION)]
_SAYS_SOMETHING: list[JsonValue] = [
    {"required": [name], "properties": {name: {"not": {"type": "null"}}}}
    for name in ("thumb", "comment")
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TurnBody(_Body):
    """A question of before, and what it got."""

    question: QuestionText
    answer: str = Field(max_length=LONGEST_ANSWER)


class QuestionBody(_Body):
    """A question; `history` are the turns before it, oldest first, of which the last few count."""

    question: QuestionText
    history: list[TurnBody] = Field(default=[], max_length=MOST_TURNS)


class FeedbackBody(_Body):
    """What somebody thinks of an answer: a thumb, a comment, or both."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"anyOf": _SAYS_SOMETHING})

    answer_id: str = Field(pattern=ID_PATTERN, description="As given with the answer.")
    thumb: Literal["up", "down"] | None = None
    comment: str | None = Field(
        default=None, max_length=LONGEST_COMMENT, description="What were you trying to do?"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.thumb is None and self.comment is None:
            raise ValueError("give a thumb, a comment, or both")
        return self


class Stored(BaseModel):
    """The feedback is kept."""

    answer_id: str


class CitationBody(BaseModel):
    """A passage that an answer rests on."""

    number: int
    id: int
    source: str
    heading: str
    breadcrumb: str
    place: str
    similarity: float
    excerpt: str


class SentenceBody(BaseModel):
    """A sentence that a model wrote, and what is wrong with it; null where nothing is."""

    text: str
    citations: list[int]
    problem: str | None


class RefusalBody(BaseModel):
    """Why there is no answer."""

    why: str
    reason: str


class UsageBody(BaseModel):
    """Tokens of the model."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    stored_tokens: int


class ReplyBody(BaseModel):
    """An answer."""

    answer_id: str
    question: str
    searched: str
    kind: Literal["written", "quoted", "refused"]
    citations: list[CitationBody]
    similarity: float
    index_version: int
    text: str
    sentences: list[SentenceBody]
    grounded: bool | None
    notice: str
    refusal: RefusalBody | None
    model: str
    prompt: str
    usage: UsageBody | None
    dollars: float | None = Field(description="Null: the price is unknown.")
    cached: bool
    seconds: dict[str, float]


class PassageBody(BaseModel):
    """A passage, whole."""

    id: int
    source: str
    breadcrumb: str
    place: str
    text: str


def examples(question: str) -> dict[str, Any]:
    """Returns what the documentation offers to try.

    Args:
        question: One that the documents answer.
    """
    return {"typical": {"summary": "A question", "value": {"question": question}}}
