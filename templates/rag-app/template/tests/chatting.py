"""A service with a small project, and a model that says what a test wants."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from app import api, parts
from app.settings import Settings

from .scripted import Scripted
from .small_project import Small

KNEADING = "Knead the dough for ten minutes until it is elastic and smooth."
QUESTION = "How long is dough kneaded?"
MODEL = "openai:gpt-5-mini"


def settings_of(small: Small, **given: Any) -> Settings:  # noqa: ANN401
    return small.settings.model_copy(update={"rate_limit_per_minute": 0, **given})


@contextmanager
def chatting(
    small: Small,
    monkeypatch: pytest.MonkeyPatch,
    model: Scripted | None = None,
    **given: Any,  # noqa: ANN401
) -> Iterator[TestClient]:
    """A client of the service; with a model, that one writes the answers."""
    monkeypatch.setattr(parts, "load_model", lambda _: model)
    if model:
        given = {"model": MODEL, "openai_api_key": SecretStr("a-key"), **given}
    settings = settings_of(small, **given)
    with TestClient(api.create_app(settings)) as client:
        yield client


def ask(client: TestClient, question: str = QUESTION, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    response = client.post("/ask", json={"question": question, **more})
    assert response.status_code == 200, response.text
    reply: dict[str, Any] = response.json()
    return reply


def stream(client: TestClient, question: str = QUESTION) -> list[tuple[str, dict[str, Any]]]:
    """The events of a streamed answer, name and data."""
    response = client.post("/ask/stream", json={"question": question})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in response.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


def metric(client: TestClient, line: str) -> float:
    """The value of a series, as /metrics writes its name and labels."""
    for found in client.get("/metrics").text.splitlines():
        if found.startswith(f"{line} "):
            return float(found.rsplit(" ", 1)[1])
    raise AssertionError(f"{line} is not on /metrics")
