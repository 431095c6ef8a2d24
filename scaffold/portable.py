"""Names of files that every system can hold, and names that git takes for its own folder."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RESERVED = {
    *("con", "prn", "aux", "nul", "conin$", "conout$"),
    *(f"{device}{number}" for device in ("com", "lpt") for number in "0123456789¹²³"),
}
_FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f-\x9f\ud800-\udfff]')
_GIT = re.compile(r"\.git|git~\d+")
# What macOS leaves out when it compares names.
_UNSEEN = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def is_git(name: str) -> bool:
    """Whether some system takes `name` for `.git`: `.GIT`, `git~1`, `.git.`, `.git::$DATA`."""
    seen = _UNSEEN.sub("", name).partition(":")[0].rstrip(". ").casefold()
    return _GIT.fullmatch(seen) is not None


def leads_into_git(path: str) -> bool:
    """Whether any part of a path is git's own folder; Windows divides at backslashes too."""
    return any(is_git(part) for part in re.split(r"[/\\]", path))


def complaint(path: str) -> str:
    """Why a path cannot exist everywhere; empty when it can."""
    for part in path.split("/"):
        found = _FORBIDDEN.search(part)
        if found:
            return f"{found.group()!r} cannot stand in a name on Windows"
        if part != part.rstrip(". "):
            return f"{part!r} ends with a dot or a space, which Windows drops"
        if part.partition(".")[0].rstrip().lower() in RESERVED:
            return f"Windows reserves the name {part}"
    return ""


def clashes(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Files and folders whose names are one on Windows or macOS, in pairs."""
    first: dict[str, str] = {}
    for path in sorted(paths):
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            name = "/".join(parts[:end])
            same = first.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
            if same != name:
                yield same, name
                break  # everything below a folder clashes with it
