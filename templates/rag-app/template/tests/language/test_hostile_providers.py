"""A provider that is broken or means harm: nothing of it gets past the client."""

from collections.abc import Awaitable, Callable

import pytest

from app.language.model import LanguageModel, UnfinishedError, Usage

from .asking import asked, judged, read, refused
from .model_server import ModelServer


@pytest.mark.parametrize("tokens", [-5_000_000, 10**30])
@pytest.mark.parametrize("how", [read, judged])
def test_a_number_of_tokens_that_is_none_is_nonsense(
    server: ModelServer, tokens: int, how: Callable[[LanguageModel], Awaitable[object]]
) -> None:
    server.says('{"supported": true, "reasons": ["yes"]}', usage=Usage(tokens, 2))
    assert isinstance(refused(server, how), UnfinishedError)


def test_half_a_sign_and_a_nul_are_taken_out(server: ModelServer) -> None:
    server.says("a\ud83d", "b\0c \U0001f600")
    pieces, _ = asked(server, read)
    assert "".join(pieces) == "a\ufffdbc \U0001f600"
