"""What a call costs, as published or as the setting MODEL_PRICE says. Needs no network."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from langchain_core.messages import BaseMessage
from langchain_core.messages.ai import UsageMetadata

from app.settings import Settings

# Whose name of a model means the published price. Nowhere else, though a model is called the same:
# what a service that speaks OpenAI's protocol charges, or a machine of your own, nobody publishes.
PUBLISHED = {
    "openai": {"": "openai", "api.openai.com": "openai", "api.groq.com": "groq",
        "api.mistral.ai": "mistral", "api.deepseek.com": "deepseek",
        "generativelanguage.googleapis.com": "google"},
    "anthropic": {"": "anthropic"},
    "google_genai": {"": "google"},
}  # fmt: skip
FREE = {"offline", "ollama"}
"""What runs on a machine of yours has no price by the token."""
MILLION = 1_000_000
MOST_OUTPUT = 4_000
"""Tokens of one answer, which models are told to keep to."""
FRAME = 20  # tokens that a provider adds to each message
TOOLS = 6_000  # and for the schemas of tools and structures, at most


class Prices:
    """The prices of one model.

    Args:
        model: As the setting MODEL names it.
        published: Who publishes its price, or None.
        given: Dollars for a million tokens in and out, instead.
    """

    def __init__(
        self, model: str, published: str | None, given: tuple[float, float] | None
    ) -> None:
        self.model = model
        self._published, self._given = published, given

    def dollars(self, usage: UsageMetadata) -> float | None:
        """Returns what a call has cost, or None where that is unknown; None is never 0."""
        # Some services count wrong, and nothing may be paid back into a run's budget.
        read, written = max(0, usage["input_tokens"]), max(0, usage["output_tokens"])
        if self._given is not None:
            for_read, for_written = self._given
            return (read * for_read + written * for_written) / MILLION
        if self._published is None:
            return None
        details = usage.get("input_token_details") or {}
        cached = min(max(0, details.get("cache_read") or 0), read)
        stored = min(max(0, details.get("cache_creation") or 0), read - cached)
        return _published(
            self.model.partition(":")[2], self._published, (read, cached, stored, written)
        )

    def most_usage(self, messages: Sequence[BaseMessage]) -> UsageMetadata:
        """Returns more tokens than a call can use: none is shorter than a byte.

        All of the input counts as put into a cache, which is the dearest.
        """
        said = sum(len(_whole(one).encode(errors="surrogatepass")) + FRAME for one in messages)
        read = said + TOOLS
        return UsageMetadata(
            input_tokens=read,
            output_tokens=MOST_OUTPUT,
            total_tokens=read + MOST_OUTPUT,
            input_token_details={"cache_creation": read},
        )


def load_prices(settings: Settings) -> Prices:
    """Returns the prices of the model in the setting MODEL."""
    kind = settings.model.partition(":")[0]
    if settings.model_price:
        read, _, written = settings.model_price.partition(",")
        return Prices(settings.model, None, (float(read), float(written)))
    if kind in FREE:
        return Prices(settings.model, None, (0.0, 0.0))
    address = settings.openai_base_url if kind == "openai" else ""
    host = urlsplit(address).hostname or "" if address else ""
    return Prices(settings.model, PUBLISHED.get(kind, {}).get(host), None)


def _whole(message: BaseMessage) -> str:
    calls = getattr(message, "tool_calls", [])
    return f"{message.content}{calls or ''}"


def _published(model: str, provider: str, counts: tuple[int, int, int, int]) -> float | None:
    """Returns dollars for tokens that were read, of these cached and stored, and written."""
    import genai_prices

    read, cached, stored, written = counts
    usage = genai_prices.Usage(
        input_tokens=read,
        cache_read_tokens=cached,
        cache_write_tokens=stored,
        output_tokens=written,
    )
    try:
        price = genai_prices.calc_price(usage, model, provider_id=provider)
    except LookupError:
        return None
    # A model that does not write has no price for it, which would count as 0.
    if price.model_price.input_mtok is None or price.model_price.output_mtok is None:
        return None
    return float(price.total_price)
