"""One ledger for one run: whoever works on it asks here before each call of a model or tool."""

from asyncio import CancelledError, timeout, to_thread
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from langchain_core.messages import AIMessage, BaseMessage

from app.model.prices import Prices
from app.runs.calls import Asked, Calls
from app.runs.limits import LedgerSpentError, Limits
from app.runs.observer import Ended, Observer
from app.runs.wording import in_a_line

T = TypeVar("T")


@dataclass(frozen=True)
class Ledger:
    """The limits of a run, held over all processes that ever work on it.

    Attributes:
        run_id: Of the run.
        calls: Where every call of it is written down.
        limits: Its limits.
        prices: Of the model.
        worked: Seconds that were used before this process took the run up.
        began: When it did, by the monotonic clock.
        resumed: Whether another process may have worked on it before.
        model_seconds: For one call of a model.
        tool_seconds: For one call of a tool.
        observer: Hears of each call.
    """

    run_id: str
    calls: Calls
    limits: Limits
    prices: Prices
    worked: float
    began: float
    resumed: bool
    model_seconds: float
    tool_seconds: float
    observer: Observer

    @property
    def seconds(self) -> float:
        """How long somebody has worked on the run."""
        return self.worked + monotonic() - self.began

    async def model(
        self,
        agent: str,
        messages: Sequence[BaseMessage],
        ask: Callable[[], Awaitable[T]],
        reply: Callable[[T], AIMessage | None],
    ) -> T:
        """Asks a model, if the run may.

        Args:
            agent: Who asks.
            messages: What is sent.
            ask: Sends it.
            reply: Finds the model's message in what came back, for what it used.

        Raises:
            LedgerSpentError: The run has used up a limit; nothing was sent.
            TimeoutError: It took too long; what was set aside counts as used.
        """
        most = self.prices.most_usage(messages)
        asked = Asked(
            "model",
            agent,
            self.prices.model,
            tokens=most["total_tokens"],
            dollars=self.prices.dollars(most),
        )
        call_id = await self._reserve(asked)
        # Whatever happens: what may have been billed counts.
        used, status, problem, began = most, "failed", "", monotonic()
        try:
            async with timeout(min(self.model_seconds, self._left())):
                answer = await ask()
            status, message = "done", reply(answer)
            used = (message.usage_metadata if message else None) or most
        except BaseException as error:
            problem = _why_failed(error)
            raise
        finally:
            # What a provider says may be nonsense, and must not give a run its tokens back.
            tokens, dollars = max(used["total_tokens"], 0), self.prices.dollars(used)
            settled = (call_id, status, tokens, dollars, None, problem)
            await to_thread(self.calls.settle, *settled)
            self.observer.ended(asked, Ended(status, monotonic() - began, tokens, dollars))
        return answer

    async def tool(self, asked: Asked, use: Callable[[], Awaitable[str]]) -> str:
        """Uses a tool, if the run may; what it has already given is given again, without a call.

        Args:
            asked: The call.
            use: Uses it, and returns what is to be kept.

        Raises:
            LedgerSpentError: The run has used up a limit; nothing was done.
            TimeoutError: It took too long.
        """
        if self.resumed:
            kept = await to_thread(self.calls.result, self.run_id, asked.agent, asked.ref)
            if kept is not None:
                return kept
        call_id = await self._reserve(asked)
        found, problem, began = None, "", monotonic()
        try:
            async with timeout(min(self.tool_seconds, self._left())):
                found = await use()
        except BaseException as error:
            problem = _why_failed(error)
            raise
        finally:
            status = "failed" if found is None else "done"
            await to_thread(self.calls.settle, call_id, status, 0, 0.0, found, problem)
            self.observer.ended(asked, Ended(status, monotonic() - began, 0, 0.0))
        return found

    def _left(self) -> float:
        return max(self.limits.seconds - self.seconds, 0.001)

    async def _reserve(self, asked: Asked) -> str:
        call_id = None
        if self.seconds < self.limits.seconds:
            call_id = await to_thread(self.calls.reserve, self.run_id, asked, self.limits)
        if call_id is None:
            error = await to_thread(self._why, asked)
            self.observer.limited(error.limit)
            raise error
        self.observer.begun(asked)
        return call_id

    def _why(self, asked: Asked) -> LedgerSpentError:
        spent, limits = self.calls.spent(self.run_id), self.limits
        over = {
            "seconds": (self.seconds >= limits.seconds, f"{limits.seconds:g} s"),
            "tool_calls": (
                asked.kind == "tool" and spent.tool_calls >= limits.tool_calls,
                f"{limits.tool_calls} calls of tools",
            ),
            "model_calls": (
                asked.kind == "model" and spent.model_calls >= limits.model_calls,
                f"{limits.model_calls} calls of models",
            ),
            "tokens": (spent.tokens + asked.tokens > limits.tokens, f"{limits.tokens:,} tokens"),
            "dollars": (
                (spent.dollars or 0) + (asked.dollars or 0) > limits.dollars,
                f"{limits.dollars:g} dollars",
            ),
        }
        for limit, (is_over, amount) in over.items():
            if is_over:
                return LedgerSpentError(
                    limit,
                    f"The run may use {amount}, and the next call might need more than are left.",
                    f"It is RUN_{limit.upper()} in the settings; `app ask` begins a new run.",
                )
        return LedgerSpentError(
            "day",
            f"The {limits.daily_dollars:g} dollars of today are used up.",
            "It is DAILY_DOLLARS in the settings; tomorrow (UTC) begins anew.",
        )


def _why_failed(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "It took too long."
    if isinstance(error, CancelledError):
        return "It was broken off."
    return in_a_line(error)
