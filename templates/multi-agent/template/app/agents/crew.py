"""Who works on runs, the same for all of them; and what belongs to one run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from langchain_core.language_models import BaseChatModel
from langchain_core.tools import BaseTool

from app.project import Project
from app.runs.ledger import Ledger
from app.runs.register import Register
from app.service.errors import UserError

PROMPTS = Path(__file__).parent / "prompts"


@dataclass(frozen=True)
class Crew:
    """The model, its tools and the project, for any number of runs.

    Attributes:
        model: That everybody thinks with.
        tools: By name; every worker gets those that the project gives it.
        project: Who works, and how often a memo may be written.
        register: Where approved memos go.
    """

    model: BaseChatModel
    tools: Mapping[str, BaseTool]
    project: Project
    register: Register

    def tools_of(self, worker: str) -> list[BaseTool]:
        """Returns the tools of a worker.

        Raises:
            UserError: `project.toml` gives it one that there is not.
        """
        found = []
        for name in self.project.workers[worker].tools:
            if name not in self.tools:
                raise UserError(
                    f"project.toml: workers.{worker}.tools: there is no tool {name}.",
                    f"There are: {', '.join(sorted(self.tools))}.",
                )
            found.append(self.tools[name])
        return found


@dataclass(frozen=True)
class RunContext:
    """What a node gets to know of the run it works for."""

    run_id: str
    ledger: Ledger


def read_prompt(role: str) -> str:
    """Returns the system prompt of a role.

    Raises:
        UserError: It has none.
    """
    file = PROMPTS / f"{role}.md"
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"The prompt app/agents/prompts/{role}.md can't be read: {error.strerror}.",
            "Each worker of project.toml needs one of its name.",
        ) from error
