"""A chat model that needs no key and no network: it follows a playbook, and says so.

It is no language model. It does what one does on the wire: it reads the messages and the bound
tools, makes real tool calls, fills structured output, streams and counts. So graph, tools, ledger
and checkpoints run for real, and only the thinking is written down beforehand.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from app.model import composing, hearing, objecting, playing
from app.model.playbook import Play, Playbook
from app.model.playing import Json, Known

NAME = "offline-playbook-1"
SIGNS_PER_TOKEN = 4
"""Tokens are counted as a quarter of the characters, which is about right for English."""
PLAN, MEMO, VERDICT = "Plan", "Memo", "Verdict"
NO_WORK = "There was nothing in my playbook for that task."
NO_TOOL = "There is no such tool here."
MOST_REASON = 300  # characters of a refusal that are told


class OfflineChatModel(BaseChatModel):
    """Follows a playbook; see the module."""

    playbook: Playbook

    @property
    def _llm_type(self) -> str:
        return NAME

    @property
    def _identifying_params(self) -> Json:
        return {"model_name": NAME}

    def bind_tools(
        self,
        tools: Sequence[Json | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,  # noqa: ARG002 - LangChain's interface
        **kwargs: Any,  # noqa: ANN401
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Tells the model which tools there are; it chooses by itself."""
        described = [convert_to_openai_tool(one) for one in tools]
        return self.bind(tools=described, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 - LangChain's interface, as below
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401
    ) -> ChatResult:
        names = {one["function"]["name"] for one in kwargs.get("tools", ())}
        message = self._answer(messages, names)
        message.usage_metadata = _usage(messages, message)
        message.response_metadata = {"model_name": NAME}
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Iterator[ChatGenerationChunk]:
        whole = self._generate(messages, stop, run_manager, **kwargs).generations[0].message
        for piece in _pieces(whole):
            if run_manager:
                run_manager.on_llm_new_token(piece.text, chunk=piece)
            yield piece

    def _answer(self, messages: list[BaseMessage], tools: set[str]) -> AIMessage:
        """Finds out by the bound tools whose turn it is, and takes it."""
        given = hearing.request(messages)
        question, evidence = str(given.get("question", "")), hearing.evidence(given)
        if PLAN in tools:
            return _calls([(PLAN, "plan", self._plan(question, given))])
        if VERDICT in tools:
            found = objecting.objections(self.playbook, question, given.get("memo"), evidence)
            problems = list(found)
            verdict = {"accepted": not problems, "problems": problems}
            return _calls([(VERDICT, "verdict", verdict)])
        if MEMO in tools and len(tools) == 1:
            return _calls([(MEMO, "memo", composing.memo(self.playbook, question, evidence))])
        alone = MEMO in tools
        book = self.playbook
        plays = book.of_question(question) if alone else book.of_goal(str(given.get("goal", "")))
        known = hearing.heard(book.asked(question), messages)
        if further := _further(plays, known, tools):
            return _calls(further)
        if alone:
            pieces = list(hearing.collected(messages))
            return _calls([(MEMO, "memo", composing.memo(book, question, pieces))])
        return AIMessage("\n".join(_summary(plays, known)) or NO_WORK)

    def _plan(self, question: str, given: Json) -> Json:
        there = hearing.workers(given)
        goals: dict[str, list[str]] = {}
        for play in self.playbook.of_question(question):
            if play.worker in there:
                goals.setdefault(play.worker, []).append(play.goal)
        tasks = [{"worker": name, "goal": "\n".join(texts)} for name, texts in goals.items()]
        return {"tasks": tasks, "refusal": "" if tasks else self.playbook.refusal}


def _further(plays: list[Play], known: Known, tools: set[str]) -> list[tuple[str, str, Json]]:
    """Returns the calls that can be made now; where a tool is not bound, it counts as refused."""
    calls: list[tuple[str, str, Json]] = []
    for step, given in list(playing.ready(plays, known)):
        if step.tool in tools:
            calls.append((step.tool, step.name, given))
        else:
            known.refused[step.name] = NO_TOOL
    return calls


def _summary(plays: list[Play], known: Known) -> Iterator[str]:
    """Gives what a worker reports: what was found, and what was not."""
    for play in plays:
        for line in composing.sentences(play, known):
            yield f"{line['text']} [{', '.join(line['cites'])}]"
    yield from composing.gaps(plays, known)
    for name, reason in known.refused.items():
        yield f"{name}: {' '.join(reason.split())[:MOST_REASON]}"


def _calls(calls: list[tuple[str, str, Json]]) -> AIMessage:
    """Returns a message that calls tools; a step's id is its name, after a crash as before."""
    made = [
        {"name": name, "args": given, "id": f"{hearing.CALL}{step}"} for name, step, given in calls
    ]
    return AIMessage("", tool_calls=made)


def _usage(messages: Sequence[BaseMessage], answer: AIMessage) -> UsageMetadata:
    read = sum(len(one.text) for one in messages) // SIGNS_PER_TOKEN + 1
    written = (len(answer.text) + len(json.dumps(answer.tool_calls))) // SIGNS_PER_TOKEN + 1
    return UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)


def _pieces(message: BaseMessage) -> Iterator[ChatGenerationChunk]:
    """Gives a message in pieces, as a provider streams it: words, then calls, then the count."""
    if not isinstance(message, AIMessage):
        return
    words = message.text.split(" ") if message.text else []
    for at, word in enumerate(words, 1):
        text = f"{word} " if at < len(words) else word
        yield ChatGenerationChunk(message=AIMessageChunk(content=text))
    chunks = [
        {"name": one["name"], "args": json.dumps(one["args"]), "id": one["id"], "index": at}
        for at, one in enumerate(message.tool_calls)
    ]
    yield ChatGenerationChunk(
        message=AIMessageChunk(
            content="",
            tool_call_chunks=chunks,
            usage_metadata=message.usage_metadata,
            response_metadata=message.response_metadata,
            chunk_position="last",
        )
    )
