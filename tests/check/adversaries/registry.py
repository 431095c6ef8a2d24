"""What an adversary is, and the lists that all of them enter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Start = Literal["untouched", "finished", "depot"]
Git = Callable[..., str]
"""Runs git in a folder and returns what it says: `git(folder, "rev-parse", "HEAD")`."""
Apply = Callable[[Path, Git], None]


@dataclass(frozen=True)
class Adversary:
    """One way to look finished without being it.

    Attributes:
        name: Short, and nobody else's.
        why: What the cheater does and hopes for.
        template: The starter it begins with.
        start: The untouched render, the finished supervised-api, or an honest multi-agent.
        caught: Rules that ought not to pass.
        apply: Changes the repository and commits the change.
        fresh: Whether it combines several ideas.
        later: Whether whoever wrote it knew the rules.
    """

    name: str
    why: str
    template: str
    start: Start
    caught: frozenset[str]
    apply: Apply
    fresh: bool = False
    later: bool = False


ADVERSARIES: dict[str, Adversary] = {}
FRESH: dict[str, Adversary] = {}
LATER: dict[str, Adversary] = {}


def adversary(
    name: str,
    template: str,
    start: Start,
    caught: str,
    *,
    fresh: bool = False,
    later: bool = False,
) -> Callable[[Apply], Apply]:
    """Enter a function into the list; its docstring says why.

    Args:
        name: Of the adversary.
        template: The starter it begins with.
        start: `untouched`, `finished` or `depot`.
        caught: Rules that ought not to pass, with spaces between.
        fresh: Whether it combines several ideas.
        later: Whether whoever wrote it knew the rules.
    """

    def enter(apply: Apply) -> Apply:
        assert name not in ADVERSARIES.keys() | FRESH.keys() | LATER.keys(), name
        assert start != "finished" or template == "supervised-api", name
        why = " ".join((apply.__doc__ or "").split())
        assert why, name
        rules = frozenset(caught.split())
        place = LATER if later else FRESH if fresh else ADVERSARIES
        place[name] = Adversary(name, why, template, start, rules, apply, fresh, later)
        return apply

    return enter
