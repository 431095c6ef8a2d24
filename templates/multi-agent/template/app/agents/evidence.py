"""What a worker found, from the messages that it leaves."""

import json
from collections.abc import Iterator, Mapping, Sequence

from langchain_core.messages import AIMessage, AnyMessage, ToolCall, ToolMessage

from app.agents.state import Evidence, Finding, Json
from app.agents.watching import UNFINISHED, calls_in
from app.desk.found import Found

MOST_SIGNS = 4_000  # of a summary


def collect(task: Json, messages: Sequence[AnyMessage]) -> Finding:
    """Returns the finding of a worker: its last words, and each call that found something."""
    calls = {f"{task['worker']}.{at}": call for at, call in enumerate(calls_in(messages), 1)}
    last = messages[-1] if messages else None
    text = last.text.strip() if isinstance(last, AIMessage) else ""
    unfinished = (
        str(last.response_metadata.get(UNFINISHED, "")) if isinstance(last, AIMessage) else ""
    )
    if not text:
        unfinished = unfinished or f"The {task['worker']} ended without a word."
    return Finding(
        worker=task["worker"],
        goal=task["goal"],
        summary="" if unfinished else text[:MOST_SIGNS],
        evidence=[one for message in messages for one in _evidence(message, calls)],
        unfinished=unfinished,
    )


def _evidence(message: AnyMessage, calls: Mapping[str, ToolCall]) -> Iterator[Evidence]:
    if not isinstance(message, ToolMessage) or message.status == "error":
        return
    try:
        content = json.loads(message.text)
    except ValueError:
        return
    call = calls.get(content.get("evidence", "")) if isinstance(content, dict) else None
    if call is None:
        return
    found = Found(
        rows=content["rows"], row_count=content["row_count"], truncated=content["truncated"]
    )
    yield Evidence(id=content["evidence"], tool=call["name"], arguments=call["args"], found=found)


def in_order(findings: Sequence[Finding]) -> list[Evidence]:
    """Returns the evidence of all workers, in an order that does not depend on who was first."""
    ordered = sorted(findings, key=lambda one: one["worker"])
    return [one for finding in ordered for one in finding["evidence"]]
