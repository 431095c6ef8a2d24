"""The same work without a graph, in plain Python: what the graph is held against.

It has no ledger, no limits, no checkpoints and no approval, and loses everything with its process.
"""

from asyncio import gather
from collections.abc import Mapping
from typing import Any, TypeVar

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AnyMessage, SystemMessage, ToolMessage
from langchain_core.tools import BaseTool
from pydantic import BaseModel

from app.agents.asking import as_message
from app.agents.crew import read_prompt
from app.agents.evidence import collect, in_order
from app.agents.grounding import check
from app.agents.memo import Memo, Plan, Verdict
from app.agents.planning import one_each
from app.agents.state import Finding, Json
from app.agents.watching import evidence_id, numbered
from app.project import Project

Schema = TypeVar("Schema", bound=BaseModel)


async def _ask(model: BaseChatModel, role: str, schema: type[Schema], content: Json) -> Schema:
    messages = [SystemMessage(read_prompt(role)), as_message(content)]
    given = await model.with_structured_output(schema).ainvoke(messages)
    assert isinstance(given, schema)  # noqa: S101 - the offline model always gives one
    return given


async def _work(model: BaseChatModel, tools: Mapping[str, BaseTool], task: Json) -> Finding:
    bound = model.bind_tools(list(tools.values()))
    given = as_message({"question": task["question"], "goal": task["goal"]})
    messages: list[AnyMessage] = [SystemMessage(read_prompt(task["worker"])), given]
    while True:
        message = await bound.ainvoke(messages)
        messages.append(message)
        if not message.tool_calls:
            return collect(task, messages)
        found = await gather(
            *(tools[one["name"]].ainvoke(one["args"]) for one in message.tool_calls)
        )
        for call, text in zip(message.tool_calls, found, strict=True):
            evidence = evidence_id(task["worker"], messages, call)
            content = numbered(text, evidence)
            messages.append(ToolMessage(content, tool_call_id=call["id"], name=call["name"]))


async def run_plain(
    model: BaseChatModel, tools: Mapping[str, BaseTool], project: Project, question: str
) -> dict[str, Any]:
    """Plans, works, writes and reviews; returns the memo."""
    workers = {name: one.does for name, one in project.workers.items()}
    plan = await _ask(model, "planner", Plan, {"question": question, "workers": workers})
    tasks = [one | {"question": question} for one in one_each(plan, workers)]
    theirs = [
        {name: tools[name] for name in project.workers[task["worker"]].tools} for task in tasks
    ]
    findings = await gather(
        *(_work(model, own, task) for task, own in zip(tasks, theirs, strict=True))
    )
    evidence = in_order(findings)
    told = [{k: v for k, v in one.items() if k != "evidence"} for one in findings]
    content: Json = {"question": question, "findings": told, "evidence": evidence, "problems": []}
    memo = (await _ask(model, "writer", Memo, content)).model_dump()
    check(memo, evidence)
    await _ask(
        model, "reviewer", Verdict, {"question": question, "memo": memo, "evidence": evidence}
    )
    return memo
