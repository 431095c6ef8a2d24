"""Updating, and what must come of it in every repository; and doing it all again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from tests.cohort.term.classroom import FIRST, NOTHING, SECOND, THIRD
from tests.cohort.term.judging import Before, update_complaints
from tests.cohort.term.sites import NEWEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cohort.term.classroom import Classroom


def plan(room: Classroom, verb: str, assignment: str) -> dict[str, Any]:
    """Ask for the plan, which writes nothing anywhere; its lines by key."""
    watched = (room.instructor.folder, room.instructor.machine.work, room.server.root)
    before = [sorted(place.rglob("*")) for place in watched]
    said = room.instructor.run(verb, assignment, "--dry-run", "--json")
    room.said.append((f"{verb} --dry-run", said))
    if said.code or [sorted(place.rglob("*")) for place in watched] != before:
        room.complain("plans", f"{verb}: {said.code}, or something was written: {said.err}")
    missing = [user for user in room.users if user not in said.out]
    if missing:
        room.complain("plans", f"{verb}: the plan does not name {missing}: {said.out}")
    return {one["key"]: one for one in said.document["plan"]["lines"]}


def foretold(room: Classroom, lines: dict[str, Any], name: str) -> None:
    """Hold a plan against what then came of each repository."""
    for key, one in lines.items():
        state, repository = room.updated[f"{name}: {key}"], room.repositories[key]
        files = sorted(repository.conflicts) if state == "conflicts" else []
        if (one["state"], sorted(one["files"])) != (state, files):
            room.complain("plans", f"{key} is {state} {files}, and was to be {one}")


def update(room: Classroom, name: str, *words: str) -> None:
    """Update, and judge what became of every repository that had to be looked at."""
    asked = [one for one in room.repositories.values() if not words or one.assignment in words]
    readable = [one for one in asked if one.bare.is_dir()]
    place = room.folder / f"before-{name}"
    before = dict(
        zip(
            [one.key for one in readable],
            room.map(lambda one: Before(one, place), readable),
            strict=True,
        )
    )
    told = room.bulk("update", *words, code=1)
    if told.keys() != {one.key for one in asked}:
        room.complain("updates", f"{name}: {len(told)} outcomes for {len(asked)}")
    told = {one.key: told.get(one.key, NOTHING) for one in asked}
    room.updated |= {f"{name}: {key}": one["state"] for key, one in told.items()}
    for one in asked:
        state = told[one.key]["state"]
        if one.reach not in {"read", state}:
            room.complain("reach", f"{one.key} is {state}, not {one.reach}: {told[one.key]}")
    updated = [one for one in asked if one.reach == "read"]
    after = room.folder / f"after-{name}"
    room.each(
        "updates",
        updated,
        lambda one: update_complaints(one, told[one.key], before[one.key], after),
    )
    for one in updated:
        files = frozenset(told[one.key]["files"])
        one.conflicts = files if told[one.key]["state"] == "conflicts" else frozenset()
        if told[one.key]["state"] == "done":
            one.waiting.append(f"scaffold/{one.base.journey.new}")
    for one in readable:
        if one.reach != "read" and one.head() != before[one.key].head:
            room.complain("reach", f"{one.key} is {one.reach}, and was changed")
    shutil.rmtree(place)
    shutil.rmtree(after, ignore_errors=True)


def do_it_again(room: Classroom) -> None:
    """Hand out and update once more: nothing may come of it."""
    before = _heads(room)
    # What the host hides looks as if it could be created, and cannot.
    told = room.bulk("handout", SECOND, code=3)
    right = {one.key: "already" if one.reach == "read" else "failed" for one in room.of(SECOND)}
    odd = {key: one for key, one in told.items() if one["state"] != right[key]}
    room.complain("again", *(f"handout {key}: {one}" for key, one in odd.items()))
    told = room.bulk("update", FIRST, THIRD, code=1)
    for one in (*room.of(FIRST), *room.of(THIRD)):
        state = told.get(one.key, NOTHING)["state"]
        right = "already" if one.waiting[-1:] == [f"scaffold/{NEWEST}"] else "newest"
        right = "conflicts" if one.conflicts else right
        if state != (right if one.reach == "read" else one.reach):
            room.complain("again", f"update {one.key}: {state}, not {right}")
    after = _heads(room)
    moved = [name for name in after.keys() | before.keys() if after.get(name) != before.get(name)]
    room.complain("again", *(f"{name} was moved" for name in moved))


def _heads(room: Classroom) -> Mapping[str, str]:
    """Every branch of every repository, and its commit."""
    there = [one for one in room.repositories.values() if one.bare.is_dir()]
    return {f"{one.key} {branch}": one.head(branch) for one in there for branch in one.branches()}
