"""What stands around each turn of a worker: the ledger, and errors that become words.

These wrap calls and are no nodes of their own: each node would cost two checkpoints a turn.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from langchain.agents.middleware import AgentMiddleware, AgentState, ModelRequest, ModelResponse
from langchain.agents.middleware.types import ExtendedModelResponse
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, ToolCall, ToolMessage
from langgraph.errors import GraphBubbleUp
from langgraph.prebuilt.tool_node import ToolCallRequest
from langgraph.types import Command

from app.agents.asking import told
from app.agents.crew import RunContext
from app.runs.calls import Asked
from app.runs.limits import LedgerSpentError
from app.runs.wording import in_a_line, storable
from app.service.errors import UserError

UNFINISHED = "unfinished"
"""Key of a message's `response_metadata`: why the worker stops before it is done."""
REFUSED = "Refused: "
CALLS_AT_ONCE = 8
MOST_NAME = 100
MOST_ARGUMENTS = 2_000  # characters of a call's arguments that are kept to be shown
MOST_SIGNS = 20_000  # of a model's text that are kept
SAID = ("content", "tool_calls", "invalid_tool_calls", "additional_kwargs", "response_metadata")


def stopped(reason: str) -> AIMessage:
    """Returns the last message of a worker that can't go on."""
    return AIMessage(reason, response_metadata={UNFINISHED: reason})


def calls_in(messages: Sequence[AnyMessage]) -> list[ToolCall]:
    """Returns every tool call that a worker has asked for, in order."""
    return [call for one in messages if isinstance(one, AIMessage) for call in one.tool_calls]


def evidence_id(worker: str, messages: Sequence[AnyMessage], call: ToolCall) -> str:
    """Returns what a tool call is cited by: the worker, and its place among all calls.

    Models that number from 1 in each turn repeat ids: it is the last call like this one.
    """
    wanted = _reference(call)
    places = [at for at, one in enumerate(calls_in(messages), 1) if _reference(one) == wanted]
    return f"{worker}.{places[-1] if places else 0}"


class Watching(AgentMiddleware[AgentState[Any], RunContext]):
    """Of one worker.

    Args:
        worker: Its name.
        steps: Turns that it has at most.
    """

    def __init__(self, worker: str, steps: int) -> None:
        super().__init__()
        self._worker, self._steps = worker, steps

    async def awrap_model_call(
        self,
        request: ModelRequest[RunContext],
        handler: Callable[[ModelRequest[RunContext]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any] | AIMessage | ExtendedModelResponse[Any]:
        """Asks the model, if the run may; else the worker ends here, with what it has."""
        turns = sum(isinstance(one, AIMessage) for one in request.messages)
        if turns >= self._steps:
            return stopped(f"The {self._worker} has used its {self._steps} turns.")
        sent = [*([request.system_message] if request.system_message else []), *request.messages]
        try:
            response = await request.runtime.context.ledger.model(
                self._worker, sent, lambda: handler(request), _message
            )
        except LedgerSpentError as error:
            return stopped(error.problem)
        except Exception as error:  # noqa: BLE001 - of any provider's client
            return stopped(told(error))
        return ModelResponse(
            [_bounded(one) for one in response.result], response.structured_response
        )

    async def awrap_tool_call(
        self,
        request: ToolCallRequest,
        handler: Callable[[ToolCallRequest], Awaitable[ToolMessage | Command[Any]]],
    ) -> ToolMessage | Command[Any]:
        """Uses the tool, if the run may; whatever goes wrong is told to the model."""
        call = request.tool_call
        context = cast("RunContext", request.runtime.context)

        async def use() -> str:
            found = await handler(request)
            if not isinstance(found, ToolMessage) or found.status == "error":
                raise _RefusedError(found)
            return found.text

        try:
            text = await context.ledger.tool(_asked(self._worker, call), use)
        except GraphBubbleUp:
            raise
        except _RefusedError as refused:
            return refused.answer
        except UserError as error:
            return _refused(call, f"{error.problem} {error.remedy}".strip())
        except TimeoutError:
            return _refused(call, "It took too long.")
        except Exception as error:  # noqa: BLE001 - of anybody's tool
            return _refused(call, in_a_line(error))
        evidence = evidence_id(self._worker, request.state["messages"], call)
        return ToolMessage(numbered(text, evidence), name=call["name"], tool_call_id=call["id"])


class _RefusedError(Exception):
    """What LangGraph itself has to say to a call, such as that there is no such tool."""

    def __init__(self, answer: ToolMessage | Command[Any]) -> None:
        super().__init__(answer.text if isinstance(answer, ToolMessage) else "")
        self.answer = answer


def _asked(worker: str, call: ToolCall) -> Asked:
    arguments = json.dumps(call["args"], ensure_ascii=False, default=str)[:MOST_ARGUMENTS]
    name = str(call["name"])[:MOST_NAME]
    return Asked("tool", worker, name, _reference(call), arguments=arguments)


def _reference(call: ToolCall) -> str:
    """Returns a name for this very call: models that number from 1 repeat ids, so more is in it."""
    return f"{call['id']} {fingerprint(call['name'], call['args'])}"


def fingerprint(tool: str, arguments: dict[str, Any]) -> str:
    """Returns what the reference of a tool call ends with: the same for the same arguments."""
    what = json.dumps([tool, arguments], sort_keys=True, default=str)
    return hashlib.sha256(what.encode()).hexdigest()[:16]


def _message(response: ModelResponse[Any]) -> AIMessage | None:
    return next((one for one in response.result if isinstance(one, AIMessage)), None)


def _bounded(message: BaseMessage) -> BaseMessage:
    """Cuts what a model may say in one turn, because all of it goes into checkpoints."""
    if not isinstance(message, AIMessage):
        return message
    text = storable(message.text)
    kept: dict[str, Any] = {name: storable(getattr(message, name)) for name in SAID}
    if len(text) > MOST_SIGNS:
        kept["content"] = text[:MOST_SIGNS]
    if len(message.tool_calls) > CALLS_AT_ONCE:
        kept["tool_calls"] = kept["tool_calls"][:CALLS_AT_ONCE]
    return message.model_copy(update=kept)


def _refused(call: ToolCall, why: str) -> ToolMessage:
    return ToolMessage(
        f"{REFUSED}{why}", name=call["name"], tool_call_id=call["id"], status="error"
    )


def numbered(text: str, evidence: str) -> str:
    """Puts the id that a memo cites into what the tool gave."""
    return json.dumps({"evidence": evidence, **json.loads(text)}, ensure_ascii=False)
