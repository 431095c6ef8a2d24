"""One ledger for one run: asked before each call, and what was used is never forgotten."""

import asyncio
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.messages.ai import UsageMetadata

from app.model.prices import Prices, load_prices
from app.runs.calls import Asked, Calls
from app.runs.ledger import Ledger
from app.runs.limits import LedgerSpentError, Limits
from app.runs.loops import run_to_end
from app.runs.observer import Nobody
from app.service.store import open_store
from app.settings import Settings

PLENTY = Limits(1000, 1000, 10_000_000, 1e9, 1000, 1e9)
QUESTION = [HumanMessage("How many?")]


def usage(tokens: int) -> UsageMetadata:
    return UsageMetadata(input_tokens=tokens, output_tokens=0, total_tokens=tokens)


def ledger(calls: Calls, run_id: str = "r", **changes: object) -> Ledger:
    given: dict[str, Any] = {
        "limits": PLENTY,
        "prices": Prices("test", None, (1.0, 2.0)),
        "worked": 0.0,
        "began": monotonic(),
        "resumed": False,
        "model_seconds": 5.0,
        "tool_seconds": 5.0,
        "observer": Nobody(),
    }
    return Ledger(run_id=run_id, calls=calls, **given | changes)


def limits(**changes: float) -> Limits:
    return replace(PLENTY, **changes)  # type: ignore[arg-type]


@pytest.fixture
def calls(store_url: str) -> Calls:
    return Calls(open_store(store_url))


async def think(book: Ledger, tokens: int | None = 5) -> AIMessage:
    async def ask() -> AIMessage:
        return AIMessage("so many", usage_metadata=usage(tokens) if tokens is not None else None)

    return await book.model("analyst", QUESTION, ask, lambda answer: answer)


async def use(book: Ledger, ref: str = "c1", seconds: float = 0) -> str:
    async def tool() -> str:
        await asyncio.sleep(seconds)
        return f"found by {ref}"

    return await book.tool(Asked("tool", "analyst", "look", ref), tool)


def test_calls_of_models_and_of_tools_are_counted_apart(calls: Calls) -> None:
    book = ledger(calls, limits=limits(model_calls=2, tool_calls=1))

    async def work() -> None:
        await think(book)
        await think(book)
        await use(book)
        with pytest.raises(LedgerSpentError, match="2 calls of models"):
            await think(book)
        with pytest.raises(LedgerSpentError, match="1 calls of tools"):
            await use(book)

    run_to_end(work())
    spent = calls.spent("r")
    assert (spent.model_calls, spent.tool_calls, spent.tokens) == (2, 1, 10)


def test_many_at_once_do_not_take_more_than_there_is(calls: Calls) -> None:
    book = ledger(calls, limits=limits(tool_calls=5))

    async def work() -> list[str | BaseException]:
        return await asyncio.gather(
            *(use(book, f"c{at}") for at in range(20)), return_exceptions=True
        )

    done = run_to_end(work())
    assert sum(isinstance(one, str) for one in done) == 5
    assert calls.spent("r").tool_calls == 5


def test_another_ledger_of_the_same_run_goes_on_counting(calls: Calls) -> None:
    few = limits(model_calls=3)

    async def work(book: Ledger, times: int) -> None:
        for _ in range(times):
            await think(book)

    run_to_end(work(ledger(calls, limits=few), 2))
    run_to_end(work(ledger(calls, limits=few, resumed=True), 1))
    with pytest.raises(LedgerSpentError):
        run_to_end(work(ledger(calls, limits=few, resumed=True), 1))
    run_to_end(work(ledger(calls, "another", limits=few), 1))


def test_tokens_that_a_call_might_need_are_set_aside_before_it(calls: Calls) -> None:
    most = Prices("test", None, None).most_usage(QUESTION)["total_tokens"]
    book = ledger(calls, limits=limits(tokens=most + 100))

    async def work() -> None:
        await think(book, 90)
        await think(book, 11)
        with pytest.raises(LedgerSpentError, match="tokens"):
            await think(book, 1)

    run_to_end(work())


def test_a_model_that_does_not_tell_what_it_used_is_billed_the_most(calls: Calls) -> None:
    book = ledger(calls)
    run_to_end(think(book, None))
    assert calls.spent("r").tokens == book.prices.most_usage(QUESTION)["total_tokens"]


def test_a_count_below_nothing_gives_no_tokens_back(calls: Calls) -> None:
    run_to_end(think(ledger(calls), -1000))
    assert calls.spent("r").tokens == 0


def test_dollars_of_a_run_and_of_a_day_are_limits(calls: Calls) -> None:
    dear = Prices("test", None, (1_000_000.0, 0.0))  # a dollar for a token

    async def work(book: Ledger) -> None:
        for _ in range(3):
            await think(book, 400)

    small = Prices("test", None, (1.0, 1.0)).most_usage(QUESTION)["input_tokens"]
    few = limits(dollars=small + 500.0)
    with pytest.raises(LedgerSpentError, match="dollars"):
        run_to_end(work(ledger(calls, prices=dear, limits=few)))
    assert calls.spent("r").dollars == 800
    today = limits(dollars=1e9, daily_dollars=small + 900.0)
    with pytest.raises(LedgerSpentError, match="of today are used up"):
        run_to_end(work(ledger(calls, "second", prices=dear, limits=today)))


