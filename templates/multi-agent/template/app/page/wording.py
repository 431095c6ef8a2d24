"""What settings and amounts mean, in words for a reader."""

from urllib.parse import urlsplit

from app.settings import Settings

HOSTS = {
    "openai": "api.openai.com",
    "anthropic": "api.anthropic.com",
    "google_genai": "generativelanguage.googleapis.com",
    "ollama": "127.0.0.1",
}


def kept(settings: Settings) -> str:
    """Returns the sentence that says where runs are kept, and for how long."""
    days = f"{settings.retention_days:g} days"
    if not settings.database_url.startswith("sqlite"):
        return f"Runs, their evidence, records and feedback are kept in Postgres for {days}."
    return (
        f"Runs, their evidence, records and feedback are kept for {days} in a file beside "
        "this service: on a host without a disk, they last until restart."
    )


def thinks_at(settings: Settings) -> str:
    """Returns the host that the model is asked at; empty where a playbook is followed."""
    kind = settings.model.partition(":")[0]
    given = {"openai": settings.openai_base_url, "ollama": settings.ollama_base_url}.get(kind, "")
    # Never the whole address: it may hold a password.
    return urlsplit(given).hostname or HOSTS.get(kind, "")


def leaves(settings: Settings) -> str:
    """Returns the sentence that says where a question goes."""
    if host := thinks_at(settings):
        return f"Your question, and what the tools find for it, are sent to {host}."
    return "Your question is worked on here and sent nowhere else."


def dollars(amount: float | None, digits: int = 3) -> str:
    """Returns an amount of money in words; None is an unknown price, and never 0."""
    if amount is None:
        return "price unknown"
    return f"{amount:.{digits}g} dollar{'' if amount == 1 else 's'}"


def limits(settings: Settings) -> str:
    """Returns the sentence that says how far one run may go."""
    return (
        f"One run may use {settings.run_model_calls:,} calls of models, "
        f"{settings.run_tool_calls:,} of tools, {settings.run_tokens:,} tokens, "
        f"{dollars(settings.run_dollars)} and {settings.run_seconds:g} seconds; all runs of a day "
        f"together {dollars(settings.daily_dollars)}. Where a limit comes first, you get what was "
        "found until then."
    )
