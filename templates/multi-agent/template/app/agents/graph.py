"""The graph: who comes after whom. The README draws it from here."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from app.agents.approving import publish, wait_for_approval
from app.agents.closing import close
from app.agents.crew import Crew, RunContext
from app.agents.planning import plan
from app.agents.reviewing import review
from app.agents.state import Json, RunState
from app.agents.working import hire, work
from app.agents.writing import write

Graph = CompiledStateGraph[RunState, RunContext, RunState, RunState]


class Node(Protocol):
    """A step, as LangGraph calls it."""

    async def __call__(self, state: RunState, runtime: Runtime[RunContext]) -> RunState:
        """Does it."""


Step = Callable[[Crew, RunContext, RunState], Awaitable[RunState]]


class Assignment(TypedDict):
    """What one worker gets: its task, with the question."""

    task: Json


def build(
    crew: Crew, checkpoints: BaseCheckpointSaver[Any] | None, approve: Step = wait_for_approval
) -> Graph:
    """Returns the graph, to be used for any number of runs.

    Args:
        crew: Who works.
        checkpoints: Where each step is kept; None: nothing survives the process.
        approve: Who decides; a benchmark without checkpoints can wait for nobody.

    Raises:
        UserError: A worker of the project can't work.
    """
    agents = hire(crew)

    def node(step: Step) -> Node:
        async def run(state: RunState, runtime: Runtime[RunContext]) -> RunState:
            return await step(crew, runtime.context, state)

        return run

    async def work_on(state: Assignment, runtime: Runtime[RunContext]) -> RunState:
        return await work(agents, runtime.context, state["task"])

    graph = StateGraph(RunState, context_schema=RunContext)
    for step in (plan, write, review, publish, close):
        graph.add_node(step.__name__, node(step))
    graph.add_node("approve", node(approve))
    graph.add_node("work", work_on)
    graph.add_edge(START, "plan")
    graph.add_conditional_edges("plan", _hand_out, ["work", "close"])
    graph.add_edge("work", "write")
    graph.add_conditional_edges("write", _written, ["review", "close"])
    graph.add_conditional_edges("review", _reviewed, ["write", "approve", "close"])
    graph.add_conditional_edges("approve", _decided, ["publish", "close"])
    graph.add_edge("publish", END)
    graph.add_edge("close", END)
    return graph.compile(checkpointer=checkpoints)


def _hand_out(state: RunState) -> list[Send] | str:
    question = {"question": state["question"]}
    return [Send("work", {"task": task | question}) for task in state["tasks"]] or "close"


def _written(state: RunState) -> str:
    return "close" if state.get("outcome") else "review"


def _reviewed(state: RunState) -> str:
    if state.get("outcome"):
        return "close"
    return "write" if state["problems"] else "approve"


def _decided(state: RunState) -> str:
    return "close" if state.get("outcome") else "publish"
