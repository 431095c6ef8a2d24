"""One state that a learner's repository may be in when an update comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.updates.matrix.desk import Desk
    from tests.updates.matrix.fates import Expected
    from tests.updates.matrix.parts import Parts


@dataclass(frozen=True)
class State:
    """A state, and what must come of it.

    Attributes:
        play: Brings a committed, untouched repository into the state; says what an update must
            lead to. Its docstring is the state in words.
        stake: What of the learner's an update could lose, in few words.
        needs: Kinds of change that the releases must have (names of `Parts`).
        common: Whether every pair of releases takes it.
    """

    play: Callable[[Desk], Expected]
    stake: str
    needs: tuple[str, ...] = ()
    common: bool = False

    @property
    def name(self) -> str:
        """The state's name in test ids."""
        return self.play.__name__.replace("_", "-")

    @property
    def words(self) -> str:
        """The state in words."""
        return (self.play.__doc__ or "").partition("\n")[0].rstrip(".")

    def applies_to(self, parts: Parts) -> bool:
        """Whether these releases change what the state is about."""
        return parts.has(*self.needs)


def state(
    stake: str, *needs: str, common: bool = False
) -> Callable[[Callable[[Desk], Expected]], State]:
    """Make a state of the function that plays it."""
    return lambda play: State(play, stake, needs, common)
