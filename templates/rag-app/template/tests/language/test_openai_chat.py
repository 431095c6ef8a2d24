"""What only models of OpenAI-compatible services do."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.language.model import LanguageModel, Usage
from app.language.openai_chat import OpenAIChat
from app.language.provider import Provider

from .asking import PROMPT, Verdict, asked, read
from .model_server import Reply, event
from .openai_server import OpenAIServer, openai_server

WANTS_NEW = (
    "Unsupported parameter: 'max_tokens' is not supported with this model. "
    "Use 'max_completion_tokens' instead."
)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with openai_server() as found:
        yield found


def chunk(choices: list[dict[str, Any]], **more: object) -> str:
    return event({"object": "chat.completion.chunk", "choices": choices, **more})


def streams(server: OpenAIServer, *events: str) -> None:
    server.answers = lambda _: Reply(body="".join(events).encode())


def test_a_request_is_what_every_service_knows(server: OpenAIServer) -> None:
    server.says("Yes.")
    asked(server, read)
    (body,) = server.requests
    assert body.keys() == {"model", "messages", "max_tokens", "stream", "stream_options"}
    assert body["stream_options"] == {"include_usage": True}


def test_who_wants_the_new_name_of_the_limit_gets_it_from_then_on(server: OpenAIServer) -> None:
    server.refused_fields["max_tokens"] = WANTS_NEW
    server.says("Yes.")
    server.says("No.")

    async def twice(model: LanguageModel) -> list[str]:
        return [(await read(model))[0][0] for _ in range(2)]

    assert asked(server, twice) == ["Yes.", "No."]
    limits = [sorted(name for name in body if "tokens" in name) for body in server.requests]
    assert limits == [["max_tokens"], ["max_completion_tokens"], ["max_completion_tokens"]]


def test_openai_itself_gets_the_new_name() -> None:
    official = Provider("openai", "gpt-5-mini", "https://api.openai.com/v1", "key", 1)
    assert OpenAIChat(official)._limit == "max_completion_tokens"


def test_a_schema_is_sent_in_the_strict_form(server: OpenAIServer) -> None:
    server.says('{"supported": true, "reasons": ["yes"], "score": 1}')
    asked(server, lambda model: model.structured(PROMPT, Verdict))
    wanted = server.requests[0]["response_format"]["json_schema"]
    assert (wanted["name"], wanted["strict"]) == ("Verdict", True)
    assert wanted["schema"]["required"] == ["supported", "reasons", "score"]


def test_thinking_that_only_the_total_counts_is_written_too(server: OpenAIServer) -> None:
    done = chunk([{"index": 0, "delta": {"content": "Yes."}, "finish_reason": "stop"}])
    usage = {"prompt_tokens": 21, "completion_tokens": 4, "total_tokens": 85}
    streams(server, done, chunk([], usage=usage), event("[DONE]"))
    assert asked(server, read)[1].usage == Usage(21, 64)


def test_usage_may_come_with_every_piece(server: OpenAIServer) -> None:
    pieces = [
        chunk(
            [{"index": 0, "delta": {"content": text}, "finish_reason": reason}],
            usage={"prompt_tokens": 5, "completion_tokens": count, "total_tokens": 5 + count},
        )
        for text, reason, count in (("Ye", None, 1), ("s.", "stop", 2))
    ]
    streams(server, *pieces, event("[DONE]"))
    pieces_read, end = asked(server, read)
    assert (pieces_read, end.usage) == (["Ye", "s."], Usage(5, 2))


def test_a_chunk_may_hold_no_choice(server: OpenAIServer) -> None:
    first = chunk([], prompt_filter_results=[])
    streams(server, first, chunk([{"delta": {"content": "Yes."}, "finish_reason": "stop"}]))
    assert asked(server, read)[0] == ["Yes."]


@pytest.mark.parametrize(
    ("reason", "ending"),
    [
        ("STOP", "whole"),
        ("eos", "whole"),
        ("model_length", "cut"),
        ("SAFETY", "withheld"),
        ("content_filter: RECITATION", "withheld"),
    ],
)
def test_endings_of_other_services_are_known(
    server: OpenAIServer, reason: str, ending: str
) -> None:
    server.says("Yes.", ending=reason)
    assert asked(server, read)[1].ending == ending


def test_a_refusal_is_no_text(server: OpenAIServer) -> None:
    deltas = [{"refusal": "I can't "}, {"refusal": "help."}]
    chunks = [chunk([{"index": 0, "delta": one, "finish_reason": None}]) for one in deltas]
    streams(server, *chunks, chunk([{"index": 0, "delta": {}, "finish_reason": "stop"}]))
    pieces, end = asked(server, read)
    assert (pieces, end.ending) == ([], "withheld")


def test_the_server_refuses_what_the_client_does_not_describe(server: OpenAIServer) -> None:
    good = {"model": "small", "messages": [{"role": "user", "content": "x"}], "max_tokens": 1}
    assert server.wrong({}, good) == ""
    deep = {"messages": [{"role": "user", "content": "x", "more": 1}]}
    for change in ({"most_tokens": 1}, {"max_tokens": "1"}, {"messages": [{"role": "x"}]}, deep):
        assert server.wrong({}, json.loads(json.dumps(good | change)))
