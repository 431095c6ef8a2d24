"""The model that needs no key: it plans, calls tools, writes and counts as one on the wire does."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage

from app.agents.memo import Memo, Plan, Verdict
from app.model.offline import NAME, NO_WORK, OfflineChatModel

from .talking import (
    CAPTAIN,
    LEAKING,
    LEAKS,
    PATCHED,
    QUESTION,
    ROWS,
    WORKER_TOOLS,
    ask,
    evidence,
    found,
    model,
    opening,
    tool,
    work,
)

WORKERS = {"analyst": "Reads tables.", "researcher": "Reads rules."}


@pytest.fixture
def offline(tmp_path: Path) -> OfflineChatModel:
    return model(tmp_path)


def plan(offline: OfflineChatModel, question: str, workers: object = WORKERS) -> Plan:
    answer = offline.with_structured_output(Plan, include_raw=True).invoke(
        opening(question=question, workers=workers)
    )
    assert isinstance(answer, dict)
    assert isinstance(answer["raw"], AIMessage)
    parsed: Plan = answer["parsed"]
    return parsed


def test_a_question_becomes_one_task_for_each_worker(offline: OfflineChatModel) -> None:
    found_tasks = [(one.worker, one.goal) for one in plan(offline, QUESTION).tasks]
    assert found_tasks == [("analyst", LEAKS), ("researcher", "Find the rules of the harbour.")]


def test_workers_that_are_not_there_get_nothing(offline: OfflineChatModel) -> None:
    assert [one.worker for one in plan(offline, QUESTION, ["researcher"]).tasks] == ["researcher"]


@pytest.mark.parametrize("question", ["Who won?", "At what price do we sail?", ""])
def test_what_is_not_in_the_playbook_is_refused(offline: OfflineChatModel, question: str) -> None:
    assert plan(offline, question) == Plan(tasks=[], refusal="Only boats.")


def test_calls_that_do_not_need_each_other_go_out_together(offline: OfflineChatModel) -> None:
    messages = work(offline)
    turns = [one.tool_calls for one in messages if isinstance(one, AIMessage)]
    asked = [[call["args"]["query"] for call in turn] for turn in turns]
    assert asked == [[LEAKING, PATCHED], [CAPTAIN], []]


def test_a_worker_ends_with_what_it_found_and_where(offline: OfflineChatModel) -> None:
    assert work(offline)[-1].text.splitlines() == [
        "O'Neill takes in 3 l. [analyst.1]",
        "Ahab sails O'Neill. [analyst.3, analyst.1]",
    ]


def test_what_finds_nothing_is_said_and_leads_nowhere(offline: OfflineChatModel) -> None:
    messages = work(offline, rows={})
    assert messages[-1].text == "No boat leaks. [analyst.1]"
    assert sum(isinstance(one, ToolMessage) for one in messages) == 2


def test_what_was_refused_is_told_with_the_reason(offline: OfflineChatModel) -> None:
    said = work(offline, refused={CAPTAIN: "There is no table boats."})[-1].text
    assert "Leaking boats: captain could not be looked up." in said
    assert "captain: Refused: There is no table boats." in said
    assert "O'Neill takes in 3 l." in said


def test_a_tool_that_is_not_bound_is_not_called(offline: OfflineChatModel) -> None:
    answer = ask(offline, opening(question=QUESTION, goal=LEAKS), [tool("calculate")])
    assert not answer.tool_calls
    assert "leaking could not be looked up" in answer.text


def test_a_goal_of_somebody_else_is_answered_all_the_same(offline: OfflineChatModel) -> None:
    answer = ask(offline, opening(question=QUESTION, goal="Fly."), WORKER_TOOLS)
    assert answer.text == NO_WORK


def test_a_resumed_process_makes_the_same_calls_with_the_same_ids(tmp_path: Path) -> None:
    first, second = (work(model(tmp_path)) for _ in range(2))
    ids = [
        [call["id"] for one in messages if isinstance(one, AIMessage) for call in one.tool_calls]
        for messages in (first, second)
    ]
    assert ids[0] == ids[1] == ["call_leaking", "call_patched", "call_captain"]


GARBLED = [
    "",
    "no json",
    "[" * 100_000,
    "[1, 2]",
    '{"evidence": "analyst.1"}',
    '{"evidence": 7, "rows": [], "row_count": 0, "truncated": false}',
    '{"evidence": "analyst.1", "rows": "many", "row_count": 1, "truncated": false}',
    '{"evidence": "analyst.1", "rows": [1], "row_count": 1, "truncated": false}',
    '{"evidence": "analyst.1", "rows": [], "row_count": "none", "truncated": false}',
]


@pytest.mark.parametrize("text", GARBLED)
def test_a_garbled_result_counts_as_refused(offline: OfflineChatModel, text: str) -> None:
    messages = opening(question=QUESTION, goal=LEAKS)
    messages.append(turn := ask(offline, messages, WORKER_TOOLS))
    messages += [ToolMessage(text, tool_call_id=one["id"]) for one in turn.tool_calls]
    said = ask(offline, messages, WORKER_TOOLS).text
    assert "leaking could not be looked up" in said


def test_rows_without_the_columns_of_a_sentence_are_told(offline: OfflineChatModel) -> None:
    said = work(offline, rows={LEAKING: [{"ship": "Swan"}]})[-1].text
    assert "nothing that was found has boat." in said
    assert "nothing that was found has leaking.first.boat." in said


REQUESTS: list[dict[str, Any]] = [
    {},
    {"question": None},
    {"question": 7, "workers": None, "evidence": None, "memo": None, "goal": None},
    {"question": QUESTION, "workers": 5, "evidence": "all", "memo": [], "goal": [1]},
    {"question": QUESTION, "evidence": [None, {}, {"id": 1}], "memo": {"lines": "none"}},
    {"question": QUESTION, "memo": {"lines": [1, {}], "exceptions": {}, "open_questions": 3}},
]


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("schema", [Plan, Memo, Verdict])
def test_any_request_gets_an_answer_of_the_right_form(
    offline: OfflineChatModel, request_: dict[str, Any], schema: type[Plan | Memo | Verdict]
) -> None:
    asks = offline.with_structured_output(schema, include_raw=True)
    for messages in (opening(**request_), [HumanMessage("hello")], [HumanMessage("[]")]):
        answer = asks.invoke(messages)
        assert isinstance(answer, dict)
        assert isinstance(answer["parsed"], schema)


def test_a_memo_has_sentences_exceptions_and_an_answer(offline: OfflineChatModel) -> None:
    memo = offline.with_structured_output(Memo).invoke(
        opening(question="Do they leak?", evidence=evidence())
    )
    assert isinstance(memo, Memo)
    assert (memo.title, memo.answer) == ("Leaking boats", "no")
    assert [one.text for one in memo.lines] == ["O'Neill takes in 3 l.", "Ahab sails O'Neill."]
    assert memo.lines[1].cites == ["analyst.3", "analyst.1"]
    assert [(one.subject, one.reason) for one in memo.exceptions] == [("Swan", "with tar")]
    assert memo.open_questions == []


def test_one_agent_alone_uses_the_tools_and_then_hands_in_the_memo(
    offline: OfflineChatModel,
) -> None:
    tools = [*WORKER_TOOLS, tool("search_documents"), Memo]
    messages = opening(question="Do they leak?")
    for _ in range(2):
        messages.append(turn := ask(offline, messages, tools))
        for at, call in enumerate(turn.tool_calls, len(messages)):
            content = found(ROWS[call["args"]["query"]], f"single.{at}")
            messages.append(ToolMessage(json.dumps(content), tool_call_id=call["id"]))
    (call,) = ask(offline, messages, tools).tool_calls
    assert call["name"] == "Memo"
    memo = Memo.model_validate(call["args"])
    assert [one.text for one in memo.lines] == ["O'Neill takes in 3 l.", "Ahab sails O'Neill."]


def test_the_same_comes_in_pieces(offline: OfflineChatModel) -> None:
    done = work(offline)[:-1]
    whole = ask(offline, done, WORKER_TOOLS)

    async def pieces() -> list[AIMessageChunk]:
        bound = offline.bind_tools(WORKER_TOOLS)
        return [one async for one in bound.astream(done) if isinstance(one, AIMessageChunk)]

    streamed = asyncio.run(pieces())
    assert len(streamed) > 5
    joined = streamed[0]
    for piece in streamed[1:]:
        joined += piece
    assert joined.text == whole.text
    assert joined.usage_metadata == whole.usage_metadata


def test_calls_of_tools_come_in_pieces_too(offline: OfflineChatModel) -> None:
    messages = opening(question=QUESTION, goal=LEAKS)
    whole = ask(offline, messages, WORKER_TOOLS)
    *_, last = [one for one in offline.bind_tools(WORKER_TOOLS).stream(messages)]  # noqa: C416
    assert isinstance(last, AIMessageChunk)
    assert [one["args"] for one in last.tool_calls] == [one["args"] for one in whole.tool_calls]


def test_tokens_are_counted_and_grow_with_the_conversation(offline: OfflineChatModel) -> None:
    usages = [one.usage_metadata for one in work(offline) if isinstance(one, AIMessage)]
    read = [one["input_tokens"] for one in usages if one]
    assert len(read) == 3
    assert read == sorted(set(read))
    assert all(one and one["total_tokens"] > one["input_tokens"] for one in usages)


def test_it_says_that_it_is_no_language_model(offline: OfflineChatModel) -> None:
    answer = ask(offline, opening(question=QUESTION, goal=""), [])
    assert answer.response_metadata["model_name"] == NAME == "offline-playbook-1"
