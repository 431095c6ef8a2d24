"""Locking what a learner declares, on the instructor's machine.

Nothing is built. And since uv asks whatever places a `pyproject.toml` or a `uv.lock` names, with
the credentials of whoever runs it, a project with places of its own keeps its lock.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement

from scaffold import unbuilt
from scaffold.lock import LOCK, PYPROJECT, Locked
from scaffold.unbuilt import DYNAMIC, HARMLESS, UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OWN_PLACES = "names places of its own to get packages from"
_ITSELF = ({"virtual": "."}, {"editable": "."})


def lock_to(folder: Path, pins: list[str]) -> Locked:
    """As `scaffold.lock.lock_to`, for a project that somebody else wrote."""
    reason = refusal((folder / PYPROJECT).read_bytes(), (folder / LOCK).read_bytes())
    if reason:
        return Locked(done=False, reason=f"{reason}; its owner runs `uv lock`")
    return unbuilt.lock_to(folder, pins)


def refusal(pyproject: bytes, locked: bytes) -> str:
    """Why a project is not locked here; empty where it is.

    Args:
        pyproject: Its `pyproject.toml`.
        locked: Its `uv.lock`.
    """
    for name, text, look in ((PYPROJECT, pyproject, _declares), (LOCK, locked, _holds)):
        try:
            reason = look(tomllib.loads(text.decode("utf-8")))
        except (ValueError, RecursionError, AttributeError, TypeError):
            reason = UNREAD
        if reason:
            return f"its {name} {reason}"
    return ""


def _declares(content: Any) -> str:
    project, tool = content.get("project", {}), content.get("tool", {}).get("uv", {})
    if project.get("dynamic"):
        return DYNAMIC
    if tool.keys() - HARMLESS or any(map(_has_place, _requirements(content, project, tool))):
        return _OWN_PLACES
    return ""


def _holds(content: Any) -> str:
    sources = [one.get("source", {}) for one in content.get("package", [])]
    ordinary = all(one in _ITSELF or _is_index(one) for one in sources)
    return "" if ordinary else _OWN_PLACES


def _is_index(source: Any) -> bool:
    asked = ("https://", "http://")
    return source.keys() == {"registry"} and str(source["registry"]).startswith(asked)


def _requirements(content: Any, project: Any, tool: Any) -> Iterator[str]:
    yield from project.get("dependencies", [])
    for group in project.get("optional-dependencies", {}).values():
        yield from group
    for group in content.get("dependency-groups", {}).values():
        yield from (one for one in group if isinstance(one, str))  # others include a group
    for key, listed in tool.items():
        if key.endswith("-dependencies"):
            yield from listed


def _has_place(requirement: str) -> bool:
    """Whether a requirement says where it is to be had; so may what only uv understands."""
    try:
        return Requirement(requirement).url is not None
    except InvalidRequirement:
        return True
