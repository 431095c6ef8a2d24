"""Texts of learners and of other machines, before any report repeats them.

Whatever is written for people passes `plain` once: on one line, with nothing in it that steers a
terminal or turns the direction of the text around it, and without passwords, tokens and keys.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit, urlunsplit

from scaffold import credentials
from scaffold.check.rules.secrets import KNOWN

LONGEST = 400
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_KEY = re.compile("|".join(KNOWN.values()))
_READ = 20_000
"""Characters that are looked at; what is longer is nobody's line."""


def plain(text: str, most: int = LONGEST) -> str:
    """A text as one line of at most `most` characters that does no harm where it is shown."""
    line = " ".join(without_keys(text[:_READ]).split())
    kept = "".join(mark for mark in line if mark not in _TURNING and _is_shown(mark))
    return kept if len(kept) <= most else f"{kept[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def without_keys(text: str) -> str:
    """A text with `***` in the place of every password, token and key of a known shape."""
    return _KEY.sub(credentials.HIDDEN, credentials.redacted(text))


def address(text: str) -> str:
    """A web address that a page may link to: https or http, no user, no question; else nothing."""
    try:
        parts = urlsplit("".join(text[:_READ].split()))
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or ":" in host:
        return ""
    return plain(urlunsplit((parts.scheme, f"{host}{port}", parts.path, "", "")))


def _is_shown(mark: str) -> bool:
    return unicodedata.category(mark) not in {"Cc", "Cs", "Zl", "Zp"}
