"""Whatever a model does, every run ends within its ledger, in words; taken up again or not."""

import asyncio
import os
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest

from app.runs.loops import run_to_end
from app.runs.opening import open_runner
from app.runs.run_log import Run
from app.runs.runner import Runner

from .chaos import Chaos, cancels_itself
from .small import QUESTION, Scripted, Small, small

EXAMPLES = int(os.environ.get("CHAOS_EXAMPLES", "50"))
ENDS = {"published", "rejected", "refused", "partial"}
LIMITS: dict[str, Any] = {
    "run_model_calls": 12,
    "run_tool_calls": 15,
    "run_tokens": 120_000,
    "run_seconds": 20,
}


async def _start(runner: Runner, chaos: Chaos) -> Run:
    """Starts a run; where it is broken off, takes it up again."""
    task = asyncio.create_task(runner.start(QUESTION))
    cancels_itself(chaos, task)
    try:
        return await task
    except asyncio.CancelledError:
        return await runner.resume(runner.log.newest()[0].run_id)


async def _to_its_end(place: Small, seed: int) -> Run:
    draw = random.Random(seed)  # noqa: S311
    chaos = Chaos(seed, breaks_at=draw.choice([0, 0, draw.randint(1, 8)]))
    model = Scripted(say=chaos.say)
    async with open_runner(place.settings, place.project, model, lease_seconds=0.1) as runner:
        run = await _start(runner, chaos)
        if run.status == "waiting":
            kind = draw.choice(["approve", "reject"])
            run = await runner.decide(run.run_id, {"type": kind, "reason": "drawn"})
        assert await runner.resume(run.run_id) == run  # nothing is left to do
    return run


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_every_run_ends_within_its_ledger_and_in_words(seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = small(Path(name), tool_seconds=0.2, model_seconds=5, **LIMITS)
        run = run_to_end(_to_its_end(place, seed))
    assert run.status == "done"
    assert run.outcome in ENDS
    assert run.outcome == "published" or run.reason
    assert (run.published is not None) == (run.outcome == "published")
    assert run.spent.model_calls <= LIMITS["run_model_calls"]
    assert run.spent.tool_calls <= LIMITS["run_tool_calls"]
    assert run.spent.tokens <= LIMITS["run_tokens"]
    assert run.seconds <= LIMITS["run_seconds"] + 5
