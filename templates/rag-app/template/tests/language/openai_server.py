"""A server on this machine that speaks OpenAI's chat completions."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache

from app.language.model import Message, Usage

from .model_server import Asked, Json, ModelServer, Reply, event
from .request_types import RequestType
from .serving import running

REASONS = {"whole": "stop", "cut": "length", "withheld": "content_filter"}
LIMITS = ("max_tokens", "max_completion_tokens")


def openai_server(
    answers: Callable[[Asked], str | Reply] | None = None,
) -> "AbstractContextManager[OpenAIServer]":
    """A server until the end of the block, for OPENAI_BASE_URL."""
    return running(OpenAIServer(answers))


class OpenAIServer(ModelServer):
    path = "/v1/chat/completions"
    base = "/v1"

    def key_in(self, headers: dict[str, str]) -> str:
        return headers.get("authorization", "").removeprefix("Bearer ")

    def wrong(self, headers: dict[str, str], body: Json) -> str:  # noqa: ARG002 - it wants none
        if problem := _request_type(streamed=body.get("stream") is True).wrong(body):
            return problem
        if all(name in body for name in LIMITS):
            return "max_tokens and max_completion_tokens are two names of one thing"
        if "stream_options" in body and not body.get("stream"):
            return "stream_options without stream"
        if not body["messages"] or body["messages"][-1]["role"] != "user":
            return "the last message must be the user's"
        wanted = body.get("response_format", {})
        if wanted.get("type") != "json_schema" or not wanted["json_schema"].get("strict"):
            return ""
        return _not_strict(wanted["json_schema"]["schema"])

    def asked(self, body: Json) -> Asked:
        rules = [one["content"] for one in body["messages"] if one["role"] == "system"]
        rest = [one for one in body["messages"] if one["role"] != "system"]
        wanted = body.get("response_format", {}).get("json_schema", {})
        return Asked(
            system="\n".join(rules),
            messages=tuple(Message(one["role"], one["content"]) for one in rest),
            model=body["model"],
            most_tokens=next((body[name] for name in LIMITS if name in body), 0),
            schema=wanted.get("schema"),
            streamed=bool(body.get("stream")),
        )

    def whole(self, reply: Reply, asked: Asked) -> Json:
        message = {"role": "assistant", "content": "".join(reply.pieces), "refusal": None}
        reason = REASONS.get(reply.ending, reply.ending)
        choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None}
        return _answer(asked, "chat.completion", [choice], reply.counts(asked))

    def events(self, reply: Reply, asked: Asked) -> Iterator[str]:
        deltas: list[Json] = [{"role": "assistant", "content": ""}]
        deltas += [{"content": piece} for piece in reply.pieces]
        for delta in deltas:
            yield _chunk(asked, [{"index": 0, "delta": delta, "finish_reason": None}])
        if reply.breaks:
            return
        reason = REASONS.get(reply.ending, reply.ending)
        yield _chunk(asked, [{"index": 0, "delta": {}, "finish_reason": reason}])
        if usage := reply.counts(asked):
            yield _chunk(asked, [], usage)
        yield event("[DONE]")

    def error(self, status: int, message: str) -> Json:
        return {"error": {"message": message, "type": "error", "param": None, "code": str(status)}}

    def error_event(self, message: str) -> str:
        return event(self.error(500, message))


@cache
def _request_type(*, streamed: bool) -> RequestType:
    from openai.types.chat.completion_create_params import (
        CompletionCreateParamsNonStreaming,
        CompletionCreateParamsStreaming,
    )

    return RequestType(
        CompletionCreateParamsStreaming if streamed else CompletionCreateParamsNonStreaming
    )


def _not_strict(schema: object) -> str:
    """What OpenAI says against a schema that must be strict."""
    if isinstance(schema, list):
        return next(filter(None, map(_not_strict, schema)), "")
    if not isinstance(schema, dict):
        return ""
    properties = schema.get("properties")
    if schema.get("type") == "object" and (
        schema.get("additionalProperties") is not False
        or sorted(schema.get("required", [])) != sorted(properties or {})
    ):
        return "a strict schema wants all properties to be required, and no others"
    return next(filter(None, map(_not_strict, schema.values())), "")


def _chunk(asked: Asked, choices: list[Json], usage: Usage | None = None) -> str:
    return event(_answer(asked, "chat.completion.chunk", choices, usage))


def _answer(asked: Asked, kind: str, choices: list[Json], usage: Usage | None) -> Json:
    body = {"id": "chatcmpl-1", "object": kind, "created": 1, "model": asked.model}
    told = None
    if usage is not None:
        told = {
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens + usage.output_tokens,
            "prompt_tokens_details": {
                "cached_tokens": usage.cached_tokens,
                "cache_write_tokens": usage.stored_tokens,
            },
        }
    return {**body, "choices": choices, "usage": told}
