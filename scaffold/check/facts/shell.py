"""Shell lines of workflows and Dockerfiles as simple commands. Nothing is run."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 20_000
_OPERATORS = {"&&", "||", ";", "|", "&", "|&", ";;", "(", ")"}
_LEADING = {"if", "while", "until", "!", "elif"}
_WORDS_BEFORE = {"then", "do", "else", "{", "time", "exec", "env", "nice"}
_FAILS = re.compile(r"^(?:exit\s+[1-9]|return\s+[1-9]|false\b)")
_CONTINUED = re.compile(r"\\\n\s*")
_SETTING = re.compile(r"^[A-Za-z_]\w*=")


@dataclass(frozen=True)
class Command:
    """A simple command.

    Attributes:
        words: As the shell would see them; comments are gone.
        counts: Whether its failure ends the script, as far as its own line says.
    """

    words: tuple[str, ...]
    counts: bool

    def starts(self, *wanted: str) -> bool:
        """Whether these are its first words."""
        return self.words[: len(wanted)] == wanted


def commands(text: str) -> list[Command]:
    """The simple commands of a script; what can't be read as shell is none."""
    found: list[Command] = []
    for line in _CONTINUED.sub(" ", text[:LONGEST]).split("\n"):
        found += _of_line(line)
    return found


def _of_line(line: str) -> Iterator[Command]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="();|&")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    try:
        tokens = list(lexer)
    except ValueError:
        return
    parts: list[tuple[list[str], str]] = [([], "")]
    for token in tokens:
        if token in _OPERATORS:
            parts[-1] = (parts[-1][0], token)
            parts.append(([], ""))
        else:
            parts[-1][0].append(token)
    for place, (words, after) in enumerate(parts):
        asked = bool(words) and words[0] in _LEADING
        kept = list(words)
        while kept and (kept[0] in _LEADING | _WORDS_BEFORE or _SETTING.match(kept[0])):
            kept.pop(0)
        if not kept:
            continue
        otherwise = " ".join(parts[place + 1][0]) if place + 1 < len(parts) else ""
        forgiven = after == "||" and not _FAILS.match(otherwise)
        yield Command(tuple(kept), not (asked or forgiven or after in {"|", "|&", "&"}))


def app_verbs(text: str) -> dict[str, bool]:
    """Verbs of `app` that a script runs, and whether it fails when they do."""
    found: dict[str, bool] = {}
    for one in commands(text):
        words = list(one.words)
        if words[:2] == ["uv", "run"]:
            words = words[words.index("app") :] if "app" in words else []
        if words[:1] and words[0].rpartition("/")[2].startswith("python"):
            words = [word for word in words[1:] if word != "-m"]
        if len(words) > 1 and words[0] == "app":
            found[words[1]] = found.get(words[1], False) or one.counts
    return found
