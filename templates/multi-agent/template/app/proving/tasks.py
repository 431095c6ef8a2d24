"""Tasks: questions with what a good memo must hold, worked out anew from the tables."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.agents.memo import Answer
from app.desk.found import ToolRefusedError
from app.desk.sql import read
from app.service.errors import UserError

SECONDS = 10.0  # for one reference query
PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
QUERY = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)
REMEDY = "app/proving/tasks.py says what it may hold."
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
Sql = Annotated[str, Field(pattern=r"^\s*(?i:SELECT|WITH)\b")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Task(_Part):
    """One question, and what is expected. All SQL may hold `{name}` of `given`, as a text of SQL.

    Attributes:
        name: Of the task.
        kind: Of question, as the report tells them apart.
        question: May hold `{name}` of `given`.
        given: Names and the SQL that gives their values, so that the question fits the tables.
        facts: SQL; every value of every row must stand in the memo.
        absent: SQL; no value of any row may stand in it. Else a memo that says everything passes.
        answer: To a yes-or-no question: as it is, or SQL that gives it.
        exceptions: SQL that names for what exceptions must be asked, and for nothing else; empty:
            for nothing; None: it does not matter.
        documents: That the memo must cite, as `search_documents` names them; `document > section`
            where it must be that section.
        tools: That must have been used, in this order; others may come between. Nobody's name is
            here, so that one agent is judged as several are.
        most_calls: Of tools, at most.
        refused: Whether the only good answer is that it can't be answered here.
    """

    name: Name
    kind: Name
    question: str = Field(min_length=1)
    given: dict[Name, Sql] = {}
    facts: tuple[Sql, ...] = ()
    absent: tuple[Sql, ...] = ()
    answer: str = ""
    exceptions: tuple[Sql, ...] | None = None
    documents: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    most_calls: int = Field(default=20, ge=0)
    refused: bool = False


class Tasks(_Part):
    """The whole file."""

    task: tuple[Task, ...] = Field(min_length=1)


class Expected(_Part):
    """A task with its values filled in, ready to be asked and judged."""

    task: Task
    question: str
    facts: tuple[str, ...]
    answer: str
    absent: tuple[str, ...] = ()
    exceptions: tuple[str, ...] | None = None


def read_tasks(file: Path) -> tuple[Task, ...]:
    """Reads the tasks.

    Raises:
        UserError: The file is not there, is no TOML, or something in it is wrong.
    """
    try:
        found = Tasks.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).task
    except OSError as error:
        raise UserError(f"{file} can't be read: {error.strerror}.", REMEDY) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{file} is no TOML: {error}.", REMEDY) from error
    except ValidationError as error:
        # A key that is misspelled is missing too; what is there in its place says more.
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        place = ".".join(map(str, first["loc"]))
        wrong = "there is no such key" if first["type"] == "extra_forbidden" else first["msg"]
        raise UserError(f"{file}: {place}: {wrong}.", REMEDY) from error
    names = [one.name for one in found]
    if again := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(f"{file}: there are two tasks {again[0]}.", "Give each its own name.")
    for task in found:
        if problem := next(_problems(task), None):
            raise UserError(f"{file}: task {task.name}: {problem}.", REMEDY)
    return found


def _problems(task: Task) -> Iterator[str]:
    """Gives what the schema can't see."""
    known = ("", *get_args(Answer))
    if task.answer not in known and not QUERY.match(task.answer):
        yield f"its answer is neither SQL nor one of {', '.join(known[1:])}"
    queries = [*task.facts, *task.absent, *(task.exceptions or ()), task.answer]
    used = {name for text in [task.question, *queries] for name in PLACE.findall(text)}
    if missing := sorted(used - set(task.given)):
        yield f"given.{missing[0]} is not there"
    if unused := sorted(set(task.given) - used):
        yield f"given.{unused[0]} is not used"
    holds = bool(task.documents or task.tools or task.exceptions is not None)
    if task.refused and (holds or any(queries)):
        yield "what is refused has no memo, so nothing can be expected of it"
    if not task.refused and not holds and not any(queries):
        yield "nothing is expected"


def expect(task: Task, desk: Path) -> Expected:
    """Works out what a task expects of the tables as they are now.

    Args:
        task: It.
        desk: The file that `build_desk` made.

    Raises:
        UserError: A reference query is wrong, or finds nothing to ask about.
    """
    given = {name: _first(task, sql, desk) for name, sql in task.given.items()}

    def values(queries: Iterable[str]) -> tuple[str, ...]:
        filled = (_filled(sql, given, quoted=True) for sql in queries)
        found = (str(value) for sql in filled for value in _values(task, sql, desk))
        return tuple(dict.fromkeys(found))

    facts, answer = values(task.facts), task.answer
    exceptions = None if task.exceptions is None else values(task.exceptions)
    if QUERY.match(answer):
        answer = _first(task, _filled(answer, given, quoted=True), desk)
    if task.facts and not (facts or answer or exceptions is not None or task.documents):
        raise UserError(
            f"Task {task.name}: its facts are empty.",
            "Ask for something that is there, or expect an answer, exceptions or documents too.",
        )
    return Expected(
        task=task,
        question=_filled(task.question, given, quoted=False),
        facts=facts,
        answer=answer,
        absent=tuple(one for one in values(task.absent) if one not in facts),
        exceptions=exceptions,
    )


def _filled(text: str, given: Mapping[str, str], *, quoted: bool) -> str:
    def value(match: re.Match[str]) -> str:
        found = given[match.group(1)]
        return "'" + found.replace("'", "''") + "'" if quoted else found

    return PLACE.sub(value, text)


def _first(task: Task, sql: str, desk: Path) -> str:
    values = _values(task, sql, desk)
    if not values:
        raise UserError(f"Task {task.name}: this finds nothing: {sql}", "Ask for what is there.")
    return str(values[0])


def _values(task: Task, sql: str, desk: Path) -> list[object]:
    """Returns every value of every row; what a table does not have is none."""
    try:
        found = read(desk, sql, SECONDS)
    except ToolRefusedError as error:
        raise UserError(f"Task {task.name}: {error.problem}", f"Mend {sql}") from error
    if found["truncated"]:
        raise UserError(f"Task {task.name}: that is too much: {sql}", "Ask for 50 rows at most.")
    return [value for row in found["rows"] for value in row.values() if value is not None]
