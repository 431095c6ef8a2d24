"""What the graph carries from node to node: plain JSON, because checkpoints outlive code."""

from operator import add
from typing import Annotated, Any, Literal, TypedDict

from app.desk.found import Found

Outcome = Literal["published", "rejected", "refused", "partial"]
"""How a run ends: the memo was approved and published, or rejected by a person; the question can't
be answered here; or a limit came first, and the memo holds what was found until then."""
Json = dict[str, Any]


class Evidence(TypedDict):
    """One tool call and what it found.

    Attributes:
        id: Task and number, as in `analyst.2`; what memos cite.
        tool: Its name.
        arguments: As the agent gave them.
        found: What came back.
    """

    id: str
    tool: str
    arguments: Json
    found: Found


class Finding(TypedDict):
    """What came of one task.

    Attributes:
        worker: Who did it.
        goal: The task.
        summary: The worker's words.
        evidence: Every tool call that found something.
        unfinished: Why it was not done to the end; empty if it was.
    """

    worker: str
    goal: str
    summary: str
    evidence: list[Evidence]
    unfinished: str


class RunState(TypedDict, total=False):
    """The state of a run.

    Attributes:
        question: What was asked.
        tasks: Of the plan: `worker` and `goal` of each.
        refusal: Why the planner hands out nothing.
        findings: One for each task, in no order.
        memo: As `app.agents.memo.Memo`.
        problems: Why the reviewer sends the memo back; empty: it does not.
        rounds: How often it was written.
        decision: Of a person: `approve`, `edit` or `reject`, and the reason.
        outcome: How it ended.
        reason: Why, in words, unless it was published.
        published: The records that the effect left.
    """

    question: str
    tasks: list[Json]
    refusal: str
    findings: Annotated[list[Finding], add]
    memo: Json
    problems: list[str]
    rounds: int
    decision: Json
    outcome: Outcome
    reason: str
    published: Json
