"""What a call costs: published, given, or unknown, which is not the same as nothing."""

import socket

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata

from app.model.prices import MILLION, MOST_OUTPUT, Prices, load_prices

from .talking import settings

MESSAGES: list[BaseMessage] = [SystemMessage("Rules."), HumanMessage("Was heißt das? 🐢")]


def usage(read: int, written: int, **details: int) -> UsageMetadata:
    found = UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)
    if details:
        found["input_token_details"] = InputTokenDetails(**details)  # type: ignore[typeddict-item]
    return found


ONE_EACH = usage(MILLION, MILLION)


def prices(model: str, price: str = "", **given: str) -> Prices:
    return load_prices(settings(model=model, model_price=price, **given))


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        ("openai:gpt-5-mini", 2.25),
        ("anthropic:claude-haiku-4-5", 6.0),
        ("google_genai:gemini-2.5-flash", 2.8),
    ],
)
def test_a_published_price_is_known_without_a_network(
    model: str, dollars: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> None:
        pytest.fail("it asked the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    assert prices(model).dollars(ONE_EACH) == pytest.approx(dollars)


def test_tokens_from_the_cache_cost_less_and_those_put_there_more() -> None:
    found = prices("anthropic:claude-haiku-4-5")
    plain, cached, stored = (
        found.dollars(one)
        for one in (
            usage(MILLION, 0),
            usage(MILLION, 0, cache_read=MILLION),
            usage(MILLION, 0, cache_creation=MILLION),
        )
    )
    assert (cached, plain, stored) == (0.1, 1.0, 1.25)


def test_more_tokens_from_the_cache_than_there_are_count_as_all() -> None:
    found = prices("openai:gpt-5-mini")
    odd = usage(10, 10, cache_read=50, cache_creation=50)
    assert found.dollars(odd) == found.dollars(usage(10, 10, cache_read=10))


@pytest.mark.parametrize("price", ["", "1,1"])
def test_a_service_that_counts_below_nothing_pays_nothing_back(price: str) -> None:
    odd = usage(-MILLION, -MILLION, cache_read=-5, cache_creation=-5)
    assert prices("openai:gpt-5-mini", price).dollars(odd) == 0


@pytest.mark.parametrize(
    "model", ["openai:nobody-knows", "openai:text-embedding-3-small", "openai:ft:gpt-4o:me::1"]
)
def test_an_unknown_price_is_none(model: str) -> None:
    found = prices(model)
    assert found.dollars(ONE_EACH) is None
    assert found.dollars(found.most_usage(MESSAGES)) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:11434/v1",
        "https://mine.openai.azure.com/openai/v1",
        "https://openrouter.ai/api/v1",
        "https://api.openai.com.example.org/v1",
        "https://example.org/api.openai.com/v1",
    ],
)
def test_a_model_that_is_called_the_same_elsewhere_has_no_published_price(address: str) -> None:
    assert prices("openai:gpt-5-mini", openai_base_url=address).dollars(ONE_EACH) is None


@pytest.mark.parametrize(
    ("model", "address"),
    [
        ("gpt-5-mini", "https://api.openai.com/v1/"),
        ("gemini-2.5-flash", "https://generativelanguage.googleapis.com/v1beta/openai/"),
        ("llama-3.3-70b-versatile", "https://api.groq.com/openai/v1"),
        ("mistral-small-latest", "https://api.mistral.ai/v1"),
        ("deepseek-chat", "https://api.deepseek.com"),
    ],
)
def test_other_providers_have_their_own_prices(model: str, address: str) -> None:
    assert prices(f"openai:{model}", openai_base_url=address).dollars(ONE_EACH)


@pytest.mark.parametrize("model", ["openai:gpt-5-mini", "openai:nobody-knows", "ollama:qwen3"])
def test_the_price_in_the_settings_wins(model: str) -> None:
    assert prices(model, "0.5,10").dollars(usage(MILLION, MILLION)) == pytest.approx(10.5)


@pytest.mark.parametrize("model", ["offline", "ollama:qwen3"])
def test_what_runs_here_costs_nothing(model: str) -> None:
    found = prices(model)
    assert found.dollars(found.most_usage(MESSAGES)) == 0


def test_a_call_uses_at_most_a_token_for_each_byte() -> None:
    letters = len("Rules.Was heißt das? 🐢".encode())
    most = prices("offline").most_usage(MESSAGES)
    longer = prices("offline").most_usage([*MESSAGES, HumanMessage("x" * 1000)])
    assert most["input_tokens"] > letters
    assert longer["input_tokens"] >= most["input_tokens"] + 1000
    assert most["output_tokens"] == MOST_OUTPUT
    assert most["total_tokens"] == most["input_tokens"] + MOST_OUTPUT


def test_calls_of_tools_and_odd_signs_are_read_too() -> None:
    call = {"name": "run_sql", "args": {"query": "x" * 5000}, "id": "one"}
    called = AIMessage("\ud800", tool_calls=[call])
    assert prices("offline").most_usage([called])["input_tokens"] > 5000


def test_the_most_that_a_call_can_cost_is_more_than_it_costs() -> None:
    for model in ("openai:gpt-5-mini", "anthropic:claude-haiku-4-5"):
        found = prices(model)
        most = found.dollars(found.most_usage(MESSAGES))
        really = found.dollars(usage(9, MOST_OUTPUT, cache_creation=9))
        assert most is not None
        assert really is not None
        assert really < most
