"""Whose repository holds the very same as another's of the same assignment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.cohort.standing import Standing

_MOST_NAMED = 5


def noted(standings: Sequence[Standing]) -> list[Standing]:
    """The same standings; those with work in which all files are another's say so."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in standings:
        if one.tree and one.commits_own:
            key = (one.task.assignment.id, one.tree)
            groups.setdefault(key, []).append(one.task.learner.username)
    return [_noted(one, groups.get((one.task.assignment.id, one.tree), [])) for one in standings]


def _noted(one: Standing, alike: Sequence[str]) -> Standing:
    me = one.task.learner.username
    others = sorted(name for name in alike if name != me)
    if me not in alike or not others:
        return one
    more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    named = ", ".join(others[:_MOST_NAMED])
    return replace(one, notes=(f"every file is the same as with {named}{more}", *one.notes))
