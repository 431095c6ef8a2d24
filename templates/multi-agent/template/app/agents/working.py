"""The workers: each reasons and uses its tools, at the same time as the others."""

from collections.abc import Mapping
from typing import Any

from langchain.agents import create_agent
from langgraph.graph.state import CompiledStateGraph

from app.agents.asking import as_message
from app.agents.crew import Crew, RunContext, read_prompt
from app.agents.evidence import collect
from app.agents.state import Json, RunState
from app.agents.watching import Watching

Agent = CompiledStateGraph[Any, RunContext, Any, Any]


def hire(crew: Crew) -> Mapping[str, Agent]:
    """Returns an agent for each worker of the project.

    Raises:
        UserError: A worker has no prompt, or a tool that does not exist.
    """
    return {name: _agent(crew, name) for name in crew.project.workers}


def _agent(crew: Crew, worker: str) -> Agent:
    return create_agent(
        crew.model,
        crew.tools_of(worker),
        system_prompt=read_prompt(worker),
        middleware=[Watching(worker, crew.project.graph.steps)],
        context_schema=RunContext,
        name=worker,
    )


async def work(agents: Mapping[str, Agent], context: RunContext, task: Json) -> RunState:
    """Does one task; limits and errors end it with what was found until then."""
    start = {"messages": [as_message({"question": task["question"], "goal": task["goal"]})]}
    # Turns are counted in `Watching`, which ends in words. This is only the graph's own brake.
    result = await agents[task["worker"]].ainvoke(start, {"recursion_limit": 1000}, context=context)
    return RunState(findings=[collect(task, result["messages"])])
