"""What only Anthropic's models do."""

import json
from collections.abc import Iterator

import pytest

from app.language.model import Usage

from .anthropic_server import AnthropicServer, anthropic_server
from .asking import PROMPT, Verdict, asked, read, refused
from .model_server import Reply, event


@pytest.fixture
def server() -> Iterator[AnthropicServer]:
    with anthropic_server() as found:
        yield found


def test_a_request_holds_nothing_else(server: AnthropicServer) -> None:
    server.says("Yes.")
    asked(server, read)
    (body,) = server.requests
    assert body.keys() == {"model", "messages", "system", "max_tokens", "stream"}


def test_what_a_schema_may_not_hold_is_described_instead(server: AnthropicServer) -> None:
    server.says('{"supported": true, "reasons": ["yes"]}')
    asked(server, lambda model: model.structured(PROMPT, Verdict))
    wanted = server.requests[0]["output_config"]["format"]
    assert wanted["type"] == "json_schema"
    assert wanted["schema"]["properties"].keys() == {"supported", "reasons", "score"}


@pytest.mark.parametrize(
    ("reason", "ending"),
    [("stop_sequence", "whole"), ("model_context_window_exceeded", "cut"), ("refusal", "withheld")],
)
def test_its_endings_are_known(server: AnthropicServer, reason: str, ending: str) -> None:
    server.says("Yes.", ending=reason)
    assert asked(server, read)[1].ending == ending


def test_thinking_is_no_text(server: AnthropicServer) -> None:
    thought = {"type": "thinking_delta", "thinking": "Hmm."}
    delta = {"type": "content_block_delta", "index": 0, "delta": thought}
    said = {**delta, "delta": {"type": "text_delta", "text": "Yes."}}
    ended = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": None}
    body = "".join(event(one, str(one["type"])) for one in (delta, said, ended))
    server.answers = lambda _: Reply(body=body.encode())
    assert asked(server, read)[0] == ["Yes."]


def test_a_stream_that_breaks_off_has_cost_what_it_read(server: AnthropicServer) -> None:
    server.says("Ye", breaks="lost", usage=Usage(500, 40, cached_tokens=100))
    assert refused(server).usage == Usage(500, 1, cached_tokens=100)


def test_the_server_refuses_what_the_client_does_not_describe(server: AnthropicServer) -> None:
    headers = {"anthropic-version": "2023-06-01"}
    good = {"model": "small", "messages": [{"role": "user", "content": "x"}], "max_tokens": 1}
    assert server.wrong(headers, good) == ""
    deep = {"messages": [{"role": "user", "content": "x", "more": 1}]}
    for change in ({"most_tokens": 1}, {"max_tokens": "1"}, {"messages": [{"role": "x"}]}, deep):
        assert server.wrong(headers, json.loads(json.dumps(good | change)))
    assert "header" in server.wrong({}, good)
