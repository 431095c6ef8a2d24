"""A person decides, and only then something happens.

The request has the shape that LangChain's own middleware uses, so that other front ends know it.
"""

from typing import Any, Literal

from langgraph.types import interrupt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.agents.crew import Crew, RunContext
from app.agents.evidence import in_order
from app.agents.grounding import check
from app.agents.memo import Memo
from app.agents.state import Evidence, Json, RunState
from app.service.errors import UserError

PUBLISH = "publish"


class Decision(BaseModel):
    """What a person says to a memo; `memo` is the whole edited one, for `edit` only."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["approve", "edit", "reject"]
    memo: Memo | None = None
    reason: str = Field(default="", max_length=2000)


def read_decision(given: Json, evidence: list[Evidence]) -> Decision:
    """Returns a decision that can be carried out.

    Raises:
        UserError: It is none; or the edited memo has a number that is not in the evidence.
    """
    try:
        decision = Decision.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "it"
        raise UserError(
            f"That is no decision: {place}: {first['msg']}.",
            "Approve, reject with a reason, or edit with the whole memo.",
        ) from error
    if (decision.type == "edit") != (decision.memo is not None):
        raise UserError("A memo belongs to an edit, and to nothing else.", "Send both or neither.")
    if decision.memo and (problems := check(decision.memo.model_dump(), evidence)):
        raise UserError(
            f"The edited memo can't be published: {' '.join(problems)}",
            "Keep to the numbers of the evidence; the run goes on waiting.",
        )
    return decision


def request(memo: Json) -> Json:
    """Returns what a person is asked: exactly what will be recorded."""
    count = len(memo["exceptions"])
    records = "1 exception" if count == 1 else f"{count} exceptions"
    action = {
        "name": PUBLISH,
        "args": {"memo": memo},
        "description": f"Publish this memo and put {records} on record.",
    }
    config = {"action_name": PUBLISH, "allowed_decisions": ["approve", "edit", "reject"]}
    return {"action_requests": [action], "review_configs": [config]}


def _from_any(answer: Any) -> Json:  # noqa: ANN401 - whatever a front end resumes with
    """Reads LangChain's form of a decision too: `{"decisions": [{"type": ...}]}`."""
    many = answer.get("decisions") if isinstance(answer, dict) else None
    one = many[0] if isinstance(many, list) and many else answer
    if not isinstance(one, dict):
        return {}
    if isinstance(edited := one.get("edited_action"), dict):
        return {"type": one.get("type"), "memo": edited.get("args", {}).get("memo")}
    if "message" in one:
        return {"type": one.get("type"), "reason": one["message"]}
    return one


async def wait_for_approval(crew: Crew, context: RunContext, state: RunState) -> RunState:  # noqa: ARG001
    """Waits for a person, for as long as it takes; across restarts."""
    answer = interrupt(request(state["memo"]))
    decision = read_decision(_from_any(answer), in_order(state.get("findings", [])))
    said = {"type": decision.type, "reason": decision.reason}
    if decision.type == "reject":
        return RunState(
            decision=said, outcome="rejected", reason=decision.reason or "no reason given"
        )
    if decision.memo is not None:
        return RunState(decision=said, memo=decision.memo.model_dump())
    return RunState(decision=said)


async def publish(crew: Crew, context: RunContext, state: RunState) -> RunState:
    """Has the one effect of a run. Repeated after a crash, it changes nothing."""
    from asyncio import to_thread

    done = await to_thread(crew.register.publish, context.run_id, state["question"], state["memo"])
    return RunState(published=done, outcome="published", reason="")
