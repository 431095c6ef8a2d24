"""What a bulk command would do, found out without writing anything that stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.cohort import layout, remaining, templates, trial
from scaffold.cohort.patterns import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.cohort.class_file import Assignment, Class
    from scaffold.cohort.outcome import Outcome
    from scaffold.cohort.remaining import Asked, Manner
    from scaffold.cohort.running import Told


@dataclass(frozen=True)
class Line:
    """One task of a plan.

    Attributes:
        key: `<assignment>/<username>`.
        place: Where.
        note: What else is done there, in words; may be empty.
        state: What would come of it, where that was tried out, as an outcome says it.
        files: Those that would be in conflict.
    """

    key: str
    place: str
    note: str = ""
    state: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What would be done.

    Attributes:
        verb: The command.
        name: The class.
        headings: What holds for each assignment, by its id.
        lines: The tasks.
        before: How many are done already in the run that would be gone on with.
    """

    verb: str
    name: str
    headings: Mapping[str, str]
    lines: tuple[Line, ...]
    before: int = 0


def handout(klass: Class, asked: Asked, manner: Manner) -> Plan:
    """The plan of a hand-out; the source is asked for its newest release.

    Raises:
        RequestError: As the hand-out itself.
        OutsideError: The source cannot be reached.
    """
    rest = remaining.left(klass, asked, manner)
    source = templates.source_of(klass)
    wanted = {one.assignment.id: one.assignment for one in rest.tasks}
    fixed = rest.options.get("versions") or {}
    versions = templates.versions(klass, source, wanted.values(), fixed)
    headings = {
        one.id: f"{one.template} {versions[one.id]}{_due(one)}{_answers(one)}"
        for one in wanted.values()
    }
    lines = []
    for task in rest.tasks:
        note = ""
        if task.is_remote and klass.create:
            values = {
                "username": task.learner.username,
                "name": task.assignment.name or task.assignment.id,
                "assignment": task.assignment.id,
                "place": task.place,
            }
            note = f"where missing: {' '.join(fill(word, values) for word in klass.create)}"
        lines.append(Line(task.key, task.place, note))
    return Plan(asked.verb, klass.name, headings, tuple(lines), len(rest.before))


def collect(klass: Class, asked: Asked, manner: Manner) -> Plan:
    """The plan of a collection.

    Raises:
        RequestError: As the collection itself.
    """
    rest = remaining.left(klass, asked, manner)
    headings = {
        one.assignment.id: f"{one.assignment.template}{_due(one.assignment)}" for one in rest.tasks
    }
    lines = []
    for task in rest.tasks:
        there = layout.repository(klass, task).exists()
        lines.append(Line(task.key, task.place, "fetch" if there else "clone"))
    return Plan(asked.verb, klass.name, headings, tuple(lines), len(rest.before))


def update(klass: Class, asked: Asked, manner: Manner, told: Told) -> Plan:
    """The plan of an update: it is tried out, so what each repository meets is known.

    Args:
        klass: The class.
        asked: What.
        manner: How.
        told: Is told how many of how many were tried, and what came of the last one.

    Raises:
        RequestError: As the update itself.
        OutsideError: The source cannot be reached.
    """
    rest = remaining.left(klass, asked, manner)
    tried = trial.run(klass, rest, manner, told)
    wanted = {one.assignment.id: one.assignment for one in rest.tasks}
    headings = {
        one.id: f"{one.template} to {tried.to}, as branch scaffold/{tried.to} where clean"
        for one in wanted.values()
    }
    lines = []
    for task in rest.tasks:
        found = tried.outcomes[task.key]
        lines.append(Line(task.key, task.place, _tried(found), found.state, found.files))
    return Plan(asked.verb, klass.name, headings, tuple(lines), len(rest.before))


def _tried(found: Outcome) -> str:
    match found.state:
        case "done":
            return "clean"
        case "conflicts":
            return f"conflicts in {', '.join(found.files)}"
        case "newest":
            return "has that release already"
        case "already":
            return "the branch is there already"
        case state:
            return f"{state}: {found.reason}"


def _due(one: Assignment) -> str:
    return f", due {one.due:%Y-%m-%d %H:%M %z}" if one.due is not None else ""


def _answers(one: Assignment) -> str:
    told = ", ".join(f"{key} = {value}" for key, value in one.answers.items())
    return f", with {told}" if told else ""
