"""Reading a TOML table key by key, with every complaint kept for the end."""

from __future__ import annotations

import difflib
import unicodedata
from typing import TYPE_CHECKING, Any

from scaffold import credentials
from scaffold.cohort.patterns import complaint
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LONGEST = 2_000
_WITHOUT = "holds a password or a token; leave it out, git's credential helper knows it"


class Fields:
    """A table of a TOML file, and what is wrong with it.

    Args:
        content: The table, if it is one.
        path: Its name in the file; empty for the whole file.
        complaints: Where complaints go; each names its key.
    """

    def __init__(self, content: Any, path: str, complaints: list[str] | None = None) -> None:
        self.path = path
        self.complaints: list[str] = [] if complaints is None else complaints
        self._content: Mapping[str, Any] = content if isinstance(content, dict) else {}
        if not isinstance(content, dict):
            self.complaints.append(f"{path} is no table")

    def complain(self, key: str, what: str) -> None:
        """Note what is wrong with a key, in words that follow its name."""
        known = f"{self.path}." if self.path and not key.startswith("assignments.") else ""
        self.complaints.append(f"{known}{key} {what}")

    def get(self, key: str) -> Any:
        """A value as it stands; None where there is none."""
        return self._content.get(key)

    def only(self, known: Sequence[str]) -> None:
        """Complain of keys that mean nothing, naming the nearest that does."""
        for key in self._content:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                meant = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
                self.complain(_shown(key), f"is unknown; {meant}")

    def text(self, key: str, *, needed: bool = False) -> str:
        """A line of text; empty where there is none."""
        value = self.get(key)
        if value is None:
            if needed:
                self.complain(key, "is missing")
            return ""
        if not isinstance(value, str) or not value.strip():
            self.complain(key, "needs a text in quotes" if value != "" else "is empty")
            return ""
        if len(value) > _LONGEST or {unicodedata.category(mark) for mark in value} & {"Cc", "Cs"}:
            self.complain(key, f"needs one line of at most {_LONGEST:,} characters")
            return ""
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where there is none."""
        value = self.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(o, str) and o for o in value):
            self.complain(key, 'needs a list of texts, such as ["one", "two"]')
            return ()
        if any(credentials.redacted(one) != one for one in value):
            self.complain(key, _WITHOUT)
        return tuple(value)

    def number(self, key: str, default: int, *, most: int) -> int:
        """A whole number from 0 on."""
        value = self.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            self.complain(key, f"needs a whole number from 0 to {most:,}")
            return default
        return value

    def address(self, key: str) -> str:
        """A URL or a path without any password; empty where there is none."""
        value = self.text(key)
        if value and credentials.holds(value):
            self.complain(key, _WITHOUT)
            return ""
        return value

    def pattern(self, key: str) -> str:
        """An address with placeholders; empty where there is none."""
        value = self.address(key)
        problem = complaint(value)
        if problem:
            self.complain(key, problem)
        return value

    def table(self, key: str) -> Mapping[str, Any]:
        """A table; empty where there is none."""
        value = self.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.complain(key, f"needs a table: [{self.path + '.' if self.path else ''}{key}]")
            return {}
        return value


def complain(shown: str, complaints: Sequence[str]) -> None:
    """Raise one error that says all complaints, if there are any.

    Raises:
        RequestError: There are.
    """
    if complaints:
        raise RequestError(
            f"{shown} will not do: {'; '.join(complaints)}.",
            "Mend that; docs/cohort.md explains every key.",
        )


def _shown(key: str) -> str:
    return key if key.isprintable() and key and len(key) <= 40 else repr(key[:40])  # noqa: PLR2004
