"""Patterns of places and commands: text with `{username}`, `{name}` and `{assignment}`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.addresses import is_remote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PLACEHOLDERS = ("username", "name", "assignment")
_ANY = re.compile(r"\{([^{}]*)\}")
_OTHER = re.compile(r"\w+::|\w{2,}://")


def placeholders(pattern: str) -> set[str]:
    """The names in braces."""
    return set(_ANY.findall(pattern))


def odd(pattern: str, known: Iterable[str]) -> str:
    """What is wrong with the placeholders, in words that follow a key; empty if nothing is."""
    unknown = [name for name in _ANY.findall(pattern) if name not in set(known)]
    if unknown:
        good = ", ".join(f"{{{name}}}" for name in known)
        return f"has the placeholder {{{unknown[0]}}}, which is none of {good}"
    if set("{}") & set(_ANY.sub("", pattern)):
        return "has a brace that is not closed"
    return ""


def complaint(pattern: str) -> str:
    """What is wrong with the pattern of a place, in words that follow a key; empty if nothing."""
    if pattern.startswith("-"):
        return "begins with a dash, which programs take for an option"
    if _OTHER.match(pattern) and not is_remote(pattern):
        return "is neither a path nor a URL of https, http, ssh, git or file"
    return odd(pattern, PLACEHOLDERS)


def fill(pattern: str, values: Mapping[str, str]) -> str:
    """The pattern with its placeholders replaced; nothing in the values is one."""
    return _ANY.sub(lambda found: values[found[1]], pattern)
