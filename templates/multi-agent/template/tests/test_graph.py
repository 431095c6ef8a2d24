"""A run from question to record: planned, worked on by two, written, reviewed, approved."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langchain_core.tools import BaseTool, StructuredTool

from app.model.choosing import load_chat_model
from app.runs.calls import Call
from app.runs.loops import run_to_end
from app.runs.opening import open_runner
from app.runs.run_log import Run
from app.service.errors import UserError

from .small import QUESTION, UNKNOWN, Say, Scripted, Small, Turn, calls, lines, small

ODD = "a\x00\ud800"  # a zero, and half of a character


@pytest.fixture
def place(tmp_path: Path) -> Small:
    return small(tmp_path)


def ask(place: Small, question: str, say: Say | None = None, *decisions: dict[str, Any]) -> Run:
    """Starts a run and decides about it, once for each decision."""

    async def inside() -> Run:
        model = Scripted(say=say) if say else None
        async with open_runner(place.settings, place.project, model) as runner:
            run = await runner.start(question)
            for decision in decisions:
                run = await runner.decide(run.run_id, decision)
            return run

    return run_to_end(inside())


def altered(place: Small, **changes: Say) -> Say:
    """Returns the offline model, but for some roles."""
    offline = load_chat_model(place.settings, place.project)

    def say(turn: Turn) -> AIMessage:
        if turn.role in changes:
            return changes[turn.role](turn)
        described = [{"type": "function", "function": {"name": one}} for one in turn.tools]
        answer = offline.bind(tools=described).invoke(turn.messages)
        assert isinstance(answer, AIMessage)
        return answer

    return say


def memo_of(turn: Turn, *texts: str) -> dict[str, Any]:
    """Returns a memo of these sentences, each citing all that was found."""
    ids = [one["id"] for one in turn.given.get("evidence", [])]
    cited = [{"text": text, "cites": ids} for text in texts]
    return {"title": "Memo", "answer": "informative", "lines": cited, "exceptions": []}


def test_a_run_waits_for_approval_with_a_memo_from_the_tables(place: Small) -> None:
    run = ask(place, QUESTION)
    assert run.status == "waiting"
    assert run.memo
    said = list(lines(run.memo))
    assert "The balance 012 was calibrated 402 days ago." in said
    assert "Grace has had 031 for 40 days." in said
    assert any("reminded by the steward" in text for text in said)
    assert run.memo["answer"] == "conditional"
    assert run.request
    assert run.request["action_requests"][0]["args"]["memo"] == run.memo


def test_approval_publishes_the_memo_and_its_exceptions(place: Small) -> None:
    run = ask(place, QUESTION, None, {"type": "approve"})
    assert (run.status, run.outcome) == ("done", "published")
    assert run.published
    assert run.memo
    assert len(run.published["exceptions"]) == len(run.memo["exceptions"]) == 3


def test_what_is_rejected_leaves_no_record(place: Small) -> None:
    run = ask(place, QUESTION, None, {"type": "reject", "reason": "Not today."})
    assert (run.outcome, run.reason, run.published) == ("rejected", "Not today.", None)


def test_an_edited_memo_is_published_as_it_was_edited(place: Small) -> None:
    waits = ask(place, QUESTION)
    assert waits.memo
    edited = waits.memo | {"lines": waits.memo["lines"][:1], "exceptions": []}

    async def inside() -> Run:
        async with open_runner(place.settings, place.project) as runner:
            return await runner.decide(waits.run_id, {"type": "edit", "memo": edited})

    run = run_to_end(inside())
    assert run.memo == edited
    assert run.published == {"recorded": run.published["recorded"], "exceptions": []}  # type: ignore[index]


def test_an_edit_that_brings_a_number_of_its_own_is_refused_and_the_run_waits_on(
    place: Small,
) -> None:
    waits = ask(place, QUESTION)
    assert waits.memo
    first = waits.memo["lines"][0]
    edited = waits.memo | {"lines": [first | {"text": "It was calibrated 4711 days ago."}]}

    async def inside() -> Run:
        async with open_runner(place.settings, place.project) as runner:
            with pytest.raises(UserError, match="4711"):
                await runner.decide(waits.run_id, {"type": "edit", "memo": edited})
            return await runner.find(waits.run_id)

    assert run_to_end(inside()).status == "waiting"


def test_who_decides_second_is_told(place: Small) -> None:
    async def inside() -> str:
        async with open_runner(place.settings, place.project) as runner:
            run = await runner.start(QUESTION)
            await runner.decide(run.run_id, {"type": "reject", "reason": "no"})
            with pytest.raises(UserError) as error:
                await runner.decide(run.run_id, {"type": "approve"})
            return error.value.problem

    assert "it is done: rejected" in run_to_end(inside())


NO_DECISIONS = [{}, {"type": "maybe"}, {"type": "edit"}, {"type": "approve", "memo": {}}]


@pytest.mark.parametrize("decision", NO_DECISIONS)
def test_what_is_no_decision_changes_nothing(place: Small, decision: dict[str, Any]) -> None:
    async def inside() -> Run:
        async with open_runner(place.settings, place.project) as runner:
            run = await runner.start(QUESTION)
            with pytest.raises(UserError):
                await runner.decide(run.run_id, decision)
            return await runner.find(run.run_id)

    assert run_to_end(inside()).status == "waiting"


@pytest.mark.parametrize("question", [UNKNOWN, "Who will win the elections?"])
def test_what_the_playbook_does_not_know_is_refused_in_words(place: Small, question: str) -> None:
    run = ask(place, question)
    assert (run.status, run.outcome) == ("done", "refused")
    assert "playbook" in run.reason
    assert run.spent.tool_calls == 0


@pytest.mark.parametrize("question", ["", "   ", "x" * 4001])
def test_a_question_has_some_words_and_not_too_many(place: Small, question: str) -> None:
    with pytest.raises(UserError):
        ask(place, question)


def test_a_memo_with_a_wrong_number_is_written_again(place: Small) -> None:
    seen: list[Any] = []

    def write(turn: Turn) -> AIMessage:
        seen.append(turn.given["problems"])
        days = 402 if seen[-1] else 403
        return calls(("Memo", memo_of(turn, f"The balance was calibrated {days} days ago.")))

    def review(_: Turn) -> AIMessage:
        return calls(("Verdict", {"accepted": True}))

    run = ask(place, QUESTION, altered(place, writer=write, reviewer=review))
    assert run.status == "waiting"
    assert seen == [[], ["Sentence 1: 403 is not in the evidence that it cites."]]


def test_a_memo_that_stays_wrong_ends_partial_and_without_the_number(place: Small) -> None:
    def write(turn: Turn) -> AIMessage:
        good, bad = "The balance was calibrated 402 days ago.", "Two more are 403 days old."
        return calls(("Memo", memo_of(turn, good, bad)))

    run = ask(place, QUESTION, altered(place, writer=write))
    assert (run.status, run.outcome) == ("done", "partial")
    assert run.memo
    assert list(lines(run.memo)) == ["The balance was calibrated 402 days ago."]
    assert run.memo["exceptions"] == []


def test_a_reviewer_that_never_accepts_ends_the_run(place: Small) -> None:
    def review(_: Turn) -> AIMessage:
        return calls(("Verdict", {"accepted": False, "problems": ["I don't like it."]}))

    run = ask(place, QUESTION, altered(place, reviewer=review))
    assert run.outcome == "partial"
    assert run.problems == ["I don't like it."]
    assert f"rejected it {place.project.graph.rounds} times" in run.reason


@pytest.mark.parametrize("text", ["", "no"], ids=["without a reason", "without a verdict"])
def test_what_the_reviewer_does_not_accept_never_waits_for_approval(
    place: Small, text: str
) -> None:
    def review(_: Turn) -> AIMessage:
        return AIMessage(text) if text else calls(("Verdict", {"accepted": False}))

    run = ask(place, QUESTION, altered(place, reviewer=review))
    assert (run.status, run.outcome) == ("done", "partial")
    assert run.problems


def test_a_worker_that_only_calls_tools_ends_after_its_turns(place: Small) -> None:
    def work(turn: Turn) -> AIMessage:
        name = "describe_tables" if "describe_tables" in turn.tools else "search_documents"
        arguments = {} if name == "describe_tables" else {"query": "late"}
        return calls((name, arguments), start=len(turn.messages))

    def write(turn: Turn) -> AIMessage:
        return calls(("Memo", memo_of(turn, "Nothing was found out.")))

    run = ask(place, QUESTION, altered(place, worker=work, writer=write))
    turns = place.project.graph.steps
    assert run.spent.tool_calls == 2 * turns
    assert run.status == "done"


def test_a_worker_has_the_tools_of_the_project_and_no_others(place: Small) -> None:
    seen: set[frozenset[str]] = set()

    def work(turn: Turn) -> AIMessage:
        seen.add(frozenset(turn.tools))
        return AIMessage("Nothing.")

    ask(place, QUESTION, altered(place, worker=work))
    assert seen == {frozenset(one.tools) for one in place.project.workers.values()}


def test_every_piece_of_evidence_has_an_id_of_its_own(place: Small) -> None:
    run = ask(place, QUESTION)
    ids = [one["id"] for one in run.evidence]
    assert ids == [*(f"analyst.{at}" for at in (1, 2, 3, 4)), "researcher.1"]


def numbering_from_nothing(place: Small) -> Say:
    """A model whose worker asks for two tables in two turns, by calls of one id."""
    queries = ("SELECT count(*) AS n FROM loans", "SELECT max(days) AS n FROM loans")

    def work(turn: Turn) -> AIMessage:
        done = sum(one.type == "tool" for one in turn.messages)
        if "run_sql" not in turn.tools or done == len(queries):
            return AIMessage("Done.")
        return calls(("run_sql", {"query": queries[done]}))

    return altered(place, worker=work, writer=lambda turn: calls(("Memo", memo_of(turn, "So."))))


def pieces(run: Run) -> list[tuple[str, str, Any]]:
    return [
        (one["id"], one["arguments"]["query"], one["found"]["rows"][0]["n"]) for one in run.evidence
    ]


TWO = [
    ("analyst.1", "SELECT count(*) AS n FROM loans", 3),
    ("analyst.2", "SELECT max(days) AS n FROM loans", 40),
]


def test_calls_of_one_id_in_several_turns_are_evidence_of_their_own(place: Small) -> None:
    assert pieces(ask(place, QUESTION, numbering_from_nothing(place))) == TWO


def test_a_resumed_run_tells_calls_of_one_id_apart(place: Small) -> None:
    say, broke_off = numbering_from_nothing(place), list[bool]()

    async def inside() -> Run:
        def breaks(turn: Turn) -> AIMessage:
            if "run_sql" in turn.tools and turn.messages[-1].type == "tool" and not broke_off:
                broke_off.append(True)
                loop.call_soon_threadsafe(work.cancel)
            return say(turn)

        loop = asyncio.get_running_loop()
        model = Scripted(say=breaks)
        async with open_runner(place.settings, place.project, model, None, 0.1) as runner:
            work = asyncio.create_task(runner.start(QUESTION))
            with suppress(asyncio.CancelledError):
                await work
            return await runner.resume(runner.log.newest()[0].run_id)

    assert pieces(run_to_end(inside())) == TWO
    assert broke_off


def test_a_tool_that_breaks_is_told_to_its_worker_and_the_run_goes_on(place: Small) -> None:
    def breaks() -> str:
        raise OSError("the disk is gone")

    async def inside() -> tuple[Run, list[Call]]:
        names = {name for one in place.project.workers.values() for name in one.tools}
        tools: dict[str, BaseTool] = {
            name: StructuredTool.from_function(breaks, name=name, description="Breaks.")
            for name in names
        }
        async with open_runner(place.settings, place.project, tools=tools) as runner:
            run = await runner.start(QUESTION)
            return run, runner.calls.of_run(run.run_id)

    run, made = run_to_end(inside())
    assert run.evidence == []
    assert run.memo
    assert run.memo["open_questions"]
    used = [call for call in made if call.kind == "tool"]
    assert {(call.status, call.problem) for call in used} == {("failed", "the disk is gone")}
    assert any("calibration" in call.arguments for call in used)


def test_a_tool_that_a_worker_does_not_have_is_refused(place: Small) -> None:
    told: list[str] = []

    def work(turn: Turn) -> AIMessage:
        last = turn.messages[-1]
        if last.type == "tool":
            told.append(str(last.content))
            return AIMessage("I could not.")
        return calls(("publish", {"memo": {}}), ("write_exception", {"subject": "everything"}))

    run = ask(place, QUESTION, altered(place, worker=work))
    assert all("is not a valid tool" in text for text in told)
    assert len(told) == 2
    assert run.published is None


def test_signs_that_no_store_can_hold_do_not_keep_a_call_off_the_record(
    tmp_path: Path, store_url: str
) -> None:
    def work(turn: Turn) -> AIMessage:
        if turn.messages[-1].type == "tool":
            raise ConnectionError(f"gone {ODD}")
        return calls((ODD, {ODD: ODD}))

    place = small(tmp_path, store_url)

    async def inside() -> list[Call]:
        model = Scripted(say=altered(place, worker=work))
        async with open_runner(place.settings, place.project, model) as runner:
            run = await runner.start(QUESTION)
            assert (run.status, run.outcome) == ("done", "partial")
            return runner.calls.of_run(run.run_id)

    made = run_to_end(inside())
    failed = [call for call in made if call.status == "failed"]
    assert {call.kind for call in failed} == {"model", "tool"}
    assert all(call.problem and call.problem.isprintable() for call in failed)
    assert all(call.finished for call in made)


def test_signs_that_no_store_can_hold_do_not_keep_a_memo_from_being_published(
    tmp_path: Path, store_url: str
) -> None:
    place = small(tmp_path, store_url)

    def write(turn: Turn) -> AIMessage:
        return calls(("Memo", memo_of(turn, "It is a\x00 there.")))

    def accept(_: Turn) -> AIMessage:
        return calls(("Verdict", {"accepted": True, "problems": []}))

    say = altered(place, writer=write, reviewer=accept)
    run = ask(place, QUESTION, say, {"type": "approve"})
    assert run.outcome == "published", run.reason
    assert run.memo
    assert run.memo["lines"][0]["text"] == "It is a? there."


def test_a_model_that_is_away_ends_the_run_in_words(place: Small) -> None:
    def say(_: Turn) -> AIMessage:
        raise ConnectionError("no route to host")

    run = ask(place, QUESTION, say)
    assert (run.status, run.outcome) == ("done", "refused")
    assert "no route to host" in run.reason


def test_every_call_is_written_down(place: Small) -> None:
    async def inside() -> tuple[Run, set[tuple[str, str, str]]]:
        async with open_runner(place.settings, place.project) as runner:
            run = await runner.start(QUESTION)
            _, made = await runner.look(run.run_id)
            return run, {(one.kind, one.agent, one.status) for one in made}

    run, made = run_to_end(inside())
    assert {agent for _, agent, _ in made} == {
        "planner",
        "analyst",
        "researcher",
        "writer",
        "reviewer",
    }
    assert {status for _, _, status in made} == {"done"}
    assert run.spent.model_calls == 8
    assert run.spent.dollars == 0
