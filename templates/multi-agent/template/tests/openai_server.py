"""A server on this machine that speaks OpenAI's chat completions, and thinks by the playbook.

So the real client is used, its requests are held against its own types, and what it gets makes
sense: the graph can go through to the end.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, ToolCall
from langchain_core.messages.utils import convert_to_messages
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

Json = dict[str, Any]
PROMPT_TOKENS, COMPLETION_TOKENS = 1000, 100
"""What each answer is said to have used."""


@dataclass
class Seen:
    """What the server was asked, and how it shall misbehave.

    Attributes:
        requests: Bodies, oldest first.
        wrong: What was wrong with requests, by the types of the client.
        failures: Statuses that the next answers have, instead of answers.
        mute: Whether it does not tell what was used.
        cuts: Streams that the next answers begin and do not end.
    """

    requests: list[Json] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    mute: bool = False
    cuts: int = 0
    lock: Lock = field(default_factory=Lock)


@contextmanager
def openai_server(model: BaseChatModel) -> Iterator[tuple[str, Seen]]:
    """Serves until the end of the block; yields the address for OPENAI_BASE_URL."""
    seen = Seen()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # the library's name
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with seen.lock:
                seen.requests.append(body)
                failure = seen.failures.pop(0) if seen.failures else 0
                seen.wrong += _wrong(self.path, body)
                cut = bool(seen.cuts)
                seen.cuts -= cut
            if failure:
                self._send(failure, {"error": {"message": "not now", "type": "error"}}, wait=True)
            elif body.get("stream"):
                self._stream(_pieces(_answer(model, body, mute=seen.mute), body), cut=cut)
            else:
                self._send(200, _answer(model, body, mute=seen.mute))

        def _send(self, status: int, body: Json, *, wait: bool = False) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if wait:
                self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(content)

        def _stream(self, pieces: list[Json], *, cut: bool) -> None:
            self.close_connection = True  # its end is the end of the answer
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            lines = [f"data: {json.dumps(one)}\n\n" for one in pieces] + ["data: [DONE]\n\n"]
            for line in lines[: len(lines) // 2] if cut else lines:
                self.wfile.write(line.encode())
                self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@cache
def _request_type(*, streamed: bool) -> TypeAdapter[Any]:
    from openai.types.chat import completion_create_params as params

    names = ("CompletionCreateParamsNonStreaming", "CompletionCreateParamsStreaming")
    strict: Callable[[Any], Any] = with_config(ConfigDict(extra="forbid"))
    return TypeAdapter(strict(getattr(params, names[streamed])))


def _wrong(path: str, body: Json) -> list[str]:
    if path != "/v1/chat/completions":
        return [f"there is nothing at {path}"]
    try:
        _request_type(streamed=bool(body.get("stream"))).validate_python(body)
    except ValidationError as error:
        return [f"{one['loc']}: {one['msg']}" for one in error.errors()]
    return []


def _answer(model: BaseChatModel, body: Json, *, mute: bool) -> Json:
    messages = convert_to_messages(body["messages"])
    wanted = body.get("response_format", {}).get("json_schema")
    tools = body.get("tools", []) if wanted is None else [_as_tool(wanted["name"])]
    answer = model.bind(tools=tools).invoke(messages)
    assert isinstance(answer, AIMessage)
    message: Json = {"role": "assistant", "content": answer.text or None, "refusal": None}
    if wanted is not None:
        message["content"] = json.dumps(answer.tool_calls[0]["args"])
    elif answer.tool_calls:
        message["tool_calls"] = [_as_call(one) for one in answer.tool_calls]
    reason = "tool_calls" if "tool_calls" in message else "stop"
    choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None}
    told: Json = {"id": "c1", "object": "chat.completion", "created": 1, "model": body["model"]}
    usage = {
        "prompt_tokens": PROMPT_TOKENS,
        "completion_tokens": COMPLETION_TOKENS,
        "total_tokens": PROMPT_TOKENS + COMPLETION_TOKENS,
    }
    return told | {"choices": [choice]} | ({} if mute else {"usage": usage})


def _pieces(answer: Json, body: Json) -> list[Json]:
    """Gives an answer as a provider streams it: words and arguments cut anywhere, counts last."""
    head = {name: answer[name] for name in ("id", "created", "model")}
    head |= {"object": "chat.completion.chunk"}
    message = answer["choices"][0]["message"]
    deltas: list[Json] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": part} for part in _cut(message["content"] or "")]
    for at, call in enumerate(message.get("tool_calls", ())):
        begun = call["function"] | {"arguments": ""}
        deltas.append({"tool_calls": [{**call, "index": at, "function": begun}]})
        for part in _cut(call["function"]["arguments"]):
            deltas.append({"tool_calls": [{"index": at, "function": {"arguments": part}}]})
    choices: list[Json] = [{"index": 0, "delta": one, "finish_reason": None} for one in deltas]
    choices.append(answer["choices"][0] | {"delta": {}})
    del choices[-1]["message"]
    pieces: list[Json] = [head | {"choices": [one]} for one in choices]
    if body.get("stream_options", {}).get("include_usage") and "usage" in answer:
        pieces.append(head | {"choices": [], "usage": answer["usage"]})
    return pieces


def _cut(text: str) -> Iterator[str]:
    for at in range(0, len(text), 7):
        yield text[at : at + 7]


def _as_tool(name: str) -> Json:
    return {"type": "function", "function": {"name": name}}


def _as_call(call: ToolCall) -> Json:
    function = {"name": call["name"], "arguments": json.dumps(call["args"])}
    return {"id": call["id"], "type": "function", "function": function}
