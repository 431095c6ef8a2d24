"""What `project.toml` says: tables and documents, who works, and how good is enough."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.service.errors import UserError

Name = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,30}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """How the project is called, and what the demo asks: `example` and `unknown`."""

    title: str = "A desk of agents"
    summary: str = ""
    example: str = ""
    unknown: str = ""


class DeskParts(_Part):
    """What the agents can look at, beside the project file.

    `tables` is a folder of CSV files, each a table; `documents` one of Markdown files. `installed`
    adds tables of the Python packages that are installed here.
    """

    tables: Path = Path("data/tables")
    documents: Path = Path("data/documents")
    installed: bool = False


class Worker(_Part):
    """One role; its prompt is `app/agents/prompts/<name>.md`."""

    does: str
    tools: tuple[Name, ...] = Field(min_length=1)


class Graph(_Part):
    """`rounds`: how often a memo may be written; `steps`: turns of a worker, at most."""

    rounds: int = Field(default=2, ge=1, le=5)
    steps: int = Field(default=12, ge=1, le=100)


class Evaluation(_Part):
    """The playbook of the offline model, and the tasks that are evaluated."""

    playbook: Path = Path("data/playbook.toml")
    tasks: Path = Path("data/tasks.toml")


class Gates(_Part):
    """What must hold for `app evaluate` to end with 0: the share of tasks that pass, 0 to 1."""

    passed: float = Field(default=0.0, ge=0, le=1)


class Project(_Part):
    """The whole file; paths in it are made absolute by `read_project`."""

    words: Words = Field(default=Words(), alias="project")
    desk: DeskParts = DeskParts()
    workers: dict[Name, Worker] = Field(min_length=1)
    graph: Graph = Graph()
    evaluation: Evaluation = Evaluation()
    gates: Gates = Gates()


def read_project(file: Path) -> Project:
    """Reads `project.toml`; paths in it are relative to its folder.

    Raises:
        UserError: It is not there, is no TOML, or a key is wrong.
    """
    remedy = "The comments in project.toml and app/project.py say what it may hold."
    try:
        found = Project.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise UserError(f"{file} can't be read: {error.strerror}.", remedy) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{file} is no TOML: {error}.", remedy) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        wrong = "there is no such key" if first["type"] == "extra_forbidden" else first["msg"]
        raise UserError(f"{file}: {place}: {wrong}.", remedy) from error
    folder = file.resolve().parent
    desk = found.desk.model_copy(
        update={name: folder / getattr(found.desk, name) for name in ("tables", "documents")}
    )
    paths = {name: folder / path for name, path in found.evaluation}
    evaluation = found.evaluation.model_copy(update=paths)
    return found.model_copy(update={"desk": desk, "evaluation": evaluation})
