"""Deletes runs, with all that belongs to them."""

from asyncio import to_thread

from langgraph.checkpoint.base import BaseCheckpointSaver

from app.runs.runner import Runner


async def forget(runner: Runner, run_ids: list[str]) -> None:
    """Deletes runs with what they published; of today's calls the cost stays."""
    await to_thread(runner.register.delete, run_ids)
    await _delete(runner, run_ids)


async def purge(runner: Runner, days: float) -> int:
    """Deletes runs that began longer ago than this; what they published stays.

    Returns:
        How many.
    """
    old = await to_thread(runner.log.older_than, days)
    await _delete(runner, old)
    return len(old)


async def reset(runner: Runner) -> int:
    """Deletes every run and what it published; returns how many."""
    every = await to_thread(runner.log.older_than, 0)
    await forget(runner, every)
    return len(every)


async def _delete(runner: Runner, run_ids: list[str]) -> None:
    saver = runner.graph.checkpointer
    if isinstance(saver, BaseCheckpointSaver):
        for run_id in run_ids:
            await saver.adelete_thread(run_id)
    await to_thread(runner.calls.delete, run_ids)
    await to_thread(runner.log.delete, run_ids)
