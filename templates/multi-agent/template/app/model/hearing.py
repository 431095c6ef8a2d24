"""What the offline model reads in a conversation: the request, and what tools have answered.

Anything may stand in messages, and nothing of it may stop the model: what it can't read, it passes
over.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from app.desk.found import Found
from app.model.playing import Json, Known

CALL = "call_"
"""What the id of a call begins with; the name of the step follows."""


def request(messages: Sequence[BaseMessage]) -> Json:
    """Returns the object in the first message of the conversation; empty if there is none."""
    first = next((one for one in messages if isinstance(one, HumanMessage)), None)
    return _json(first.text) if first else {}


def workers(given: Json) -> set[str]:
    """Returns the names of the workers in a planner's request."""
    found = given.get("workers")
    return {str(one) for one in found} if isinstance(found, dict | list) else set()


def evidence(given: Json) -> list[Json]:
    """Returns the pieces of evidence in the request of a writer or reviewer."""
    found = given.get("evidence")
    pieces = map(_piece, found) if isinstance(found, list) else ()
    return [one for one in pieces if one is not None]


def parts(memo: object, name: str) -> list[Json]:
    """Returns a list of objects in a memo, such as its lines."""
    found = memo.get(name) if isinstance(memo, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def heard(asked: dict[str, str], messages: Sequence[BaseMessage]) -> Known:
    """Returns what the tools have answered so far."""
    known = Known(asked)
    for message in messages:
        if isinstance(message, ToolMessage):
            name, piece = message.tool_call_id.removeprefix(CALL), _answered(message, {})
            if piece is None:
                known.refused.setdefault(name, message.text)
            else:
                known.add(name, piece)
    return known


def collected(messages: Sequence[BaseMessage]) -> Iterator[Json]:
    """Gives what the tools have answered, as a writer gets to see it."""
    calls = {
        call["id"]: call
        for one in messages
        if isinstance(one, AIMessage)
        for call in one.tool_calls
    }
    for one in messages:
        call = calls.get(one.tool_call_id) if isinstance(one, ToolMessage) else None
        if call is not None and isinstance(one, ToolMessage):
            about = {"tool": call["name"], "arguments": call["args"]}
            if (piece := _answered(one, about)) is not None:
                yield piece


def _answered(message: ToolMessage, about: Json) -> Json | None:
    content = _json(message.text)
    if message.status == "error" or "evidence" not in content:
        return None
    return _piece({"tool": "", "arguments": {}} | about | {"id": content["evidence"]}, content)


def _piece(given: Any, content: Any = None) -> Json | None:  # noqa: ANN401 - read from JSON
    """Returns evidence with just what belongs to it, or None if it is none."""
    if not isinstance(given, dict):
        return None
    found = _found(given.get("found") if content is None else content)
    name, tool, arguments = (given.get(key) for key in ("id", "tool", "arguments"))
    whole = isinstance(name, str) and isinstance(tool, str) and isinstance(arguments, dict)
    if found is None or not whole:
        return None
    return {"id": name, "tool": tool, "arguments": arguments, "found": found}


def _found(given: object) -> Found | None:
    if not isinstance(given, Mapping):
        return None
    rows, count = given.get("rows"), given.get("row_count")
    whole = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    if not whole or not isinstance(rows, list) or not isinstance(count, int):
        return None
    return Found(rows=rows, row_count=count, truncated=bool(given.get("truncated")))


def _json(text: str) -> Json:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # also brackets without end
        return {}
    return found if isinstance(found, dict) else {}
