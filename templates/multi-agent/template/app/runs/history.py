"""The checkpoints of a run: after each step of the graph, from where it could be taken up again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from langchain_core.runnables import RunnableConfig

from app.agents.graph import Graph


@dataclass(frozen=True)
class Checkpoint:
    """A step that is on record.

    Attributes:
        step: From -1, before anything was done.
        seconds: Since the first checkpoint.
        after: The nodes that ran before it; workers run side by side.
        waits_for: The nodes that come next; empty at the end.
    """

    step: int
    seconds: float
    after: tuple[str, ...]
    waits_for: tuple[str, ...]


async def checkpoints(graph: Graph, run_id: str) -> list[Checkpoint]:
    """Returns the checkpoints of a run, oldest first; of its workers' own turns there are more."""
    config: RunnableConfig = {"configurable": {"thread_id": run_id}}
    found = [
        (one.metadata or {}, one.created_at or "", one.next)
        async for one in graph.aget_state_history(config)
    ][::-1]
    times = [datetime.fromisoformat(created) for _, created, _ in found]
    before: Sequence[tuple[str, ...]] = [(), *(following for *_, following in found)]
    return [
        Checkpoint(
            step=int(metadata.get("step", 0)),
            seconds=(times[at] - times[0]).total_seconds(),
            after=before[at],
            waits_for=following,
        )
        for at, (metadata, _, following) in enumerate(found)
    ]
