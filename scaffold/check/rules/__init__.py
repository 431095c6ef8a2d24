"""All rules, in the order in which they are shown. A new one is a class in a module here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaffold.check.rule import Rule


def catalogue() -> dict[str, Rule]:
    """Every rule by its id."""
    from scaffold.check.rules import (
        accounts,
        cases,
        changes,
        costs,
        decisions,
        deployment,
        diagram,
        documentation,
        evidence,
        failures,
        framing,
        locks,
        lowered,
        online,
        own_work,
        people,
        pictures,
        secrets,
        texts,
        watching,
    )

    modules: tuple[Any, ...] = (
        *(texts, framing, costs, diagram, failures, changes, evidence, decisions, cases),
        *(documentation, accounts, pictures, deployment, locks, secrets, online, watching),
        *(own_work, lowered, people),
    )
    found = {
        name: rule
        for module in modules
        for name, rule in vars(module).items()
        if isinstance(rule, type) and rule.__module__ == module.__name__ and hasattr(rule, "check")
    }
    order = {
        family: place for place, family in enumerate(("PF", "ST", "RC", "CD", "DP", "MO", "OW"))
    }
    return dict(sorted(found.items(), key=lambda one: (order[one[0][:2]], one[0])))
