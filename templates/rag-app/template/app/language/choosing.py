"""Which model the setting MODEL means. Another provider is another MODEL and its key."""

from urllib.parse import urlsplit

from app.language.model import LanguageModel
from app.language.provider import ANTHROPIC, OPENAI, Provider
from app.service.errors import UserError
from app.settings import Settings


def load_model(settings: Settings) -> LanguageModel | None:
    """Returns the model that writes answers, or None where MODEL is empty.

    Nothing is asked yet. Its client is imported here, which takes a second, and Anthropic's three.

    Raises:
        UserError: A key is missing, or a key or an address can't be one.
    """
    provider = find_provider(settings)
    if provider is None:
        return None
    if provider.kind == "anthropic":
        from app.language.anthropic_chat import AnthropicChat

        return AnthropicChat(provider)
    from app.language.openai_chat import OpenAIChat

    return OpenAIChat(provider)


def find_provider(settings: Settings) -> Provider | None:
    """Returns where the model is asked, or None where MODEL is empty.

    Raises:
        UserError: As above.
    """
    kind, _, model = settings.model.partition(":")
    if kind == "openai":
        address = settings.openai_base_url or OPENAI
        key = settings.openai_api_key.get_secret_value().strip()
        return _checked(Provider("openai", model, address, key, settings.model_seconds))
    if kind == "anthropic":
        address = settings.anthropic_base_url or ANTHROPIC
        key = settings.anthropic_api_key.get_secret_value().strip()
        return _checked(Provider("anthropic", model, address, key, settings.model_seconds))
    return None


def _checked(provider: Provider) -> Provider:
    key, address = provider.setting("API_KEY"), provider.setting("BASE_URL")
    if not _is_address(provider.address):
        raise UserError(
            f"{address} is no address.",
            "Write it as in http://127.0.0.1:11434/v1, or leave it out.",
        )
    if not provider.key and provider.is_official:
        raise UserError(
            f"MODEL={provider.name} needs a key.",
            f"Set {key}, or {address} to a service that wants none.",
        )
    # It goes into a header, where anything else is refused with words that repeat it.
    if not all("!" <= sign <= "~" for sign in provider.key):
        raise UserError(f"{key} holds signs that no key has.", "Copy it again, and nothing else.")
    return provider


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port  # is read only when it is asked for
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
