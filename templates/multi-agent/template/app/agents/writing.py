"""The writer: one memo from everything that was found."""

from app.agents.asking import ask
from app.agents.crew import Crew, RunContext
from app.agents.evidence import in_order
from app.agents.memo import Memo
from app.agents.state import Finding, Json, RunState


async def write(crew: Crew, context: RunContext, state: RunState) -> RunState:
    """Writes the memo, or writes it again with what the reviewer said."""
    findings = sorted(state.get("findings", []), key=lambda one: one["worker"])
    content: Json = {
        "question": state["question"],
        "findings": [_told(one) for one in findings],
        "evidence": in_order(findings),
        "problems": state.get("problems", []),
    }
    rounds = state.get("rounds", 0) + 1
    given = await ask(crew, context, "writer", Memo, content)
    if given.value is None:
        return RunState(rounds=rounds, outcome="partial", reason=given.problem)
    return RunState(rounds=rounds, memo=given.value.model_dump())


def _told(finding: Finding) -> Json:
    return {name: finding[name] for name in ("worker", "goal", "summary", "unfinished")}
