"""The end of a run that publishes nothing, in words: refused, rejected or partial."""

from app.agents.crew import Crew, RunContext
from app.agents.evidence import in_order
from app.agents.grounding import founded
from app.agents.state import Finding, Json, RunState

NOTHING: Json = {
    "title": "Not finished",
    "answer": "informative",
    "lines": [],
    "exceptions": [],
    "open_questions": [],
}


async def close(crew: Crew, context: RunContext, state: RunState) -> RunState:  # noqa: ARG001
    """Leaves the founded part of a memo, and names what is open."""
    if state.get("refusal"):
        return RunState(outcome="refused", reason=state["refusal"])
    if state.get("outcome") == "rejected":
        return RunState()
    findings = state.get("findings", [])
    draft = state.get("memo") or NOTHING | {"lines": [_said(one) for one in findings]}
    memo = founded(draft, in_order(findings))
    unfinished = [f"{one['worker']}: {one['unfinished']}" for one in findings if one["unfinished"]]
    if len(memo["lines"]) < len(draft["lines"]):
        unfinished.append(
            "Sentences were left out, because the evidence does not hold their numbers."
        )
    return RunState(
        memo=memo | {"open_questions": [*memo["open_questions"], *unfinished]},
        outcome="partial",
        reason=state.get("reason") or "It could not be finished.",
    )


def _said(finding: Finding) -> Json:
    """Returns a worker's own words as a sentence of a memo that nobody could write."""
    text = finding["summary"] or f"{finding['worker']} was not done: {finding['unfinished']}"
    return {"text": text, "cites": [one["id"] for one in finding["evidence"]]}
