"""What TOML files of a repository say, however they are broken."""

from __future__ import annotations

import tomllib
from typing import Any


def read(text: str | None) -> dict[str, Any]:
    """The content of a TOML file; empty where it can't be read."""
    try:
        return tomllib.loads(text or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def section(settings: dict[str, Any], name: str) -> dict[str, Any]:
    """A table of it; empty where it is none."""
    found = settings.get(name)
    return found if isinstance(found, dict) else {}


def named(settings: dict[str, Any], name: str, key: str, default: str) -> str:
    """A path in one of its tables."""
    found = section(settings, name).get(key, default)
    return found if isinstance(found, str) else default
