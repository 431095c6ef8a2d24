"""The reviewer: code checks every number, then a model says whether the question is answered."""

from app.agents.asking import ask
from app.agents.crew import Crew, RunContext
from app.agents.evidence import in_order
from app.agents.grounding import check
from app.agents.memo import Verdict
from app.agents.state import RunState


async def review(crew: Crew, context: RunContext, state: RunState) -> RunState:
    """Says what is wrong with the memo; if it may not be written again, the run is partial."""
    evidence, memo = in_order(state.get("findings", [])), state["memo"]
    problems = check(memo, evidence)
    if problems:
        context.ledger.observer.rejected()
    else:
        content = {"question": state["question"], "memo": memo, "evidence": evidence}
        given = await ask(crew, context, "reviewer", Verdict, content)
        if given.value is None:
            return RunState(
                problems=[f"Nobody has reviewed it. {given.problem}"],
                outcome="partial",
                reason=given.problem,
            )
        if not given.value.accepted:
            problems = given.value.problems or ["The reviewer does not accept it."]
    if problems and state["rounds"] >= crew.project.graph.rounds:
        return RunState(
            problems=problems,
            outcome="partial",
            reason=f"The reviewer rejected it {state['rounds']} times.",
        )
    return RunState(problems=problems)
