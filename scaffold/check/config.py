"""Which rules are looked at: what the reader asks for, and what the repository switches off."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scaffold.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SHORTEST_REASON = 10
_RULE = re.compile(r"[A-Z]{2}\d{3}")


@dataclass(frozen=True)
class Choice:
    """What the reader asks for.

    Attributes:
        select: Ids or their beginnings; all rules when empty.
        ignore: Ids or their beginnings that are left out.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def has(self, rule: str) -> bool:
        """Whether a rule is looked at."""
        chosen = not self.select or rule.startswith(self.select)
        return chosen and not (self.ignore and rule.startswith(self.ignore))


@dataclass(frozen=True)
class SwitchedOff:
    """What a repository's `[tool.scaffold.check]` switches off.

    Attributes:
        reasons: By rule. Such a rule is shown with its reason, and passes nothing.
        problem: Why it can't be understood; empty otherwise.
    """

    reasons: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def choice(select: Iterable[str], ignore: Iterable[str], known: Iterable[str]) -> Choice:
    """Understand `--select` and `--ignore`, each ids or beginnings of ids, with commas between.

    Raises:
        RequestError: No rule begins so.
    """
    known = list(known)

    def listed(words: Iterable[str]) -> tuple[str, ...]:
        found = tuple(
            part.strip().upper() for word in words for part in word.split(",") if part.strip()
        )
        for one in found:
            if not any(rule.startswith(one) for rule in known):
                raise no_rule(one, known)
        return found

    return Choice(listed(select), listed(ignore))


def no_rule(name: str, known: Iterable[str]) -> RequestError:
    """The error for a rule that does not exist."""
    near = difflib.get_close_matches(name.upper(), list(known), n=1, cutoff=0.5)
    return RequestError(
        f"There is no rule {name}" + (f"; did you mean {near[0]}?" if near else "."),
        "`scaffold explain` lists them all.",
    )


def switched_off(pyproject: str | None, known: Iterable[str]) -> SwitchedOff:
    """Read `[tool.scaffold.check.ignore]`: rule = "reason"."""
    try:
        content: Any = tomllib.loads(pyproject or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return SwitchedOff(problem="pyproject.toml can't be read")
    for key in ("tool", "scaffold", "check"):
        content = content.get(key, {}) if isinstance(content, dict) else {}
    ignored = content.get("ignore", {}) if isinstance(content, dict) else {}
    if not isinstance(ignored, dict):
        return SwitchedOff(problem="[tool.scaffold.check.ignore] is no table of rule = reason")
    rules = set(known)
    found = {}
    for rule, reason in ignored.items():
        if (
            rule not in rules
            or not isinstance(reason, str)
            or len(reason.strip()) < _SHORTEST_REASON
        ):
            return SwitchedOff(
                problem=f"{str(rule)[:20]} needs to be a rule with a reason of a sentence"
            )
        found[rule] = reason.strip()[:200]
    return SwitchedOff(found)
