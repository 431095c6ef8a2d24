"""What a call costs, as published or as the setting MODEL_PRICE says. Needs no network."""

import json

from pydantic import BaseModel

from app.language.choosing import find_provider
from app.language.model import Prompt, Usage
from app.language.provider import Provider
from app.settings import Settings

# Whose name of a model means the published price. Nowhere else, though a model is called the same:
# at Azure whoever deploys a model names it, OpenRouter asks who is cheapest at the moment, regions
# cost more, and a machine of your own costs nothing by the token. MODEL_PRICE is for those.
PUBLISHED = {
    "api.openai.com": "openai",
    "api.anthropic.com": "anthropic",
    "generativelanguage.googleapis.com": "google",
    "api.groq.com": "groq",
    "api.mistral.ai": "mistral",
    "api.deepseek.com": "deepseek",
}
MILLION = 1_000_000
# Tokens that a provider adds: for each message who speaks, for each call how to answer in JSON.
FRAME = 20
JSON_RULES = 1000


class Prices:
    """The prices of one model.

    Args:
        provider: Where it is asked.
        given: Dollars for a million tokens in and out, or None to look for what is published.
    """

    def __init__(self, provider: Provider, given: tuple[float, float] | None) -> None:
        self._provider = provider
        self._given = given
        # Read now and not at the first question: it takes half a second.
        self.known = self.dollars(Usage(1, 1)) is not None

    def dollars(self, usage: Usage | None) -> float | None:
        """Returns what a call has cost, or None where that is unknown; None is never 0.

        Where MODEL_PRICE is set, tokens from the cache count as any others.
        """
        if usage is None:
            return None
        if self._given is not None:
            read, written = self._given
            return (usage.input_tokens * read + usage.output_tokens * written) / MILLION
        published = PUBLISHED.get(self._provider.host)
        return _published(usage, self._provider.model, published) if published else None

    def most_dollars(self, prompt: Prompt, schema: type[BaseModel] | None = None) -> float | None:
        """Returns what a call can cost at most, or None where the price is unknown.

        Attempts that failed are not in it: 429 and 500 are not billed.
        """
        return self.dollars(most_usage(prompt, schema))


def load_prices(settings: Settings) -> Prices | None:
    """Returns the prices of the model in the setting MODEL, or None where it is empty.

    Raises:
        UserError: As `load_model`.
    """
    provider = find_provider(settings)
    if provider is None:
        return None
    given = None
    if settings.model_price:
        read, _, written = settings.model_price.partition(",")
        given = float(read), float(written)
    return Prices(provider, given)


def most_usage(prompt: Prompt, schema: type[BaseModel] | None = None) -> Usage:
    """Returns more tokens than a call can use: none is shorter than a byte.

    All of the input counts as put into a cache, which is the dearest.
    """
    texts = [prompt.system, *(message.content for message in prompt.messages)]
    read = sum(len(text.encode(errors="surrogatepass")) + FRAME for text in texts)
    if schema is not None:  # the clients add to it before they send it
        read += JSON_RULES + 2 * len(json.dumps(schema.model_json_schema()))
    return Usage(read, prompt.most_tokens, stored_tokens=read)


def _published(usage: Usage, model: str, provider: str) -> float | None:
    import genai_prices

    cached = min(usage.cached_tokens, usage.input_tokens)
    counts = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=cached,
        cache_write_tokens=min(usage.stored_tokens, usage.input_tokens - cached),
        output_tokens=usage.output_tokens,
    )
    try:
        price = genai_prices.calc_price(counts, model, provider_id=provider)
    except LookupError:
        return None
    # A model that does not write has no price for it, which would count as 0.
    if price.model_price.input_mtok is None or price.model_price.output_mtok is None:
        return None
    return float(price.total_price)
