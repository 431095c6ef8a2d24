"""A rule for people: at a terminal, as a page of the documentation, and as data."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from scaffold.check.rule import FAMILIES, texts

if TYPE_CHECKING:
    from scaffold.check.rule import Rule

_KINDS = {
    "text": "Text: it can fail an answer, and never passes a signal.",
    "evidence": "Evidence: it can pass a signal.",
    "guard": "Guard: every starter passes it or can lose it; it earns nothing.",
    "human": "For a reviewer: no program answers it.",
}
_LEVELS = {
    "static": "Files and git tell; nothing is run.",
    "online": "Asked of the live address or GitHub, only with `--online`.",
    "human": "A person tells.",
}


def facts(rule: Rule) -> dict[str, Any]:
    """A rule as plain data."""
    return {
        "rule": rule.__name__,
        "family": rule.family,
        "signal": FAMILIES[rule.family],
        "kind": rule.kind,
        "level": rule.level,
        "requires": sorted(rule.requires),
        "asks": list(rule.asks),
        **asdict(texts(rule)),
    }


def lines(rule: Rule) -> list[str]:
    """What the terminal says."""
    said = texts(rule)
    found = [
        f"{rule.__name__}: {said.title}",
        "",
        f"{FAMILIES[rule.family]}. {_KINDS[rule.kind]} {_LEVELS[rule.level]}",
        "",
        f"Why: {said.why}",
        f"Passes: {said.passes}",
        f"Can't tell: {said.cannot}",
        f"Do: {said.todo}",
    ]
    if rule.asks:
        found.append(f"Questions of the README: {', '.join(rule.asks)}")
    if rule.requires:
        found.append(f"Needs first: {', '.join(sorted(rule.requires))}")
    return found


def page(rule: Rule) -> str:
    """Its page in `docs/rules`."""
    said = texts(rule)
    asks = f"Questions of the README: {', '.join(rule.asks)}.\n\n" if rule.asks else ""
    needs = (
        f"Means something once {', '.join(sorted(rule.requires))} passes.\n\n"
        if rule.requires
        else ""
    )
    return (
        f"# {rule.__name__}: {said.title}\n\n"
        f"{FAMILIES[rule.family]}. {_KINDS[rule.kind]} {_LEVELS[rule.level]}\n\n"
        f"{asks}{needs}"
        f"**Why.** {said.why}\n\n"
        f"**What passes it.** {said.passes}\n\n"
        f"**What it can't tell.** {said.cannot}\n\n"
        f"**What to do.** {said.todo}\n"
    )
