"""Honestly finished repositories, with real runs behind their numbers, fail no rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.check.config import Choice
from scaffold.check.examine import Verdict, look
from scaffold.check.facts.given import Starters
from tests.check import growing, honest

if TYPE_CHECKING:
    from pathlib import Path

_embedded = Starters()
UNKNOWN = {"depot": {"PF103"}, "seeds": {"PF103"}}
"""What files can't tell of some: the offline playbook makes several agents equal to one."""


def seen(folder: Path) -> Verdict:
    """What `check` says, with the starter's release as everybody has it."""
    return look(folder, _embedded, Choice())


@pytest.mark.parametrize("name", honest.names())
def test_no_rule_fails_what_is_finished(name: str, tmp_path: Path) -> None:
    verdict = seen(honest.grow(name, tmp_path / name))
    by_state = {
        state: {
            one.rule: growing.why(verdict, one.rule)
            for one in verdict.results
            if one.outcome.state == state and one.level == "static"
        }
        for state in ("fail", "unknown")
    }
    assert by_state["fail"] == {}
    assert by_state["unknown"].keys() == UNKNOWN.get(name, set())
    assert verdict.good is (name not in UNKNOWN)
    assert {one.rung for one in verdict.numbers} <= {"consistent", "recorded", "typed"}
    assert sum(one.rung == "consistent" for one in verdict.numbers) >= 10


@pytest.mark.parametrize("template", growing.STARTERS)
def test_of_each_starter_there_are_two(template: str) -> None:
    found = [name for name in honest.names() if honest.plan(name)["template"] == template]
    assert len(found) >= 2


def test_what_was_recorded_grows_with_the_same_ids_each_time(tmp_path: Path) -> None:
    one, other = (honest.grow("depot", tmp_path / name) for name in ("one", "other"))
    assert growing.git(one, "rev-parse", "HEAD") == growing.git(other, "rev-parse", "HEAD")
