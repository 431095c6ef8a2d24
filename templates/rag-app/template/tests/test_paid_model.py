"""Every call of a model is paid for: set aside before, settled after, whatever became of it."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from app.answer_metrics import AnswerMetrics
from app.answering.condensing import Standalone
from app.answering.paid_model import Bill, BudgetSpentError, PaidModel, Written, together
from app.budget import Budget, Left
from app.language.model import LanguageModel, Message, ModelError, Prompt, UnfinishedError, Usage
from app.language.openai_chat import OpenAIChat
from app.language.prices import Prices, most_usage
from app.language.provider import Provider
from app.service.store import open_store

from .language.openai_server import openai_server
from .scripted import Scripted

PROMPT = Prompt("Rules.", (Message("user", "How long is dough kneaded?"),), 700)
MOST = most_usage(PROMPT)
SET_ASIDE = MOST.input_tokens + MOST.output_tokens
DOLLARS, TOKENS = 1.0, 10_000.0
UNTOUCHED = Left(DOLLARS, TOKENS)


@pytest.fixture
def budget(tmp_path: Path) -> Iterator[Budget]:
    with closing(open_store(f"sqlite:///{(tmp_path / 'app.db').as_posix()}")) as store:
        yield Budget(store, DOLLARS, TOKENS)


def paid(model: LanguageModel, budget: Budget, seconds: float = 30) -> PaidModel:
    """The model at 10 dollars a million tokens read, and 100 a million written."""
    provider = Provider("openai", "scripted", "http://127.0.0.1:9/v1", "", seconds)
    prices = Prices(provider, (10, 100))
    return PaidModel(model, prices, budget, AnswerMetrics(CollectorRegistry()), seconds)


async def all_of(model: PaidModel) -> Bill:
    """Reads to the end, and waits until it is settled."""
    async with aclosing(model.stream(PROMPT)) as items:
        given = [item async for item in items]
    await model.close()
    assert isinstance(given[-1], Written)
    return given[-1].bill


def test_what_was_read_and_what_was_written_is_settled(budget: Budget) -> None:
    bill = asyncio.run(all_of(paid(Scripted("Ten minutes [1]."), budget)))
    assert bill.dollars == pytest.approx((100 * 10 + 20 * 100) / 1e6)
    assert budget.left().dollars == pytest.approx(DOLLARS - 0.003)
    assert budget.left().tokens == TOKENS - 120


def test_closing_waits_until_every_call_is_settled(budget: Budget) -> None:
    async def ask() -> Left:
        model = paid(Scripted("Ten minutes [1]."), budget)
        async with aclosing(model.stream(PROMPT)) as items:
            async for _ in items:
                pass
        await model.close()
        return budget.left()  # not a moment later

    assert asyncio.run(ask()).tokens == TOKENS - 120


def test_a_reader_who_leaves_has_not_been_given_it_for_nothing(budget: Budget) -> None:
    model = Scripted("Ten minutes, and then it has to rise [1].")

    async def leave() -> None:
        paying = paid(model, budget)
        async with aclosing(paying.stream(PROMPT)) as items:
            await anext(items)
        await paying.close()

    asyncio.run(leave())
    assert model.closed == 1  # it was told to stop
    assert budget.left().tokens == TOKENS - SET_ASIDE


def test_a_provider_that_does_not_tell_its_tokens_keeps_what_was_set_aside(budget: Budget) -> None:
    bill = asyncio.run(all_of(paid(Scripted("Ten minutes [1].", usage=None), budget)))
    assert bill == Bill(None, None)
    assert budget.left().tokens == TOKENS - SET_ASIDE


@pytest.mark.parametrize(("said", "left"), [("", TOKENS), ("Ten minutes, and", TOKENS - SET_ASIDE)])
def test_a_call_that_fails_costs_something_once_a_word_was_written(
    budget: Budget, said: str, left: float
) -> None:
    model = Scripted(said)
    model.fails = ModelError("It is away.", "Wait.")
    paying = paid(model, budget)

    async def fail() -> None:
        try:
            await all_of(paying)
        finally:
            await paying.close()

    with pytest.raises(ModelError, match="away"):
        asyncio.run(fail())
    assert budget.left().tokens == left


def test_a_call_that_takes_too_long_may_have_cost_something(budget: Budget) -> None:
    model = Scripted("Ten minutes [1].", structured=[Standalone(question="How long?")])
    model.seconds = 5
    paying = paid(model, budget, seconds=0.05)

    async def wait() -> None:
        try:
            await paying.structured(PROMPT, Standalone)
        finally:
            await paying.close()

    with pytest.raises(UnfinishedError):
        asyncio.run(wait())
    assert budget.left().tokens < TOKENS - SET_ASIDE


@pytest.mark.parametrize("how", [{"pause": 5.0}, {"breaks": "lost"}])
def test_a_provider_that_thinks_and_says_nothing_may_bill_it(
    budget: Budget, how: dict[str, Any]
) -> None:
    bills: list[Bill] = []
    with openai_server() as provider:
        provider.says(*["Ten "] * bool(how.get("pause")), **how)
        model = OpenAIChat(Provider("openai", "small", provider.address, "", 0.5))

        async def ask() -> None:
            paying = paid(model, budget)
            try:
                async with aclosing(paying.stream(PROMPT, bills)) as items:
                    async for _ in items:
                        pass
            finally:
                await paying.close()

        with pytest.raises(UnfinishedError):
            asyncio.run(ask())
    assert bills == [Bill(None, None)]
    assert budget.left().tokens == TOKENS - SET_ASIDE


def test_a_provider_that_refuses_bills_nothing(budget: Budget) -> None:
    bills: list[Bill] = []
    with openai_server() as provider:
        provider.fails(400, "no")
        model = OpenAIChat(Provider("openai", "small", provider.address, "", 5))

        async def ask() -> None:
            paying = paid(model, budget)
            try:
                await paying.structured(PROMPT, Standalone, bills)
            finally:
                await paying.close()

        with pytest.raises(ModelError, match="400"):
            asyncio.run(ask())
    assert bills == [Bill(Usage(0, 0), 0.0)]
    assert budget.left() == UNTOUCHED


def test_beyond_the_budget_the_model_is_not_asked(budget: Budget) -> None:
    assert budget.reserve("of another process", None, TOKENS - SET_ASIDE + 1)
    model = Scripted("Ten minutes [1].")
    with pytest.raises(BudgetSpentError):
        asyncio.run(all_of(paid(model, budget)))
    assert model.prompts == []
    assert budget.left().tokens == SET_ASIDE - 1


def test_nothing_is_spent_before_the_first_call(budget: Budget) -> None:
    paid(Scripted(), budget)
    assert budget.left() == UNTOUCHED


def test_a_bill_is_unknown_as_soon_as_a_part_of_it_is() -> None:
    known, unpriced = Bill(Usage(100, 20), 0.25), Bill(Usage(10, 2), None)
    assert together([known, known]) == Bill(Usage(200, 40), 0.5)
    assert together([known, unpriced]) == Bill(Usage(110, 22), None)
    assert together([known, Bill(None, None)]) == Bill(None, None)
