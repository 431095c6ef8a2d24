"""Lines that pin a version: where both sides moved the same one, the higher version wins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Sequence

_VERSION = rb"v?(?P<version>[0-9][0-9A-Za-z.+!]*)"
_NUMBERS = rb"v?(?P<version>[0-9]+(?:\.[0-9]+)*)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # a requirement, in a list of TOML or in constraints.txt
        rb"(?P<before>\s*[\"']?[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?\s*(?:==|>=|~=)\s*)"
        + _VERSION
        + rb"(?P<after>[\"']?\s*(?:;.*|,?\s*(?:#.*)?))",
        # an action, by commit with its version as a comment
        rb"(?P<before>\s*(?:-\s+)?uses:\s*[\w./-]+@)(?:[0-9a-f]{40}\s+#\s*)?"
        + _VERSION
        + rb"(?P<after>\s*)",
        # an image
        rb"(?P<before>\s*(?:FROM\s+(?:--\S+\s+)?|image:\s*|COPY\s+--from=)[\w./-]+:)"
        + _NUMBERS
        + rb"(?P<after>[\w.-]*(?:\s.*)?)",
    )
)


def higher(ours: Sequence[bytes], theirs: Sequence[bytes]) -> list[bytes] | None:
    """The lines of a conflict with the higher version of each; None if more than versions differ.

    Args:
        ours: The lines of one side, with their ends.
        theirs: Those of the other.
    """
    if len(ours) != len(theirs):
        return None
    chosen = []
    for one, other in zip(ours, theirs, strict=True):
        line = one if one == other else _higher_line(one, other)
        if line is None:
            return None
        chosen.append(line)
    return chosen


def _higher_line(one: bytes, other: bytes) -> bytes | None:
    ends = one[len(one.rstrip(b"\r\n")) :], other[len(other.rstrip(b"\r\n")) :]
    for form in _FORMS:
        first, second = form.fullmatch(one.rstrip(b"\r\n")), form.fullmatch(other.rstrip(b"\r\n"))
        if not first or not second or ends[0] != ends[1]:
            continue
        if any(first[part].strip() != second[part].strip() for part in ("before", "after")):
            continue
        try:
            mine, theirs = (Version(match["version"].decode()) for match in (first, second))
        except InvalidVersion:
            return None
        return one if mine >= theirs else other
    return None
