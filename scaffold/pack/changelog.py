"""What a learner gets by updating: the CHANGELOG of a template, newest section first."""

from __future__ import annotations

import re

UNRELEASED = "Unreleased"
_SECTION = re.compile(r"^## (.+?)\s*$", re.MULTILINE)


def sections(text: str) -> tuple[str, ...]:
    """The titles of the sections, in order."""
    return tuple(_SECTION.findall(text))


def unreleased_is_empty(text: str) -> bool:
    """Whether the section for the next release says nothing."""
    parts = _SECTION.split(text)
    bodies = dict(zip(parts[1::2], parts[2::2], strict=True))
    return not bodies.get(UNRELEASED, "").strip()


def released(text: str, version: str) -> str:
    """The text with the `Unreleased` section named for `version` (`0.1.1`)."""
    return re.sub(rf"^## {UNRELEASED}[ \t]*$", f"## {version}", text, count=1, flags=re.MULTILINE)
