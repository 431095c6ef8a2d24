"""Asks a model of one of the servers here."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel, Field

from app.language.choosing import load_model
from app.language.model import End, LanguageModel, Message, ModelError, Piece, Prompt, Usage
from app.settings import Settings

from .model_server import ModelServer
from .openai_server import OpenAIServer

KEY = "secret-key"
PROMPT = Prompt(
    system="Answer from the passages only.",
    messages=(
        Message("user", "What drains a node?"),
        Message("assistant", "The verb drain."),
        Message("user", "And what fills it?"),
    ),
    most_tokens=300,
)

Result = TypeVar("Result")


class Verdict(BaseModel):
    """Whether a sentence is in its passage."""

    supported: bool
    reasons: list[str] = Field(min_length=1)
    score: int = 0


def settings(**given: Any) -> Settings:  # noqa: ANN401 - any setting's
    """Settings that neither the environment nor `.env` changes where models are concerned."""
    names = ("model", "model_price", "openai_base_url", "openai_api_key")
    empty = dict.fromkeys((*names, "anthropic_base_url", "anthropic_api_key"), "")
    return Settings(_env_file=None, **(empty | given))


def settings_for(server: ModelServer, **given: Any) -> Settings:  # noqa: ANN401 - see above
    """Settings with which a model called `small` of this server writes the answers."""
    kind = "openai" if isinstance(server, OpenAIServer) else "anthropic"
    place = {f"{kind}_base_url": server.address, f"{kind}_api_key": KEY}
    return settings(**({"model": f"{kind}:small", **place} | given))


def asked(
    server: ModelServer,
    ask: Callable[[LanguageModel], Awaitable[Result]],
    **given: Any,  # noqa: ANN401 - see above
) -> Result:
    """What `ask` gets from a model of this server."""

    async def run() -> Result:
        model = load_model(settings_for(server, **given))
        assert model is not None
        try:
            return await ask(model)
        finally:
            await model.close()

    return asyncio.run(run())


async def read(model: LanguageModel, prompt: Prompt = PROMPT) -> tuple[list[str], End]:
    """The pieces of a streamed text, and how it ended."""
    pieces: list[str] = []
    ends: list[End] = []
    async for part in model.stream(prompt):
        assert not ends
        if isinstance(part, Piece):
            pieces.append(part.text)
        else:
            ends.append(part)
    (end,) = ends
    return pieces, end


async def judged(model: LanguageModel) -> tuple[Verdict, Usage | None]:
    """An object instead of a text."""
    return await model.structured(PROMPT, Verdict)


def refused(
    server: ModelServer,
    ask: Callable[[LanguageModel], Awaitable[object]] = read,
    **given: Any,  # noqa: ANN401 - see above
) -> ModelError:
    """The error that `ask` gets: two lines for a person, without the key."""
    with pytest.raises(ModelError) as caught:
        asked(server, ask, **given)
    error = caught.value
    assert "\n" not in error.problem + error.remedy
    assert len(error.problem) < 400
    assert KEY not in error.problem + error.remedy
    return error
