"""A server on this machine that speaks Anthropic's messages."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache

from app.language.model import Message, Usage

from .model_server import Asked, Json, ModelServer, Reply, event
from .request_types import RequestType
from .serving import running

REASONS = {"whole": "end_turn", "cut": "max_tokens", "withheld": "refusal"}
KINDS = {400: "invalid_request_error", 401: "authentication_error", 429: "rate_limit_error"}
IN_SCHEMAS = {
    *("type", "properties", "required", "additionalProperties", "items", "enum", "const"),
    *("anyOf", "allOf", "$ref", "$defs", "description", "title", "format", "minItems"),
}


def anthropic_server(
    answers: Callable[[Asked], str | Reply] | None = None,
) -> "AbstractContextManager[AnthropicServer]":
    """A server until the end of the block, for ANTHROPIC_BASE_URL."""
    return running(AnthropicServer(answers))


class AnthropicServer(ModelServer):
    path = "/v1/messages"

    def key_in(self, headers: dict[str, str]) -> str:
        # Older clients, and the examples of Anthropic's documentation, use a header of its own.
        key = headers.get("x-api-key") or headers.get("authorization", "")
        return key.removeprefix("Bearer ")

    def wrong(self, headers: dict[str, str], body: Json) -> str:
        if "anthropic-version" not in headers:
            return "anthropic-version: header is required"
        if problem := _request_type(streamed=body.get("stream") is True).wrong(body):
            return problem
        if body.get("system") == "":
            return "system: must not be empty"
        if not body["messages"] or body["messages"][0]["role"] != "user":
            return "the first message must be the user's"
        wanted = body.get("output_config", {}).get("format")
        return _unknown_in(wanted["schema"]) if wanted else ""

    def asked(self, body: Json) -> Asked:
        wanted = body.get("output_config", {}).get("format", {})
        return Asked(
            system=body.get("system", ""),
            messages=tuple(Message(one["role"], one["content"]) for one in body["messages"]),
            model=body["model"],
            most_tokens=body["max_tokens"],
            schema=wanted.get("schema"),
            streamed=bool(body.get("stream")),
        )

    def whole(self, reply: Reply, asked: Asked) -> Json:
        text = {"type": "text", "text": "".join(reply.pieces), "citations": None}
        reason = REASONS.get(reply.ending, reply.ending)
        return _message(asked, [text], reason, _told(reply.counts(asked)))

    def events(self, reply: Reply, asked: Asked) -> Iterator[str]:
        usage = _told(reply.counts(asked))
        began = {**usage, "output_tokens": 1} if usage else {}
        message = _message(asked, [], None, began)
        yield _event({"type": "message_start", "message": message})
        block = {"type": "text", "text": ""}
        yield _event({"type": "content_block_start", "index": 0, "content_block": block})
        yield _event({"type": "ping"})
        for piece in reply.pieces:
            delta = {"type": "text_delta", "text": piece}
            yield _event({"type": "content_block_delta", "index": 0, "delta": delta})
        if reply.breaks:
            return
        yield _event({"type": "content_block_stop", "index": 0})
        reason = REASONS.get(reply.ending, reply.ending)
        ended: Json = {"type": "message_delta", "delta": {"stop_reason": reason}}
        if usage:
            ended["usage"] = {"output_tokens": usage["output_tokens"]}
        yield _event(ended)
        yield _event({"type": "message_stop"})

    def error(self, status: int, message: str) -> Json:
        return {
            "type": "error",
            "error": {"type": KINDS.get(status, "api_error"), "message": message},
        }

    def error_event(self, message: str) -> str:
        return _event(self.error(500, message))


@cache
def _request_type(*, streamed: bool) -> RequestType:
    from anthropic.types.message_create_params import (
        MessageCreateParamsNonStreaming,
        MessageCreateParamsStreaming,
    )

    return RequestType(
        MessageCreateParamsStreaming if streamed else MessageCreateParamsNonStreaming
    )


def _unknown_in(schema: Json) -> str:
    """What Anthropic says against a schema: it knows only some words."""
    if unknown := schema.keys() - IN_SCHEMAS:
        return f"a schema may not hold {min(unknown)}"
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        return "a schema must forbid other properties"
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    inner += [*schema.get("anyOf", []), *schema.get("allOf", [])]
    inner += [schema["items"]] if "items" in schema else []
    return next(filter(None, map(_unknown_in, inner)), "")


def _event(data: Json) -> str:
    return event(data, data["type"])


def _told(usage: Usage | None) -> Json:
    if usage is None:
        return {}
    return {
        "input_tokens": usage.input_tokens - usage.cached_tokens - usage.stored_tokens,
        "cache_read_input_tokens": usage.cached_tokens,
        "cache_creation_input_tokens": usage.stored_tokens,
        "output_tokens": usage.output_tokens,
    }


def _message(asked: Asked, content: list[Json], reason: str | None, usage: Json) -> Json:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": asked.model}
    ending = {"stop_reason": reason, "stop_sequence": None}
    return {**message, "content": content, **ending, **({"usage": usage} if usage else {})}
