"""Reading a playbook, strictly: what could only go wrong in the middle of a run is told here."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from app.model.filling import fault
from app.model.playbook import Play, Playbook
from app.service.errors import UserError

MOST_GOALS = 2000
"""Characters of one task, into which all plays of a worker may go together."""
REMEDY = "app/model/playbook.py says what it may hold."


def read_playbook(file: Path) -> Playbook:
    """Reads a playbook.

    Raises:
        UserError: It is not there, is no TOML, or something in it is wrong.
    """
    try:
        found = Playbook.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
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
    if problem := next(_problems(found), None):
        raise UserError(f"{file}: {problem}.", REMEDY)
    return found


def check_workers(book: Playbook, file: Path, tools: Mapping[str, Collection[str]]) -> None:
    """Demands that every play is for a worker that there is, with tools that it has.

    Args:
        book: The playbook.
        file: Where it stands.
        tools: Names of the tools of each worker.

    Raises:
        UserError: One is not; it is named.
    """
    for play in book.plays:
        if play.worker not in tools:
            raise UserError(
                f"{file}: play {play.name}: project.toml has no worker {play.worker}.",
                f"There are: {', '.join(sorted(tools))}.",
            )
        for step in play.steps:
            if step.tool not in tools[play.worker]:
                raise UserError(
                    f"{file}: play {play.name}: call {step.name}: project.toml gives the "
                    f"{play.worker} no tool {step.tool}.",
                    f"It has: {', '.join(sorted(tools[play.worker]))}.",
                )


def _problems(book: Playbook) -> Iterator[str]:
    """Gives what the schema can't see."""
    yield from _twice("plays", [play.name for play in book.plays])
    # A step's name becomes the id of its call, and a worker may have several plays at once.
    yield from _twice("calls", [step.name for play in book.plays for step in play.steps])
    yield from _twice("goals", [play.goal for play in book.plays])
    for play in book.plays:
        yield from (f"play {play.name}: {one}" for one in _problems_of(play))
    for worker in sorted({play.worker for play in book.plays}):
        together = "\n".join(play.goal for play in book.plays if play.worker == worker)
        if len(together) > MOST_GOALS:
            yield (
                f"the goals of the {worker} have {len(together):,} characters together, "
                f"and {MOST_GOALS:,} are the most"
            )


def _twice(what: str, names: list[str]) -> Iterator[str]:
    yield from (f"there are two {what} {one}" for one in names if names.count(one) > 1)


def _problems_of(play: Play) -> Iterator[str]:
    if play.goal.split() != play.goal.split(" "):
        yield "its goal has more than one line, or blanks around it"
    known: set[str] = set()
    for step in play.steps:
        if missing := sorted(step.needs - known):
            yield f"call {step.name}: it needs {missing[0]}, which does not come before it"
        known.add(step.name)
    for place, text, has_row in play.templates:
        if wrong := fault(text, has_row=has_row):
            yield f"{place}: {wrong} can't be filled in"
    used = {one for sentence in play.sentences for one in sentence.calls}
    used |= {one for request in play.requests for one in request.calls}
    if missing := sorted((used | set(play.answer.calls)) - known):
        yield f"there is no call {missing[0]}"
