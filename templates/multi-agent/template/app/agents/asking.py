"""Asking a model for one of the structures in `memo.py`, within the run's ledger."""

import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel

from app.agents.crew import Crew, RunContext, read_prompt
from app.agents.state import Json
from app.runs.limits import LedgerSpentError
from app.runs.wording import MOST_SIGNS, in_a_line, storable

Schema = TypeVar("Schema", bound=BaseModel)
ATTEMPTS = 2


@dataclass(frozen=True)
class Given(Generic[Schema]):
    """What a model gave: the structure, or why there is none."""

    value: Schema | None
    problem: str


def as_message(content: Json) -> HumanMessage:
    """Returns a message of one JSON object, in which no quote in the data ends anything."""
    return HumanMessage(json.dumps(content, ensure_ascii=False))


def told(error: BaseException) -> str:
    """Returns why a model gave no answer, for the record of a run."""
    if isinstance(error, TimeoutError):
        return "The model took too long."
    return f"The model failed: {in_a_line(error)}"


async def ask(
    crew: Crew, context: RunContext, role: str, schema: type[Schema], content: Json
) -> Given[Schema]:
    """Asks for a structure; once more, with the error, when what comes is none.

    Never raises for what a model or its provider does: a run must end in words.
    """
    messages: list[BaseMessage] = [SystemMessage(read_prompt(role)), as_message(content)]
    problem = ""
    for _ in range(ATTEMPTS):
        try:
            answer = await _once(crew, context, role, schema, messages)
        except LedgerSpentError as error:
            return Given(None, error.problem)
        except Exception as error:  # noqa: BLE001 - of any provider's client
            return Given(None, told(error))
        if isinstance(answer["parsed"], schema):
            said = storable(answer["parsed"].model_dump())
            return Given(schema.model_validate(said), "")
        reason = answer["parsing_error"] or "there was no such object in it"
        problem = (
            f"The {role}'s answer is no {schema.__name__}: {storable(str(reason))[:MOST_SIGNS]}"
        )
        messages = [*messages[:2], as_message({"mend": problem})]
    return Given(None, problem)


async def _once(
    crew: Crew,
    context: RunContext,
    role: str,
    schema: type[BaseModel],
    messages: list[BaseMessage],
) -> dict[str, Any]:
    model = crew.model.with_structured_output(schema, include_raw=True)
    answer = await context.ledger.model(role, messages, lambda: model.ainvoke(messages), _raw)
    return cast("dict[str, Any]", answer)


def _raw(answer: object) -> AIMessage | None:
    raw = answer.get("raw") if isinstance(answer, dict) else None
    return raw if isinstance(raw, AIMessage) else None
