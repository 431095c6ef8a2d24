"""What callers send and get, as the API documentation shows it."""

from dataclasses import asdict
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from app.agents.memo import Memo
from app.runs.calls import Call
from app.runs.run_log import Entry, Run
from app.runs.runner import MOST_SIGNS

LONGEST_COMMENT = 2_000
MOST_WAIT = 30.0
RUN_ID = "^[0-9a-f]{16}$"
_SAYS_SOMETHING: list[JsonValue] = [
    {"required": [name], "properties": {name: {"not": {"type": "null"}}}}
    for name in ("thumb", "comment")
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class QuestionBody(_Body):
    """A question; `wait` is how many seconds the answer may be waited for."""

    question: Annotated[str, Field(min_length=1, max_length=MOST_SIGNS)]
    wait: float = Field(default=0, ge=0, le=MOST_WAIT)


class DecisionBody(_Body):
    """What a person decides about a run that waits; `memo` is the whole edited one."""

    type: Literal["approve", "edit", "reject"]
    reason: str = Field(default="", max_length=2_000)
    memo: Memo | None = None


class NothingBody(_Body):
    """An empty object."""


class FeedbackBody(_Body):
    """What somebody thinks of a run: a thumb, a comment, or both."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"anyOf": _SAYS_SOMETHING})

    run_id: str = Field(pattern=RUN_ID, description="As given with the run.")
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

    run_id: str


class SpentBody(BaseModel):
    """What a run has used; `dollars` is null where a price is unknown."""

    model_calls: int
    tool_calls: int
    tokens: int
    dollars: float | None


class RunBody(BaseModel):
    """A run as it stands; see the page's trace of it for every call."""

    run_id: str
    question: str
    status: Literal["running", "waiting", "done"]
    outcome: str
    reason: str
    memo: dict[str, Any] | None
    evidence: list[dict[str, Any]]
    problems: list[str]
    request: dict[str, Any] | None
    published: dict[str, Any] | None
    spent: SpentBody
    seconds: float


class CallBody(BaseModel):
    """A call of a model or tool; `started` is in seconds since the run's first call."""

    n: int
    kind: Literal["model", "tool"]
    agent: str
    name: str
    started: float
    seconds: float | None
    status: str
    tokens: float
    dollars: float | None
    problem: str = Field(description="Why it failed.")


class TracedRunBody(RunBody):
    """A run with its calls."""

    calls: list[CallBody]


class EntryBody(BaseModel):
    """A line of the list of runs; `started` is in seconds since 1970."""

    run_id: str
    question: str
    started: float
    status: str
    outcome: str


class RunsBody(BaseModel):
    """The newest runs."""

    runs: list[EntryBody]


def run_body(run: Run) -> dict[str, Any]:
    """Returns a run as it is sent."""
    return asdict(run)


def call_bodies(calls: list[Call]) -> list[dict[str, Any]]:
    """Returns calls as they are sent, numbered from 1 in the order in which they began."""
    return [
        {
            "n": n,
            "kind": one.kind,
            "agent": one.agent,
            "name": one.name,
            "started": one.started - calls[0].started,
            "seconds": None if one.finished is None else one.finished - one.started,
            "status": one.status,
            "tokens": one.tokens,
            "dollars": one.dollars,
            "problem": one.problem,
        }
        for n, one in enumerate(calls, 1)
    ]


def entry_body(entry: Entry) -> dict[str, Any]:
    """Returns a line of the list of runs as it is sent."""
    return {
        "run_id": entry.run_id,
        "question": entry.question,
        "started": entry.started,
        "status": entry.status,
        "outcome": entry.outcome,
    }
