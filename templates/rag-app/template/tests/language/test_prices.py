"""What a call costs: published, given, or unknown, which is not the same as nothing."""

import socket
from typing import Any

import pytest
from pydantic import BaseModel

from app.language.model import Message, Prompt, Usage
from app.language.prices import MILLION, Prices, load_prices, most_usage

from .asking import settings

PROMPT = Prompt("Rules.", (Message("user", "Was heißt das? 🐢"),), most_tokens=500)
ONE_EACH = Usage(MILLION, MILLION)


def prices(model: str, price: str = "", **given: str) -> Prices:
    keys = {"openai_api_key": "one", "anthropic_api_key": "two"}
    found = load_prices(settings(model=model, model_price=price, **keys, **given))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("model", "dollars"), [("openai:gpt-5-mini", 2.25), ("anthropic:claude-haiku-4-5", 6.0)]
)
def test_a_published_price_is_known_without_a_network(
    model: str, dollars: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> None:
        pytest.fail("it asked the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    found = prices(model)
    assert found.known
    assert found.dollars(ONE_EACH) == pytest.approx(dollars)


def test_tokens_from_the_cache_cost_less_and_those_put_there_more() -> None:
    found = prices("anthropic:claude-haiku-4-5")
    plain, cached, stored = (
        found.dollars(usage)
        for usage in (
            Usage(MILLION, 0),
            Usage(MILLION, 0, cached_tokens=MILLION),
            Usage(MILLION, 0, stored_tokens=MILLION),
        )
    )
    assert (cached, plain, stored) == (0.1, 1.0, 1.25)


def test_more_tokens_from_the_cache_than_there_are_count_as_all() -> None:
    found = prices("openai:gpt-5-mini")
    odd = Usage(10, 10, cached_tokens=50, stored_tokens=50)
    assert found.dollars(odd) == found.dollars(Usage(10, 10, cached_tokens=10))


@pytest.mark.parametrize(
    "model", ["openai:nobody-knows", "openai:text-embedding-3-small", "openai:ft:gpt-4o:me::1"]
)
def test_an_unknown_price_is_none(model: str) -> None:
    found = prices(model)
    assert not found.known
    assert found.dollars(ONE_EACH) is None
    assert found.most_dollars(PROMPT) is None


def test_the_cost_of_unknown_usage_is_unknown() -> None:
    assert prices("openai:gpt-5-mini").dollars(None) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:11434/v1",
        "https://mine.openai.azure.com/openai/v1",
        "https://openrouter.ai/api/v1",
        "https://eu.api.openai.com/v1",
        "https://api.openai.com.example.org/v1",
        "https://example.org/api.openai.com/v1",
    ],
)
def test_a_model_that_is_called_the_same_elsewhere_has_no_published_price(address: str) -> None:
    assert not prices("openai:gpt-5-mini", openai_base_url=address).known


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
    assert prices(f"openai:{model}", openai_base_url=address).known
    if "openai.com" not in address:
        assert not prices("openai:gpt-5-mini", openai_base_url=address).known


@pytest.mark.parametrize("model", ["openai:gpt-5-mini", "openai:nobody-knows"])
def test_the_price_in_the_settings_wins(model: str) -> None:
    assert prices(model, "0.5,10").dollars(Usage(MILLION, MILLION, 9)) == pytest.approx(10.5)


def test_a_model_of_ones_own_may_cost_nothing() -> None:
    found = prices("openai:mine", "0,0", openai_base_url="http://127.0.0.1:11434/v1")
    assert found.known
    assert found.most_dollars(PROMPT) == 0


def test_a_call_costs_at_most_a_token_for_each_byte() -> None:
    usage = most_usage(PROMPT)
    letters = len("Rules.Was heißt das? 🐢".encode())
    assert letters < usage.input_tokens < letters + 100
    assert usage.output_tokens == 500
    assert most_usage(Prompt("", (Message("user", "\ud800"),), 1)).input_tokens


def test_the_most_that_a_call_can_cost_is_more_than_it_costs() -> None:
    for model in ("openai:gpt-5-mini", "openai:gpt-5.6", "anthropic:claude-haiku-4-5"):
        found = prices(model)
        most = found.most_dollars(PROMPT)
        really = found.dollars(Usage(9, 500, stored_tokens=9))
        assert most is not None
        assert really is not None
        assert really < most < 3 * really


def test_a_schema_is_a_part_of_what_is_read() -> None:
    fields: Any = {"__annotations__": {f"field_{number}": str for number in range(50)}}
    schema: type[BaseModel] = type("Long", (BaseModel,), fields)
    assert most_usage(PROMPT, schema).input_tokens > most_usage(PROMPT).input_tokens + 3000
