"""What a rule is: a tiny class whose name is its id and whose docstring says why it exists.

There are three kinds, by what they look at: the pack's files, the repositories rendered from them,
and the pack as a whole beside its releases. A rule never decides what happens next; it yields
findings.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.pack.render import Render
    from scaffold.pack.state import State
    from scaffold.pack.tree import PackTree


@dataclass(frozen=True, order=True)
class Finding:
    """One breach of one rule.

    Attributes:
        file: Which file; for a rendered one, where it lands in the generated repository.
        line: Counted from 1; 0 for the file as a whole.
        rule: The rule's id.
        message: What is wrong there.
    """

    file: str
    line: int
    rule: str
    message: str


class Rule(ABC):  # noqa: B024 - the kinds below say what a check looks at
    """What all rules share.

    Attributes:
        requires: Rules that must hold before this one can say anything useful.
    """

    requires: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def at(cls, file: str, line: int, message: str) -> Finding:
        """A finding of this rule."""
        return Finding(file, line, cls.__name__, message)


class TreeRule(Rule):
    """A rule on the pack's files."""

    @abstractmethod
    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look at the pack as it stands."""


class RenderRule(Rule):
    """A rule on what learners get."""

    @abstractmethod
    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Look at one template, rendered with every choice."""


class StateRule(Rule):
    """A rule on the pack as a whole, and on what may not change from release to release."""

    @abstractmethod
    def check(self, now: State, earlier: Sequence[State]) -> Iterator[Finding]:
        """Look at the pack, and at every release, oldest first."""


def all_rules() -> tuple[type[Rule], ...]:
    """Every rule in `scaffold.pack.rules`, by id: a new class there is all it takes."""
    from scaffold.pack import rules

    for module in pkgutil.iter_modules(rules.__path__):
        importlib.import_module(f"{rules.__name__}.{module.name}")
    found = [rule for kind in Rule.__subclasses__() for rule in kind.__subclasses__()]
    return tuple(sorted(found, key=lambda rule: rule.__name__))
