"""What a template's CHANGELOG says about the releases between two versions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import strangers, yaml_text
from scaffold.versions import Version, parse_tag

if TYPE_CHECKING:
    from pathlib import Path

_SECTION = re.compile(r"^## (\S+)[^\n]*$", re.MULTILINE)


@dataclass(frozen=True)
class Note:
    """What one release brought.

    Attributes:
        version: Its tag.
        text: The section of the CHANGELOG, without its title.
    """

    version: str
    text: str


def between(root: Path, template: str, old: str, new: str) -> list[Note]:
    """The notes of all releases after `old` up to `new`, newest first.

    Args:
        root: The pack at the newer release.
        template: Its id.
        old: The tag that a repository has.
        new: The tag that it gets.
    """
    path = root / "templates" / template / "CHANGELOG.md"
    try:
        text = strangers.read(path, yaml_text.LARGEST_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):
        return []  # a pack may tell nothing
    low, high = parse_tag(old), parse_tag(new)
    if low is None or high is None:
        return []
    pieces = _SECTION.split(text)
    found: list[tuple[Version, str]] = []
    for title, body in zip(pieces[1::2], pieces[2::2], strict=True):
        version = parse_tag(f"v{title.removeprefix('v')}")
        if version is not None and low < version <= high:
            found.append((version, body.strip()))
    return [Note(version.tag, body) for version, body in sorted(found, reverse=True)]
