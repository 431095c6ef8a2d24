"""Which model the setting MODEL means. Another provider is another MODEL and its key."""

import warnings
from typing import Any
from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel

from app.model.prices import MOST_OUTPUT
from app.project import Project
from app.service.errors import UserError
from app.settings import Settings

OPENAI, ANTHROPIC = "https://api.openai.com/v1", "https://api.anthropic.com"
"""Named, so that no variable that only a client knows sends questions and key elsewhere."""
RETRIES = 2  # by the clients: after 408, 409, 429, 5xx and lost connections
OFFLINE = "offline"


def load_chat_model(settings: Settings, project: Project) -> BaseChatModel:
    """Returns the model that the agents think with. Nothing is asked yet.

    Raises:
        UserError: A key or package is missing, a key or address can't be one, or the playbook is
            wrong.
    """
    kind = settings.model.partition(":")[0]
    if kind == OFFLINE:
        from app.model.offline import OfflineChatModel
        from app.model.reading import check_workers, read_playbook

        file = project.evaluation.playbook
        book = read_playbook(file)
        check_workers(book, file, {name: one.tools for name, one in project.workers.items()})
        return OfflineChatModel(playbook=book)
    from langchain.chat_models import init_chat_model

    options = _options(settings, kind)
    try:
        model: BaseChatModel = init_chat_model(settings.model, **options)
    except ImportError as error:
        package = f"langchain-{kind.replace('_', '-')}"
        raise UserError(
            f"MODEL={settings.model} needs the package {package}.", f"`uv add {package}`"
        ) from error
    return model


def _options(settings: Settings, kind: str) -> dict[str, Any]:
    options: dict[str, Any] = {"timeout": settings.model_seconds, "max_retries": RETRIES}
    options["max_tokens"] = MOST_OUTPUT
    if settings.model_streaming:
        options["streaming"] = True
        # OpenAI's client warns of each structure that it has put together out of pieces.
        warnings.filterwarnings("ignore", "Pydantic serializer warnings", UserWarning)
    if kind == "openai":
        address = _address("OPENAI_BASE_URL", settings.openai_base_url or OPENAI)
        official = urlsplit(address).hostname == urlsplit(OPENAI).hostname
        options["api_key"] = _key(settings, "openai", needed=official)
        options["base_url"] = address
        if settings.model_streaming:
            options["stream_usage"] = True  # else the client asks only OpenAI itself for counts
    elif kind == "anthropic":
        options["api_key"] = _key(settings, "anthropic", needed=True)
        options["base_url"] = ANTHROPIC
    elif kind == "google_genai":
        options["api_key"] = _key(settings, "google", needed=True)
    elif kind == "ollama":
        # Its client has other names for them, and always streams.
        options = {"num_predict": MOST_OUTPUT, "client_kwargs": {"timeout": settings.model_seconds}}
        if settings.ollama_base_url:
            options["base_url"] = _address("OLLAMA_BASE_URL", settings.ollama_base_url)
    return options


def _address(name: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        _ = parts.port  # is read only when it is asked for
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise UserError(
            f"{name} is no address.", "Write it as in http://127.0.0.1:11434/v1, or leave it out."
        )
    return text


def _key(settings: Settings, name: str, *, needed: bool) -> str:
    key: str = getattr(settings, f"{name}_api_key").get_secret_value().strip()
    if not key and needed:
        raise UserError(
            f"MODEL={settings.model} needs a key.",
            f"Set {name.upper()}_API_KEY, or MODEL=offline, which needs none.",
        )
    # It goes into a header, where anything else is refused with words that repeat it.
    if not all("!" <= sign <= "~" for sign in key):
        raise UserError(
            f"{name.upper()}_API_KEY holds signs that no key has.",
            "Copy it again, and nothing else.",
        )
    return key or "none"
