"""What callers send and get, as the API documentation shows it."""

from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, FailFast, Field, model_validator

from app.columns import example
from app.schema import Features
from app.tasks import TaskName

EXAMPLES: dict[str, Any] = {"typical": {"summary": "A typical case", "value": example()}}
BATCH_EXAMPLES: dict[str, Any] = {
    "typical": {"summary": "Two cases", "value": {"cases": [example(), example()]}}
}
# Of a prediction: what `Predictions` gives. Also keeps what no database could search for away.
ID_PATTERN = "^[0-9a-f]{32}$"
Given = TypeVar("Given", bound="Answer")
Outcome = TypeVar("Outcome", bool, float)


class Answer(BaseModel):
    """What every answer has."""

    model_config = ConfigDict(protected_namespaces=())

    model_version: str = Field(description="Which model answered.")
    prediction_id: str = Field(description="Names this answer; send it with the feedback.")
    request_id: str = Field(description="Finds this request in the log.")


class Decision(Answer):
    """The answer for one case."""

    probability: float = Field(ge=0, le=1, description="Probability of the outcome.")
    decision: bool = Field(description="Whether the probability reaches the threshold.")
    threshold: float = Field(description="Follows from the costs in project.toml.")


class Value(Answer):
    """The answer for one case."""

    value: float = Field(description="In the unit of the target.")


def batch_of(max_rows: int) -> type[BaseModel]:
    """Returns the body of `/predict/batch`; its check stops at the first bad case.

    Args:
        max_rows: Most cases in one request.
    """

    class Batch(BaseModel):
        """Cases to answer together."""

        model_config = ConfigDict(extra="forbid")

        cases: Annotated[list[Features], Field(min_length=1, max_length=max_rows), FailFast()]

    return Batch


class Answers(BaseModel, Generic[Given]):
    """The answers, in the order of the cases."""

    model_config = ConfigDict(protected_namespaces=())

    model_version: str = Field(description="The champion; each answer names its own model.")
    answers: list[Given]


class Feedback(BaseModel, Generic[Outcome]):
    """What came true, or what somebody thinks of an answer."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    prediction_id: str = Field(pattern=ID_PATTERN, description="Of the answer it is about.")
    actual: Outcome | None = Field(default=None, description="What came true.")
    thumb: Literal["up", "down"] | None = None
    comment: str | None = Field(
        default=None,
        max_length=2000,
        pattern=r"^[^\x00]*$",  # Postgres can't keep it
        description="What were you trying to do? No personal data, please.",
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.actual is self.thumb is None and not self.comment:
            msg = "Send at least one of actual, thumb and comment."
            raise ValueError(msg)
        return self


class Stored(BaseModel):
    """The feedback is kept."""

    prediction_id: str
    stored: Literal[True] = True


@dataclass(frozen=True)
class Bodies:
    """The classes that depend on the task."""

    answer: type[BaseModel]
    answers: type[BaseModel]
    feedback: type[BaseModel]


BODIES: dict[TaskName, Bodies] = {
    "classification": Bodies(Decision, Answers[Decision], Feedback[bool]),
    "regression": Bodies(Value, Answers[Value], Feedback[float]),
}
