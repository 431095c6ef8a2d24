"""Holding the pack to its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.pack.history import read_releases
from scaffold.pack.rule import Finding, RenderRule, Rule, StateRule, TreeRule, all_rules
from scaffold.pack.state import State
from scaffold.pack.tree import read_working

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


def lint(pack_root: Path, releases_dir: Path) -> tuple[Finding, ...]:
    """Hold the working folder to every rule.

    Args:
        pack_root: The folder that holds `copier.yml` and `templates/`.
        releases_dir: The folder of the released bundles; it may be empty or missing.

    Returns:
        What breaks a rule, by file and line; empty when nothing does.

    Raises:
        RequestError: There is no pack, or `copier.yml` is not YAML.
        OutsideError: git failed, or a released bundle is broken.
    """
    now = State("", read_working(pack_root))
    return examine(now, read_releases(releases_dir), all_rules())


def examine(
    now: State, earlier: Sequence[State], rules: Iterable[type[Rule]]
) -> tuple[Finding, ...]:
    """Apply rules to one state of the pack; those whose requirements do not hold are left out.

    Raises:
        RequestError: `copier.yml` is not YAML.
    """
    _ = now.pack.questionnaire  # before copier meets it, which complains at length by itself
    findings: list[Finding] = []
    broken: set[str] = set()
    for rule in _by_requirement(rules):
        if rule.requires & broken:
            broken.add(rule.__name__)
            continue
        found = set(_apply(rule(), now, earlier))
        findings.extend(found)
        if found:
            broken.add(rule.__name__)
    return tuple(sorted(findings))


def _by_requirement(rules: Iterable[type[Rule]]) -> Iterator[type[Rule]]:
    """The rules, each after those that it requires."""
    waiting = {rule.__name__: rule for rule in rules}
    while waiting:
        ready = [rule for rule in waiting.values() if not rule.requires & waiting.keys()]
        if not ready:
            raise ValueError(f"rules require each other: {', '.join(waiting)}")
        for rule in ready:
            del waiting[rule.__name__]
        yield from ready


def _apply(rule: Rule, now: State, earlier: Sequence[State]) -> Iterator[Finding]:
    match rule:
        case TreeRule():
            yield from rule.check(now.pack)
        case RenderRule():
            for renders in now.renders.values():
                yield from rule.check(now.pack, renders)
        case StateRule():
            yield from rule.check(now, earlier)
