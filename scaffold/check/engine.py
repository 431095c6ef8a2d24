"""Running rules: in order, with the facts they ask for; what a rule lacks makes it unknown."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.check.finding import Finding, NotKnownError, Outcome
from scaffold.check.rule import Kind, Level, facts, texts
from scaffold.git import GitFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.check.config import Choice
    from scaffold.check.facts.repository import Repository
    from scaffold.check.rule import Rule


@dataclass(frozen=True)
class Result:
    """A rule with what it found.

    Attributes:
        rule: Its id.
        title: In one sentence.
        family: The two letters of the signal.
        kind: Whether it can pass a signal.
        level: Who can tell.
        outcome: What it found.
        switched_off: The repository's reason for not heeding it; empty when it does.
    """

    rule: str
    title: str
    family: str
    kind: Kind
    level: Level
    outcome: Outcome
    switched_off: str = ""


def run(
    rules: Mapping[str, Rule], chosen: Choice, repository: Repository, reasons: Mapping[str, str]
) -> tuple[Result, ...]:
    """Run the chosen rules, and those that they require before them."""
    done: dict[str, Outcome] = {}

    def outcome(name: str) -> Outcome:
        if name not in done:
            rule = rules[name]
            waits = [one for one in sorted(rule.requires) if outcome(one).state != "pass"]
            done[name] = _waiting(waits[0]) if waits else _checked(rule, repository)
        return done[name]

    return tuple(
        Result(
            name,
            texts(rule).title.rstrip("."),
            rule.family,
            rule.kind,
            rule.level,
            outcome(name),
            reasons.get(name, ""),
        )
        for name, rule in rules.items()
        if chosen.has(name)
    )


def _waiting(name: str) -> Outcome:
    return Outcome("unknown", (Finding(f"It waits for {name}."),), f"scaffold explain {name}")


def _checked(rule: Rule, repository: Repository) -> Outcome:
    try:
        return rule.check(**{name: getattr(repository, name) for name in facts(rule)})
    except NotKnownError as error:
        return Outcome("unknown", (Finding(error.problem),), error.todo)
    except GitFailure as error:
        todo = "`git fsck` tells what is wrong with its history."
        return Outcome("unknown", (Finding(f"git can't read its history: {error}."),), todo)
    except Exception as error:
        # One repository, which anybody may have written, must not end the look at all others.
        if os.environ.get("SCAFFOLD_TRACEBACK"):
            raise
        name = f"{type(error).__name__}: {error}".replace("\n", " ")[:200]
        return Outcome(
            "unknown",
            (Finding(f"The rule itself failed here: {name}"),),
            "That is a bug in scaffold; please report it. SCAFFOLD_TRACEBACK=1 shows everything.",
        )
