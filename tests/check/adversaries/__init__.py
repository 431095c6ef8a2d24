"""Repositories that look finished and are not, written from the rules' titles alone.

`ADVERSARIES` holds those with one idea each, `FRESH` those that combine several, as somebody would
who wants a full pass in one evening. `LATER` came after the rules were mended,
from somebody who knew them. `made` grows the repository that one begins with, and lets it
change it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.check import growing, honest
from tests.check.adversaries import code, data, fresh, later, live, numbers, service, words
from tests.check.adversaries.registry import ADVERSARIES, FRESH, LATER, Adversary

if TYPE_CHECKING:
    from pathlib import Path

MODULES = (words, numbers, code, live, data, service, fresh, later)
__all__ = ["ADVERSARIES", "FRESH", "LATER", "MODULES", "Adversary", "made"]


def made(one: Adversary, folder: Path) -> Path:
    """Grow the repository that an adversary begins with, and let it change it."""
    if one.start == "finished":
        growing.finished(folder)
    elif one.start == "depot":
        honest.grow("depot", folder)
    else:
        growing.untouched(folder, one.template)
    one.apply(folder, growing.git)
    return folder
