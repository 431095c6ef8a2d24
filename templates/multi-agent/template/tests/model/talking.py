"""Conversations with the offline model, with answers of tools that nobody had to run."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from app.model.offline import OfflineChatModel
from app.model.reading import read_playbook
from app.settings import Settings

Json = dict[str, Any]
BOOK = """
refusal = "Only boats."
outside = ["price"]
common = ["what", "say", "the", "rules", "about"]

[[play]]
name = "leaks"
title = "Leaking boats"
words = ["leak", "sail"]
worker = "analyst"
goal = "Find the boats that leak."

[[play.call]]
name = "leaking"
tool = "run_sql"
arguments.query = "SELECT leaking"

[[play.call]]
name = "patched"
tool = "run_sql"
arguments.query = "SELECT patched"

[[play.call]]
name = "captain"
tool = "run_sql"
arguments.query = "SELECT captain FROM boats WHERE name = {leaking.first.boat|sql}"

[[play.line]]
each = "leaking"
text = "{boat} takes in {litres} l."

[[play.line]]
if_any = "captain"
text = "{captain.first.name} sails {leaking.first.boat}."

[[play.line]]
if_empty = "leaking"
text = "No boat leaks."

[[play.exception]]
each = "patched"
subject = "{boat}"
rule = "Patched boats need leave."
reason = "{how}"

[play.answer]
no_if = ["leaking"]
conditional_if = ["patched"]

[[play]]
name = "harbour"
title = "The harbour"
words = ["rules", "sail"]
worker = "researcher"
goal = "Find the rules of the harbour."

[[play.call]]
name = "sections"
tool = "search_documents"
arguments.query = "{topic}"

[[play.line]]
each = "sections"
text = "{text}"
"""
QUESTION = "May we sail?"
LEAKS = "Find the boats that leak."
LEAKING = "SELECT leaking"
PATCHED = "SELECT patched"
CAPTAIN = "SELECT captain FROM boats WHERE name = 'O''Neill'"
ROWS: dict[str, list[Json]] = {
    LEAKING: [{"boat": "O'Neill", "litres": 3}],
    PATCHED: [{"boat": "Swan", "how": "with tar"}],
    CAPTAIN: [{"name": "Ahab"}],
}


def model(folder: Path, book: str = BOOK) -> OfflineChatModel:
    """Returns the model with a playbook of boats."""
    file = folder / "playbook.toml"
    file.write_text(book, encoding="utf-8")
    return OfflineChatModel(playbook=read_playbook(file))


def tool(name: str) -> Json:
    """Returns a tool, as it is bound."""
    return {"type": "function", "function": {"name": name, "parameters": {}}}


WORKER_TOOLS = [tool("run_sql"), tool("calculate")]


def opening(**content: Any) -> list[BaseMessage]:  # noqa: ANN401
    """Returns the first messages: the rules, and the request as the graph sends it."""
    return [SystemMessage("Rules."), HumanMessage(json.dumps(content))]


def found(rows: Sequence[Json], evidence: str = "") -> Json:
    """Returns what a tool gives; with the id of evidence, as a worker sees it."""
    content: Json = {"evidence": evidence} if evidence else {}
    return content | {"rows": list(rows), "row_count": len(rows), "truncated": False}


def ask(book: OfflineChatModel, messages: list[BaseMessage], tools: Sequence[Any]) -> AIMessage:
    """Returns the answer of the model."""
    answer = book.bind_tools(tools).invoke(messages)
    assert isinstance(answer, AIMessage)
    return answer


def work(
    book: OfflineChatModel,
    rows: Mapping[str, list[Json]] = ROWS,
    refused: Mapping[str, str] | None = None,
    goal: str = LEAKS,
) -> list[BaseMessage]:
    """Lets a worker work until it ends; what has no rows finds none."""
    messages = opening(question=QUESTION, goal=goal)
    for _ in range(9):
        messages.append(turn := ask(book, messages, WORKER_TOOLS))
        if not turn.tool_calls:
            break
        made = [
            call["id"] for one in messages if isinstance(one, AIMessage) for call in one.tool_calls
        ]
        for call in turn.tool_calls:
            query, at = call["args"]["query"], made.index(call["id"]) + 1
            if query in (refused or {}):
                text, status = f"Refused: {(refused or {})[query]}", "error"
            else:
                text, status = json.dumps(found(rows.get(query, []), f"analyst.{at}")), "success"
            messages.append(ToolMessage(text, tool_call_id=call["id"], status=status))
    return messages


def evidence(rows: Mapping[str, list[Json]] = ROWS) -> list[Json]:
    """Returns what a writer gets of the same."""
    return [
        {
            "id": f"analyst.{at}",
            "tool": "run_sql",
            "arguments": {"query": query},
            "found": found(one),
        }
        for at, (query, one) in enumerate(rows.items(), 1)
    ]


def settings(**given: object) -> Settings:
    """Returns settings that no environment has a say in."""
    none = dict.fromkeys(
        ("openai_api_key", "anthropic_api_key", "google_api_key", "openai_base_url"), ""
    )
    apart = {"model": "offline", "model_price": "", "ollama_base_url": ""}
    return Settings(_env_file=None, **none | apart | given)  # type: ignore[arg-type]
