"""Whether the lock fits the project."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from scaffold.check.finding import Finding, Outcome, failed, passed

if TYPE_CHECKING:
    from scaffold.check.facts.tree import Tree

_LOCKED = re.compile(r'^\[\[package\]\]\nname = "([^"\n]+)"\nversion = "([^"\n]+)"$', re.MULTILINE)
"""A package as uv writes it; reading all of a lock as TOML takes as long as all other rules."""


class DP103:
    """The lock fits.

    Why: Without a lock nobody runs what you ran.
    Passes: `uv.lock` is there and holds every dependency of `pyproject.toml` in a fitting version.
    Can't tell: Whether those packages still exist.
    Do: `uv lock`, then commit `uv.lock`.
    """

    family, kind, level = "DP", "guard", "static"
    requires: frozenset[str] = frozenset()
    asks = ("CD1",)

    @staticmethod
    def check(tree: Tree) -> Outcome:
        """Hold the lock against the project."""
        todo = "uv lock, then commit uv.lock"
        project = _table(tree.text("pyproject.toml"))
        if project is None:
            return failed(Finding("pyproject.toml can't be read.", "pyproject.toml"), todo=todo)
        versions: dict[str, list[str]] = {}
        for name, version in _LOCKED.findall(tree.text("uv.lock") or ""):
            versions.setdefault(name, []).append(version)
        if not versions:
            return failed(Finding("There is no uv.lock that can be read.", "uv.lock"), todo=todo)
        wanted = _wanted(project)
        found = [
            Finding(problem, "uv.lock") for one in wanted if (problem := _unlocked(one, versions))
        ]
        if found:
            return failed(*found, todo=todo)
        return passed(f"{len(wanted)} dependencies are locked", "uv.lock")


def _table(text: str | None) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text) if text else None
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _wanted(project: dict[str, Any]) -> list[str]:
    main = project.get("project")
    listed = main.get("dependencies") if isinstance(main, dict) else None
    groups = project.get("dependency-groups")
    lists = [listed, *(groups.values() if isinstance(groups, dict) else ())]
    return [one for each in lists if isinstance(each, list) for one in each if isinstance(one, str)]


def _unlocked(text: str, versions: dict[str, list[str]]) -> str:
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name
    from packaging.version import InvalidVersion

    try:
        wanted = Requirement(text)
    except InvalidRequirement:
        return f"{text[:60]!r} in pyproject.toml is no dependency."
    have = versions.get(canonicalize_name(wanted.name), [])
    try:
        if have and (
            not wanted.specifier
            or any(wanted.specifier.contains(v, prereleases=True) for v in have if v)
        ):
            return ""
    except InvalidVersion:
        return f"The lock's version of {wanted.name} is none."
    return (
        f"The lock lacks {text[:80]}."
        if not have
        else f"The lock has {wanted.name} {have[0]}, not {wanted.specifier}."
    )
