"""Runs from question to end: begun, taken up again after a crash, decided about by a person."""

from asyncio import FIRST_COMPLETED, Task, create_task, gather, sleep, to_thread, wait
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import uuid4

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from app.agents.approving import read_decision
from app.agents.crew import Crew, RunContext
from app.agents.evidence import in_order
from app.agents.graph import Graph
from app.agents.state import Json, RunState
from app.model.prices import Prices
from app.runs.calls import Call, Calls
from app.runs.ledger import Ledger
from app.runs.limits import read_limits
from app.runs.observer import Nobody, Observer
from app.runs.run_log import Entry, Lease, Run, RunLog, Status
from app.runs.wording import in_a_line
from app.service.errors import UserError
from app.service.store import Store
from app.settings import Settings

Given = RunState | Command[Any] | None
LEASE_SECONDS = 5.0
MOST_SIGNS = 4_000  # of a question


class NoRunError(UserError):
    """There is no run with that id."""


class NotWaitingError(UserError):
    """The run does not wait for a decision, or not any more."""


class HeldError(UserError):
    """Another process works on the run, or has taken it up."""


@dataclass(frozen=True)
class Begun:
    """A run that is written down, and that nobody else may take up for a moment."""

    run_id: str
    question: str
    lease: Lease


class Runner:
    """Everything that runs need, for any number of them at once.

    Args:
        crew: Who works on them.
        graph: How.
        store: Where runs, calls and records are kept.
        settings: The limits.
        prices: Of the model.
        lease_seconds: After a process was killed, so long nobody else takes up its runs.
    """

    def __init__(
        self,
        crew: Crew,
        graph: Graph,
        store: Store,
        settings: Settings,
        prices: Prices,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.calls, self.log, self.register = Calls(store), RunLog(store), crew.register
        self.crew, self.graph = crew, graph
        self._settings, self._prices = settings, prices
        self._lease_seconds = lease_seconds
        self.observer: Observer = Nobody()

    async def start(self, question: str) -> Run:
        """Begins a run, and works on it until it ends or waits for a person.

        Raises:
            UserError: The question is empty or too long, or a part of the system is away.
        """
        return await self.carry_out(await self.begin(question))

    async def begin(self, question: str) -> Begun:
        """Writes a new run down, for `carry_out` to work on it.

        Raises:
            UserError: The question is empty or too long, or the store is away.
        """
        question = question.strip()
        if not question or len(question) > MOST_SIGNS:
            raise UserError(
                f"A question has 1 to {MOST_SIGNS:,} characters, and this has {len(question):,}.",
                "Ask in a few sentences.",
            )
        begun = Begun(uuid4().hex[:16], question, self._lease())
        await to_thread(self.log.begin, begun.run_id, question, self._prices.model, begun.lease)
        return begun

    async def carry_out(self, begun: Begun) -> Run:
        """Works on a run that was begun here, until it ends or waits for a person.

        Raises:
            UserError: A part of the system is away; the run can be resumed.
        """
        return await self._work(begun.run_id, begun.lease, RunState(question=begun.question))

    async def resume(self, run_id: str) -> Run:
        """Takes up a run that broke off; one that waits or is done stays as it is.

        Raises:
            UserError: There is no such run, or another process works on it.
        """
        entry = await self._entry(run_id)
        lease = self._lease()
        if entry.status == "running":
            await self._take(run_id, lease)
            state = await self.graph.aget_state(_config(run_id))
            if not state.values:  # it was killed before anything was written down
                return await self._work(run_id, lease, RunState(question=entry.question))
            if not state.interrupts:
                return await self._work(run_id, lease, None)
            if entry.decided is not None:  # it was killed between a decision and what follows
                return await self._work(run_id, lease, Command(resume=entry.decided))
            await to_thread(self.log.leave, run_id, lease, "waiting", "", entry.seconds)
        return await self.find(run_id)

    async def decide(self, run_id: str, decision: Json) -> Run:
        """Carries out what a person decided: approve, edit or reject.

        Raises:
            UserError: It is no decision, the run does not wait for one, or somebody was faster.
        """
        run = await self.find(run_id)
        read_decision(decision, run.evidence)
        lease = self._lease()
        if not await to_thread(self.log.decide, run_id, decision, lease):
            entry = await self._entry(run_id)
            was = f"it is done: {entry.outcome}" if entry.status == "done" else "work goes on"
            raise NotWaitingError(
                f"The run {run_id} does not wait for a decision: {was}.",
                f"`app show {run_id}` tells what became of it.",
            )
        return await self._work(run_id, lease, Command(resume=decision))

    async def find(self, run_id: str) -> Run:
        """Returns a run as it stands.

        Raises:
            UserError: There is no such run.
        """
        entry = await self._entry(run_id)
        state = await self.graph.aget_state(_config(run_id))
        values: RunState = state.values  # type: ignore[assignment]
        waits = [one.value for one in state.interrupts] if entry.status == "waiting" else []
        return Run(
            run_id=run_id,
            question=entry.question,
            status=entry.status,
            outcome=entry.outcome,
            reason=values.get("reason", ""),
            memo=values.get("memo"),
            evidence=in_order(values.get("findings", [])),
            problems=values.get("problems", []),
            request=waits[0] if waits else None,
            published=values.get("published"),
            spent=await to_thread(self.calls.spent, run_id),
            seconds=entry.seconds,
        )

    async def look(self, run_id: str) -> tuple[Run, list[Call]]:
        """Returns a run as it stands, and every call that was made for it.

        Raises:
            UserError: There is no such run.
        """
        return await self.find(run_id), await to_thread(self.calls.of_run, run_id)

    def _lease(self) -> Lease:
        return Lease(uuid4().hex, self._lease_seconds)

    async def _entry(self, run_id: str) -> Entry:
        entry = await to_thread(self.log.find, run_id)
        if entry is None:
            raise NoRunError(f"There is no run {run_id[:40]}.", "`app runs` lists them.")
        return entry

    async def _take(self, run_id: str, lease: Lease) -> None:
        """Waits until whoever held the run has let go or has been dead for a while."""
        patience = monotonic() + lease.seconds + 1
        while not await to_thread(self.log.take, run_id, lease):
            if monotonic() > patience:
                raise HeldError(
                    f"Another process works on the run {run_id}.", "`app runs` tells when it ends."
                )
            await sleep(lease.seconds / 20)

    async def _work(self, run_id: str, lease: Lease, given: Given) -> Run:
        """Lets the graph go on until it ends, waits or breaks; then lets go of the run."""
        entry = await self._entry(run_id)
        ledger = self.ledger(run_id, entry.seconds, resumed=not isinstance(given, dict))
        config = _config(run_id)
        going = create_task(
            self.graph.ainvoke(given, config, context=RunContext(run_id, ledger), durability="sync")
        )
        beat = create_task(self._beat(run_id, lease, ledger))
        status: Status = "running"  # unless it gets further, for `resume` to take up
        outcome = ""
        try:
            await _first(going, beat, run_id)
            state = await self.graph.aget_state(config)
            outcome = str(state.values.get("outcome", ""))
            status = "waiting" if state.interrupts else "done"
            if status == "done":
                self.observer.finished(outcome, ledger.seconds)
        except HeldError:
            raise
        except Exception as error:
            self.observer.broke_off()
            if isinstance(error, UserError):
                raise
            raise UserError(
                f"The run {run_id} broke off: {in_a_line(error)}",
                f"`app resume {run_id}` goes on with it.",
            ) from error
        finally:
            for task in (going, beat):
                task.cancel()
            await gather(going, beat, return_exceptions=True)
            await to_thread(self.log.leave, run_id, lease, status, outcome, ledger.seconds)
        return await self.find(run_id)

    def ledger(self, run_id: str, worked: float = 0, *, resumed: bool = False) -> Ledger:
        """Returns the ledger of a run.

        Args:
            run_id: Of the run.
            worked: Seconds that were used on it before.
            resumed: Whether another process may have worked on it.
        """
        return Ledger(
            run_id=run_id,
            calls=self.calls,
            limits=read_limits(self._settings),
            prices=self._prices,
            worked=worked,
            began=monotonic(),
            resumed=resumed,
            model_seconds=self._settings.model_seconds,
            tool_seconds=self._settings.tool_seconds,
            observer=self.observer,
        )

    async def _beat(self, run_id: str, lease: Lease, ledger: Ledger) -> None:
        """Renews the lease; ends when somebody else has it."""
        kept = True
        while kept:
            await sleep(lease.seconds / 4)
            with suppress(UserError):  # the store is away for a moment: the calls are told
                kept = await to_thread(self.log.keep, run_id, lease, ledger.seconds)


async def _first(going: Task[Any], beat: Task[None], run_id: str) -> None:
    """Waits for the work; the lease is lost before it is done where this process slept too long."""
    await wait({going, beat}, return_when=FIRST_COMPLETED)
    if not going.done():
        raise HeldError(
            f"Another process has taken up the run {run_id}.",
            f"`app show {run_id}` tells what becomes of it.",
        )
    await going


def _config(run_id: str) -> RunnableConfig:
    return {"configurable": {"thread_id": run_id}, "recursion_limit": 100}
