"""A shipped starter, handed out at an older release and updated to the newest."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

import scaffold
from tests.cohort.term.copiers import plain_copier
from tests.cohort.term.instructor import Instructor, toml
from tests.cohort.term.judging import Before, update_complaints
from tests.cohort.term.learners import PROJECT, Repository
from tests.updates.matrix.bases import Base, make_base, make_home
from tests.updates.matrix.cells import ALL
from tests.updates.matrix.journeys import JOURNEYS, Journey
from tests.updates.matrix.states import STATES
from tests.updates.matrix.tree import Entry, read_tree

if TYPE_CHECKING:
    from tests.updates.matrix.tree import Tree

ASSIGNMENT = "first-api"
_EMBEDDED = [one for one in JOURNEYS if one.pack == "embedded"]
_TAKEN = _EMBEDDED if ALL else [one for one in _EMBEDDED if one.name == "supervised-api-v0.4.0"]
#: Who does what.
_STATES = {
    "ada": "untouched",
    "bob": "code-edited-elsewhere",
    "cleo": "same-line-edited",
    "dan": "readme-answered",
    "eve": "seeded-data-replaced",
}


@pytest.fixture(scope="module", params=_TAKEN, ids=lambda one: one.name)
def base(
    request: pytest.FixtureRequest,
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
) -> Base:
    """The two releases, rendered by plain copier."""
    journey: Journey = request.param
    home = tmp_path_factory.mktemp("home")
    copier = plain_copier(pytestconfig, tmp_path_factory)
    return make_base(journey, make_home("embedded", copier, home), tmp_path_factory.mktemp("base"))


def _write(instructor: Instructor, base: Base) -> None:
    """Write the class, with the answers that the releases were rendered with."""
    given = yaml.safe_load((base.project / ".copier-answers.yml").read_text("utf-8"))
    lines = [
        'name = "A class"',
        'where = "../remotes/{username}.git"',
        f"[assignments.{ASSIGNMENT}]",
        f'template = "{base.journey.template}"',
        f'version = "{base.journey.old}"',
        f"[assignments.{ASSIGNMENT}.answers]",
        *(f"{name} = {toml(given[name])}" for name in ("project_name", "author")),
    ]
    instructor.write_class("\n".join([*lines, ""]))
    instructor.write_roster(["username,name,email", *(f"{one},{one}," for one in _STATES)])


def test_nobody_loses_a_line_of_a_real_starter(base: Base, tmp_path: Path) -> None:
    journey = base.journey
    site = Path(scaffold.__file__).parents[1]
    instructor = Instructor.at(tmp_path / "instructor", site)
    instructor.remember()
    _write(instructor, base)
    told = instructor.outcomes("handout", code=0)
    assert {one["state"] for one in told.values()} == {"done"}
    states = {one.name: one for one in STATES}
    at = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    everybody = []
    for user, state in _STATES.items():
        bare = instructor.machine.work / f"remotes/{user}.git"
        room = tmp_path / "learners" / user
        one = Repository(
            username=user,
            assignment=ASSIGNMENT,
            url=str(bare),
            origin=str(bare),
            bare=bare,
            room=room,
            release=journey.old,
            base=base,
        )
        one.clone()
        one.base = _as_handed_out(base, read_tree(room / PROJECT))
        one.play(states[state], at)
        everybody.append(one)
    before = {one.key: Before(one, tmp_path / "before") for one in everybody}
    told = instructor.outcomes("update", "--to", journey.new, code=1)
    wrong = [
        line
        for one in everybody
        for line in update_complaints(one, told[one.key], before[one.key], tmp_path / "after")
    ]
    assert not wrong, "\n".join(wrong)
    assert told[f"{ASSIGNMENT}/cleo"]["state"] == "conflicts"


def _as_handed_out(base: Base, found: Tree) -> Base:
    """The releases with the class recorded in them, as a hand-out is, and nothing else changed."""
    odd = {path for path in found.keys() | base.old.keys() if found.get(path) != base.old.get(path)}
    assert odd == {"pyproject.toml"}
    before = base.old["pyproject.toml"].content
    assert found["pyproject.toml"].content.startswith(before)
    added = found["pyproject.toml"].content.removeprefix(before)

    def widen(tree: Tree) -> Tree:
        return {**tree, "pyproject.toml": Entry(tree["pyproject.toml"].content + added)}

    return replace(base, old=widen(base.old), new=widen(base.new))
