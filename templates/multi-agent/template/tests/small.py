"""A small domain that has nothing to do with the shipped one, and a model that does as told."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.utils.function_calling import convert_to_openai_tool

from app.project import Project, read_project
from app.settings import Settings

DOMAIN = Path(__file__).parent / "domains" / "instruments"
QUESTION = "May we lend everything, and who is late?"
UNKNOWN = "Which instrument is the most beautiful?"


@dataclass(frozen=True)
class Turn:
    """What a model is asked: its role, the names of the bound tools, and the messages."""

    role: str
    tools: set[str]
    messages: list[BaseMessage]

    @property
    def given(self) -> dict[str, Any]:
        """The request: the object in the first message after the rules."""
        found: dict[str, Any] = json.loads(str(self.messages[1].content))
        return found


Say = Callable[[Turn], AIMessage]


@dataclass(frozen=True)
class Small:
    """A copy of the domain, with a store of its own."""

    folder: Path
    settings: Settings
    project: Project


def small(folder: Path, url: str | None = None, **settings: object) -> Small:
    """Copies the domain into a folder."""
    shutil.copytree(DOMAIN, folder / "domain", dirs_exist_ok=True)
    given: dict[str, object] = {"project_file": folder / "domain" / "project.toml"}
    given["desk_file"] = folder / "desk.db"
    given["database_url"] = url or f"sqlite:///{folder / 'app.db'}"
    made = Settings(_env_file=None, **given | settings)  # type: ignore[arg-type]
    return Small(folder / "domain", made, read_project(made.project_file))


def calls(*made: tuple[str, dict[str, Any]], start: int = 0) -> AIMessage:
    """Returns a model's message that calls tools."""
    listed = [
        {"name": name, "args": arguments, "id": f"c{at}"}
        for at, (name, arguments) in enumerate(made, start)
    ]
    return AIMessage("", tool_calls=listed)


class Scripted(BaseChatModel):
    """A model that asks a function what to say."""

    say: Any

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **_: object) -> Any:  # noqa: ANN401
        return self.bind(tools=[convert_to_openai_tool(one) for one in tools])

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401
    ) -> ChatResult:
        tools = {one["function"]["name"] for one in kwargs.get("tools", ())}
        answer = self.say(Turn(role_of(tools), tools, messages))
        if answer.usage_metadata is None:
            answer.usage_metadata = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
        return ChatResult(generations=[ChatGeneration(message=answer)])


def role_of(tools: set[str]) -> str:
    """Returns who is asked, by what it may call."""
    roles = {"Plan": "planner", "Memo": "writer", "Verdict": "reviewer"}
    return next((roles[one] for one in tools if one in roles), "worker")


def lines(memo: dict[str, Any]) -> Iterator[str]:
    """Gives the sentences of a memo."""
    yield from (line["text"] for line in memo["lines"])
