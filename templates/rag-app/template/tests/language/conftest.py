"""The servers, for tests that run with each of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from .anthropic_server import anthropic_server
from .model_server import ModelServer
from .openai_server import openai_server

SERVERS: dict[str, Callable[[], AbstractContextManager[ModelServer]]] = {
    "openai": openai_server,
    "anthropic": anthropic_server,
}


@pytest.fixture(params=list(SERVERS))
def server(request: pytest.FixtureRequest) -> Iterator[ModelServer]:
    with SERVERS[request.param]() as found:
        yield found
