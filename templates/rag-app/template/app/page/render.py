"""Turns the project's words and what the settings mean for a reader into the page at `/`."""

import json
from functools import cache
from pathlib import Path
from shlex import quote
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.chat_bodies import LONGEST_QUESTION
from app.language.choosing import find_provider
from app.language.provider import OPENAI
from app.project import Project
from app.settings import Settings

STATIC = Path(__file__).with_name("static")
MODEL_EXAMPLE = "openai:gpt-5-mini"
QUESTION = "What is this about?"
"""For the example of a command, where the project has no example."""


@cache
def _environment() -> Environment:
    folder = FileSystemLoader(Path(__file__).parent)
    # All that is filled in is text: it is escaped, and a name that is not there is a bug.
    return Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def kept(settings: Settings) -> str:
    """Returns the sentence that says where records are kept, and for how long."""
    days = f"{settings.retention_days:g} days"
    if not settings.database_url.startswith("sqlite"):
        return f"Questions, answers and feedback are kept in Postgres for {days}."
    return (
        f"Questions, answers and feedback are kept for {days} in a file beside this service: on a "
        "host without a disk, records last until restart."
    )


def dollars(amount: float) -> str:
    """Returns an amount of money in words."""
    return f"{amount:g} dollar{'' if amount == 1 else 's'}"


def leaves(settings: Settings) -> str:
    """Returns the sentence that says where a question goes."""
    writer = find_provider(settings)
    if writer:
        return (
            "Your question, the turns before it and the passages found for it are sent to "
            f"{writer.host}."
        )
    if settings.embeddings.startswith("openai:"):
        host = urlsplit(settings.openai_base_url or OPENAI).hostname
        return f"Your question is sent to {host}, for its vector, and nothing else is."
    return "Your question is answered here and sent nowhere else."


class Pages:
    """The page of this service.

    Args:
        project: Title, summary and example questions.
        settings: Who writes answers, what that may cost, and where records are kept.
    """

    def __init__(self, project: Project, settings: Settings) -> None:
        self._needs_key = bool(settings.api_key.get_secret_value())
        self._example = next(iter(project.words.examples), QUESTION)
        self._shared = {
            "words": project.words,
            "model": settings.model,
            "is_local": settings.is_local,
            "model_example": MODEL_EXAMPLE,
            "daily_dollars": dollars(settings.daily_dollars),
            "kept": kept(settings),
            "leaves": leaves(settings),
            "most_signs": LONGEST_QUESTION,
            "needs_key": self._needs_key,
        }

    def chat(self, missing: str | None, address: str) -> str:
        """Returns the page at `/`.

        Args:
            missing: Without an index: what is missing and what to run.
            address: Where the page was asked for, ends with a slash; for the example of a command.
        """
        body = quote(json.dumps({"question": self._example}, ensure_ascii=False))
        key = " -H 'X-API-Key: ...'" if self._needs_key else ""
        command = f"curl {address}ask -H 'Content-Type: application/json'{key} -d {body}"
        values = self._shared | {"missing": missing, "command": command}
        return _environment().get_template("page.html").render(values)
