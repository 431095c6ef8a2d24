"""The shape of a rule, and the texts that its docstring holds."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.check.finding import Outcome

Kind = Literal["text", "evidence", "guard", "human"]
Level = Literal["static", "online", "human"]
FAMILIES = {
    "PF": "Problem framing",
    "ST": "System thinking",
    "RC": "Real constraints",
    "CD": "Clear documentation",
    "DP": "Live deployment",
    "MO": "Monitoring",
    "OW": "Own work",
}
_PARTS = ("Why", "Passes", "Can't tell", "Do")
_PART = re.compile(rf"^({'|'.join(_PARTS)}): ", re.MULTILINE)


class Rule(Protocol):
    """A rule is any class of this shape; its name is its id.

    Attributes:
        family: The first two letters of its id.
        kind: `text` and `guard` can fail a signal and never pass it; `evidence` can do both.
        level: Whether files and git tell, the live address, or a person.
        requires: Ids of rules that have to pass before this one means anything.
        asks: Ids of the README questions that it is about.
        check: Takes facts by name, as `facts.repository` has them.
    """

    __name__: str
    family: str
    kind: Kind
    level: Level
    requires: frozenset[str]
    asks: tuple[str, ...]
    check: Callable[..., Outcome]


@dataclass(frozen=True)
class Texts:
    """What a person is told of a rule.

    Attributes:
        title: One sentence.
        why: Why anybody asks.
        passes: What passes it.
        cannot: What it can't tell.
        todo: How to satisfy it.
    """

    title: str
    why: str
    passes: str
    cannot: str
    todo: str


def texts(rule: Any) -> Texts:
    """The texts of a rule's docstring.

    Raises:
        ValueError: A part is missing.
    """
    title, _, rest = (inspect.getdoc(rule) or "").partition("\n\n")
    found = _PART.split(rest)
    parts = {
        name: " ".join(text.split()) for name, text in zip(found[1::2], found[2::2], strict=True)
    }
    missing = [name for name in _PARTS if not parts.get(name)]
    if missing or not title:
        raise ValueError(f"{rule.__name__} does not say {', '.join(missing) or 'its title'}")
    return Texts(title, *(parts[name] for name in _PARTS))


def facts(rule: Rule) -> tuple[str, ...]:
    """Names of the facts that a rule asks for."""
    return tuple(inspect.signature(rule.check).parameters)
