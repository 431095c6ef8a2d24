"""The baseline: one agent with every tool, that writes the memo itself. Nobody reviews but code."""

from typing import Any, cast

from langchain.agents import create_agent
from langchain.agents.structured_output import ToolStrategy

from app.agents.asking import as_message
from app.agents.crew import Crew, RunContext, read_prompt
from app.agents.evidence import collect
from app.agents.grounding import check, founded
from app.agents.memo import Memo
from app.agents.state import RunState
from app.agents.watching import Watching
from app.agents.working import Agent

ROLE = "single"


def hire_single(crew: Crew) -> Agent:
    """Returns the agent; it may take as many turns as all workers together."""
    turns = crew.project.graph.steps * len(crew.project.workers)
    return cast(
        "Agent",
        create_agent(
            crew.model,
            list(crew.tools.values()),
            system_prompt=read_prompt(ROLE),
            middleware=[Watching(ROLE, turns)],
            response_format=ToolStrategy(Memo),
            context_schema=RunContext,
            name=ROLE,
        ),
    )


async def answer_alone(agent: Agent, context: RunContext, question: str) -> RunState:
    """Answers a question; the end has the words that runs of the graph have, before approval."""
    result: dict[str, Any] = await agent.ainvoke(
        {"messages": [as_message({"question": question})]},
        {"recursion_limit": 1000},
        context=context,
    )
    finding = collect({"worker": ROLE, "goal": question}, result["messages"])
    state = RunState(question=question, findings=[finding])
    given = result.get("structured_response")
    if not isinstance(given, Memo):
        return state | RunState(outcome="partial", reason=finding["unfinished"] or "no memo")
    memo = given.model_dump()
    if not memo["lines"]:
        return state | RunState(outcome="refused", reason=" ".join(memo["open_questions"]))
    if problems := check(memo, finding["evidence"]):
        memo = founded(memo, finding["evidence"])
        return state | RunState(
            memo=memo, problems=problems, outcome="partial", reason="Its numbers are not founded."
        )
    return state | RunState(memo=memo, problems=[])
