"""The class that a repository belongs to, as its `pyproject.toml` records it, at its very end."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import Any

PYPROJECT = "pyproject.toml"
_TABLE = "[tool.scaffold.class]"
_BLOCK = re.compile(
    rb"\r?\n\[tool\.scaffold\.class\]\r?\n"
    rb'(?:(?:url|name|assignment) = "(?:[^"\\\r\n]|\\.)*"(?:\r?\n|\Z))+\Z'
)


@dataclass(frozen=True)
class Membership:
    """Which class a repository belongs to.

    Attributes:
        name: Of the class.
        assignment: Its id.
        url: Where `class.toml` is published; empty when nowhere.
    """

    name: str
    assignment: str
    url: str = ""


def recorded(pyproject: bytes) -> Membership | None:
    """What a `pyproject.toml` records; None where it records no class, or cannot be read."""
    try:
        content: Any = tomllib.loads(pyproject.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    for key in ("tool", "scaffold", "class"):
        content = content.get(key) if isinstance(content, dict) else None
    if not isinstance(content, dict):
        return None
    texts = {key: content.get(key, "") for key in ("name", "assignment", "url")}
    return Membership(**{key: v if isinstance(v, str) else "" for key, v in texts.items()})


def with_class(pyproject: bytes, member: Membership) -> bytes:
    """The `pyproject.toml` with the class at its end."""
    facts = {"url": member.url, "name": member.name, "assignment": member.assignment}
    lines = [f"{key} = {json.dumps(v, ensure_ascii=False)}" for key, v in facts.items() if v]
    block = "\n".join([_TABLE, *lines, ""])
    return without_class(pyproject).rstrip(b"\n") + b"\n\n" + block.encode()


def without_class(pyproject: bytes) -> bytes:
    """The `pyproject.toml` as the starter gave it, where only the class was added to it."""
    return _BLOCK.sub(b"", pyproject)
