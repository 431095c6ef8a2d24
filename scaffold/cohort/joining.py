"""A learner's way into a class: its published `class.toml`, and what it says for one assignment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.addresses import is_remote
from scaffold.cohort import templates
from scaffold.cohort.patterns import fill
from scaffold.cohort.published import fetched
from scaffold.errors import RequestError
from scaffold.membership import Membership

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.cohort.class_file import Assignment, Class
    from scaffold.source import Source


YOU = "<you>"


@dataclass(frozen=True)
class Joined:
    """An assignment of a class that somebody begins.

    Attributes:
        klass: The class.
        assignment: The assignment.
        source: Where its templates come from.
        member: What the repository records.
    """

    klass: Class
    assignment: Assignment
    source: Source
    member: Membership

    def told(self, you: str = YOU) -> list[str]:
        """What the learner has to know, line by line.

        Args:
            you: The learner's account on the host, where it is known.
        """
        due, must = self.assignment.due, self.assignment.must_pass
        lines = [f"It is {self.assignment.id} of {self.klass.name}."]
        if due is not None:
            lines.append(f"Due: {due:%Y-%m-%d %H:%M} (UTC{due:%z}).")
        if must:
            lines.append(f"Must pass: {', '.join(must)}. See: scaffold check --rules")
        if self.place:
            lines.append(f"Your class looks for it at {self.place_of(you)}")
            lines.append("Push it there, or tell your instructor where it is.")
        return lines

    @property
    def place(self) -> str:
        """Where the class looks for the learner's repository; empty where no host has it."""
        return self.place_of(YOU)

    def place_of(self, you: str) -> str:
        """The place of a learner with that account."""
        if not is_remote(self.klass.where):
            return ""
        name = self.assignment.name or self.assignment.id
        known = {"username": you or YOU, "name": name, "assignment": self.assignment.id}
        return fill(self.klass.where, known)

    def facts(self) -> dict[str, Any]:
        """For the JSON document."""
        due = self.assignment.due
        return {
            "name": self.klass.name,
            "assignment": self.assignment.id,
            "due": due.isoformat() if due is not None else None,
            "must_pass": list(self.assignment.must_pass),
            "place": self.place or None,
        }


def refuse_choice(source: str | None, ref: str | None) -> None:
    """Refuse a source or a version beside a class, which says both.

    Raises:
        RequestError: One is given.
    """
    if source is not None or ref is not None:
        raise RequestError(
            "The class says which templates and which version: --source and --ref do not go "
            "with --class.",
            "Leave them out.",
        )


def join(url: str, word: str) -> Joined:
    """Find an assignment of a published class.

    Args:
        url: Of `class.toml` (https), of a git repository that holds it, or a path.
        word: The assignment's id, or its template's where only one assignment has it.

    Raises:
        RequestError: The URL holds a password, the class is wrong, or has no such assignment.
        OutsideError: It cannot be fetched.
    """
    klass = fetched(url)
    assignment = _assignment(klass, word)
    remote = "://" in url or is_remote(url)
    if remote and klass.source is not None and not is_remote(klass.source):
        raise RequestError(
            f"The class {klass.name} takes its templates from {klass.source}, which is not here.",
            "Its instructor can write a URL there, or leave it out.",
        )
    member = Membership(klass.name, assignment.id, url if remote else klass.published)
    return Joined(klass, assignment, templates.source_of(klass), member)


def answers(joined: Joined, given: Mapping[str, Any]) -> dict[str, Any]:
    """The learner's answers and the class's; where the class answers, it counts.

    Raises:
        RequestError: The learner answers otherwise what the class has answered.
    """
    fixed = joined.assignment.answers
    for key, value in given.items():
        if key in fixed and str(value) != str(fixed[key]):
            raise RequestError(
                f"The class has answered {key}: {fixed[key]}.",
                f"Leave --data {key} out, or ask your instructor.",
            )
    return {**given, **fixed}


def _assignment(klass: Class, word: str) -> Assignment:
    if word in klass.assignments:
        return klass.assignments[word]
    found = [one for one in klass.assignments.values() if one.template == word]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"{one.id} ({one.template})" for one in klass.assignments.values())
    problem = (
        f"{klass.name} has {len(found)} assignments with {word}."
        if found
        else f"{klass.name} has no assignment {word}."
    )
    raise RequestError(problem, f"Name one of them: {listed}.")
