"""Passwords and tokens in addresses: found, refused by whoever asks, and never shown."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

HIDDEN = "***"
_IN_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^\s/?#'\"<>]+@")
_ONLY_A_NAME = re.compile(r"(?:ssh|git)(?:\+\w+)?://[^\s/:@?#'\"<>]+@", re.IGNORECASE)
_SECRET_NAME = r"(?:[\w-]*(?:token|secret|passwd|password|api[_-]?key|access[_-]?key))"  # noqa: S105
_PARAMETER = re.compile(rf"(?P<name>[?&;]{_SECRET_NAME}=)[^\s&#'\"<>]+", re.IGNORECASE)
_HEADER = re.compile(r"(?P<name>authorization:\s*(?:basic|bearer|token)\s+)\S+", re.IGNORECASE)
_KNOWN = re.compile(
    r"\b(?:gh[opsur]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|gl(?:pat|dt|ptt|rt|cbt)-[\w-]{20,})"
)


def holds(url: str) -> bool:
    """Whether a URL holds a password or a token.

    A user's name alone counts over http and https, where it can only be a token; over ssh it is
    the account that everybody shares.
    """
    if _KNOWN.search(url):
        return True
    try:
        parts = urlsplit(url)
        named = bool(parts.username and parts.scheme.lower() in {"http", "https"})
        words = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return redacted(url) != url  # not a URL that git can read either
    return bool(parts.password) or named or any(_is_secret(name) for name, _ in words)


def redacted(text: str) -> str:
    """The text with `***` in the place of every password and token that an address in it holds."""

    def hide(found: re.Match[str]) -> str:
        return found[0] if _ONLY_A_NAME.fullmatch(found[0]) else f"{found['scheme']}{HIDDEN}@"

    text = _IN_ADDRESS.sub(hide, text)
    text = _PARAMETER.sub(lambda found: found["name"] + HIDDEN, text)
    text = _HEADER.sub(lambda found: found["name"] + HIDDEN, text)
    return _KNOWN.sub(HIDDEN, text)


def _is_secret(name: str) -> bool:
    return re.fullmatch(_SECRET_NAME, name, re.IGNORECASE) is not None