def test_where_the_price_is_unknown_dollars_are_unknown_and_not_0(calls: Calls) -> None:
    run_to_end(think(ledger(calls, prices=Prices("openai:own", None, None))))
    assert calls.spent("r").dollars is None


def test_seconds_are_counted_over_all_who_worked_on_it(calls: Calls) -> None:
    with pytest.raises(LedgerSpentError, match="10 s"):
        run_to_end(think(ledger(calls, worked=10.1, limits=limits(seconds=10))))


def test_a_call_that_takes_too_long_is_ended_and_counts(calls: Calls) -> None:
    book = ledger(calls, tool_seconds=0.05)
    with pytest.raises(TimeoutError):
        run_to_end(use(book, seconds=5))
    assert [(one.status, one.finished is not None) for one in calls.of_run("r")] == [
        ("failed", True)
    ]


def test_a_call_ends_with_the_seconds_of_its_run(calls: Calls) -> None:
    given: dict[str, Any] = {"model_seconds": 60.0, "tool_seconds": 60.0}
    book = ledger(calls, limits=limits(seconds=0.05), **given)

    async def wait() -> AIMessage:
        await asyncio.sleep(2)
        return AIMessage("too late")

    with pytest.raises(TimeoutError):
        run_to_end(book.model("analyst", QUESTION, wait, lambda answer: answer))
    with pytest.raises(TimeoutError):
        run_to_end(use(replace(book, began=monotonic()), seconds=2))


def test_a_tool_that_is_on_record_as_done_is_not_used_again(calls: Calls) -> None:
    run_to_end(use(ledger(calls), "c1"))

    async def again() -> str:
        async def tool() -> str:
            raise AssertionError("it was used again")

        asked = Asked("tool", "analyst", "look", "c1")
        return await ledger(calls, resumed=True).tool(asked, tool)

    assert run_to_end(again()) == "found by c1"
    assert calls.spent("r").tool_calls == 1
    assert run_to_end(use(ledger(calls, resumed=True), "c2")) == "found by c2"


def test_a_tool_that_failed_is_used_again(calls: Calls) -> None:
    with pytest.raises(TimeoutError):
        run_to_end(use(ledger(calls, tool_seconds=0.05), "c1", seconds=5))
    (call,) = calls.of_run("r")
    assert (call.status, call.problem) == ("failed", "It took too long.")
    assert run_to_end(use(ledger(calls, resumed=True), "c1")) == "found by c1"


def test_a_failing_model_is_settled_with_the_most_it_may_have_cost(calls: Calls) -> None:
    async def work() -> None:
        async def ask() -> AIMessage:
            raise ConnectionError("gone")

        await ledger(calls).model("analyst", QUESTION, ask, lambda answer: answer)

    with pytest.raises(ConnectionError):
        run_to_end(work())
    (call,) = calls.of_run("r")
    assert (call.status, call.problem) == ("failed", "gone")
    assert call.tokens > 4000


def test_a_call_that_is_broken_off_says_so(calls: Calls) -> None:
    async def work() -> None:
        begun = asyncio.Event()

        async def tool() -> str:
            begun.set()
            await asyncio.sleep(60)
            return ""

        asked = Asked("tool", "analyst", "look", "c1")
        task = asyncio.create_task(ledger(calls).tool(asked, tool))
        await begun.wait()
        task.cancel()
        await asyncio.wait({task})

    run_to_end(work())
    (call,) = calls.of_run("r")
    assert (call.status, call.problem) == ("failed", "It was broken off.")


def test_deleted_calls_of_today_still_count_towards_the_day(calls: Calls) -> None:
    private = Asked("model", "analyst", "m", tokens=1, dollars=3.0, arguments="private")
    call_id = calls.reserve("r", private, PLENTY)
    assert call_id
    calls.settle(call_id, "failed", 1, 3.0, problem="private too")
    calls.delete(["r"])
    assert calls.of_run("r") == []
    assert "private" not in str(calls.of_run(""))
    asked = Asked("model", "analyst", "m", tokens=1, dollars=3.0)
    assert calls.reserve("s", asked, limits(daily_dollars=5)) is None


@pytest.mark.parametrize(
    ("model", "known"),
    [
        ("offline", 0.0),
        ("ollama:llama3", 0.0),
        ("openai:gpt-4o-mini", 0.00075),
        ("anthropic:claude-3-5-haiku-latest", 0.0048),
        ("google_genai:gemini-2.0-flash", 0.0005),
        ("openai:nobody-knows-this", None),
    ],
)
def test_prices_are_the_published_ones_or_unknown(model: str, known: float | None) -> None:
    prices = load_prices(Settings(_env_file=None, model=model))
    told = prices.dollars(UsageMetadata(input_tokens=1000, output_tokens=1000, total_tokens=2000))
    assert told == (None if known is None else pytest.approx(known))


def test_a_price_that_is_given_wins_and_an_address_of_ones_own_has_none() -> None:
    given = Settings(_env_file=None, model="openai:gpt-4o-mini", model_price="1,2")
    assert load_prices(given).dollars(usage(1_000_000)) == 1
    own = Settings(
        _env_file=None, model="openai:gpt-4o-mini", openai_base_url="http://127.0.0.1:9/v1"
    )
    assert load_prices(own).dollars(usage(1_000_000)) is None
