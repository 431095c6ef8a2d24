"""Handing out, and what every repository must be then."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from tests.cohort.term.classroom import CLASS, LEARNERS
from tests.cohort.term.learners import PROJECT, Repository
from tests.updates.matrix.git_facts import Git, environment
from tests.updates.matrix.tree import read_tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.cohort.term.classroom import Classroom
    from tests.updates.matrix.bases import Base
    from tests.updates.matrix.tree import Tree


def hand_out(room: Classroom, assignment: str, tag: str, base: Base) -> None:
    """Hand out an assignment, and look at every repository."""
    for user in room.dice.sample([u for u in room.users if not room.is_on_disk(u)], 5):
        room.server.make(f"{user}-{assignment}.git")  # made by hand, and empty
    made = set(room.instructor.created(room.server))
    told = room.bulk("handout", assignment, code=0)
    for user in room.users:
        one = room.repository(user, assignment, tag, base)
        room.repositories[one.key] = one
        state = told.get(one.key, {}).get("state")
        if state != "done":
            room.complain("hand-out", f"{one.key}: {told.get(one.key)}")
    room.map(Repository.clone, [one for one in room.of(assignment) if one.bare.is_dir()])
    if len(told) != len(room.users):
        room.complain("hand-out", f"{len(told)} outcomes for {len(room.users)} learners")
    by_command = set(room.instructor.created(room.server)) - made
    if len(by_command) != LEARNERS // 2 - 5:
        room.complain("hand-out", f"{len(by_command)} repositories were created by command")
    pristine = room.bases.pristine[tag]
    room.each("hand-out", room.of(assignment), lambda one: _handed_out(room, one, pristine))
    _record(room, assignment)


def _handed_out(room: Classroom, one: Repository, pristine: Tree) -> Iterable[str]:
    if not one.bare.is_dir():
        yield f"{one.key} was not made"
        return
    git = Git(one.bare, environment(one.room, one.room))
    if one.branches() != {"main"} or git("rev-list", "--count", "main").strip() != "1":
        yield f"{one.key} has {one.branches()} and not one commit"
    message = git("log", "-1", "--format=%B", "main")
    trailers = [line for line in message.splitlines() if line.startswith("Handout: ")]
    if len(trailers) != 1 or not trailers[0].endswith(f"/{one.key}"):
        yield f"{one.key} says {message!r}"
    found = read_tree(one.room / PROJECT)
    odd = {path for path in found.keys() | pristine.keys() if found.get(path) != pristine.get(path)}
    if odd != {"pyproject.toml"}:
        yield f"{one.key} is not the release: {sorted(odd)}"
        return
    old, new = pristine["pyproject.toml"].content, found["pyproject.toml"].content
    table = tomllib.loads(new.decode())["tool"].get("scaffold", {}).get("class")
    right = {"name": CLASS, "assignment": one.assignment}
    if not new.startswith(old) or table != right:
        yield f"{one.key} records {table}, and not {right}"
    room.recorded[one.key] = new.removeprefix(old)


def _record(room: Classroom, assignment: str) -> None:
    """Let the bases of an assignment's repositories hold the class as it is recorded."""
    added = {room.recorded.get(one.key) for one in room.of(assignment)}
    if len(added) != 1:
        room.complain("hand-out", f"the class is recorded in {len(added)} ways")
    for one in room.of(assignment):
        one.base = room.with_class(one.base, one)
