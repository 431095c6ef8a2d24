"""A model whose every call is reserved in the day's budget before it, and settled after it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import astuple, dataclass
from uuid import uuid4

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from app.answer_metrics import AnswerMetrics
from app.budget import Budget
from app.language.model import (
    Ending,
    LanguageModel,
    ModelError,
    Piece,
    Prompt,
    Schema,
    UnfinishedError,
    Usage,
)
from app.language.patience import patiently
from app.language.prices import Prices, most_usage
from app.service.errors import UserError
from app.service.store import StoreAwayError

logger = logging.getLogger("app.model")
MOST_SIGNS_OF_A_TOKEN = 16


class BudgetSpentError(UserError):
    """Today's budget does not hold another call."""


@dataclass(frozen=True)
class Bill:
    """What a call cost; `usage` None where it is not known, `dollars` None where unknown."""

    usage: Usage | None
    dollars: float | None


@dataclass(frozen=True)
class Written:
    """The last thing a paid stream gives."""

    ending: Ending
    bill: Bill


class PaidModel:
    """Calls a model within the budget.

    Args:
        model: The model.
        prices: What its tokens cost.
        budget: Of the day.
        metrics: Counts tokens and dollars.
        seconds: For one call.
        stopping: Whether the service is about to end.
    """

    def __init__(
        self,
        model: LanguageModel,
        prices: Prices,
        budget: Budget,
        metrics: AnswerMetrics,
        seconds: float,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.name = model.name
        self._model, self._prices, self._budget = model, prices, budget
        self._metrics, self._seconds, self._stopping = metrics, seconds, stopping
        self._settling: set[asyncio.Task[None]] = set()
        metrics.describe_model(model.name)

    async def stream(
        self, prompt: Prompt, bills: list[Bill] | None = None
    ) -> AsyncGenerator[Piece | Written]:
        """Gives the text piece by piece, and `Written` at its end. Close it when you leave early.

        Args:
            prompt: What is asked.
            bills: Gets what the call cost, also where it fails.

        Raises:
            BudgetSpentError: Not so much is left today; the model was not asked.
            ModelError: It fails, takes too long, or breaks off.
            StoreAwayError: The budget can't be looked at, so nothing may be spent.
        """
        call = await self._reserve(prompt)
        usage: Usage | None = None
        ending: Ending = "cut"
        billed = True
        try:
            items = patiently(self._model.stream(prompt), self._seconds, self._stopping)
            signs = 0
            async with aclosing(items):
                async for item in items:
                    if isinstance(item, Piece):
                        signs += len(item.text)
                        yield item
                    else:
                        ending, usage = item.ending, item.usage
                    # A model in a loop, behind a service that heeds no limit, is left.
                    if signs > prompt.most_tokens * MOST_SIGNS_OF_A_TOKEN:
                        break
        except ModelError as error:
            usage, billed = error.usage, bool(signs) or isinstance(error, UnfinishedError)
            raise
        finally:
            bill = self._settle(call, usage, billed=billed)
            if bills is not None:
                bills.append(bill)
        yield Written(ending, bill)

    async def structured(
        self, prompt: Prompt, schema: type[Schema], bills: list[Bill] | None = None
    ) -> tuple[Schema, Bill]:
        """Returns an object of the schema, and what it cost.

        Args:
            prompt: What is asked.
            schema: Of the object.
            bills: As above.

        Raises:
            BudgetSpentError: As above.
            ModelError: As above.
            StoreAwayError: As above.
        """
        call = await self._reserve(prompt, schema)
        usage: Usage | None = None
        billed = True
        try:
            async with asyncio.timeout(self._seconds):
                found, usage = await self._model.structured(prompt, schema)
        except TimeoutError as error:
            raise UnfinishedError(
                f"The model did not finish within {self._seconds:g} s.", "Ask again."
            ) from error
        except ModelError as error:
            usage, billed = error.usage, isinstance(error, UnfinishedError)
            raise
        finally:
            bill = self._settle(call, usage, billed=billed)
            if bills is not None:
                bills.append(bill)
        return found, bill

    async def close(self) -> None:
        """Waits until every call is settled, and closes the connections."""
        await asyncio.gather(*self._settling, return_exceptions=True)
        await self._model.close()

    async def _reserve(self, prompt: Prompt, schema: type[BaseModel] | None = None) -> str:
        most = most_usage(prompt, schema)
        call, tokens = uuid4().hex, most.input_tokens + most.output_tokens
        given = (call, self._prices.most_dollars(prompt, schema), tokens)
        if not await run_in_threadpool(self._budget.reserve, *given):
            raise BudgetSpentError(
                "Today's budget for models is spent.",
                "Raise DAILY_DOLLARS or DAILY_TOKENS, or wait until midnight UTC.",
            )
        return call

    def _settle(self, call: str, usage: Usage | None, *, billed: bool) -> Bill:
        """Settles in the background: whoever asked may be gone, and then nothing can be awaited.

        Where the provider did not tell what it billed, what was set aside stays.
        """
        bill = Bill(usage, None if usage is None else self._prices.dollars(usage))
        if usage is None and not billed:
            usage = Usage(0, 0)
            bill = Bill(usage, 0.0)
        if usage is not None:
            read, wrote = usage.input_tokens, usage.output_tokens
            if read or wrote:
                self._metrics.count_call(self.name, (read, wrote), bill.dollars)
            task = asyncio.create_task(self._write(call, bill.dollars, read + wrote))
            self._settling.add(task)
            task.add_done_callback(self._settling.discard)
        else:
            self._metrics.count_call(self.name, (0, 0), None)
        return bill

    async def _write(self, call: str, dollars: float | None, tokens: float) -> None:
        try:
            await run_in_threadpool(self._budget.settle, call, dollars, tokens)
            self._metrics.show_left(await run_in_threadpool(self._budget.left))
        except StoreAwayError as error:  # what was set aside stays
            logger.warning("a call is not settled: %s", error.problem)


def together(bills: list[Bill]) -> Bill:
    """Returns the bill of several calls; unknown as soon as one is."""
    usages = [one.usage for one in bills if one.usage is not None]
    usage = None
    if len(usages) == len(bills):
        usage = Usage(*(sum(counts) for counts in zip(*map(astuple, usages), strict=True)))
    dollars = [one.dollars for one in bills]
    paid = [one for one in dollars if one is not None]
    return Bill(usage, sum(paid) if len(paid) == len(dollars) else None)
