"""Who hears what happens in runs: a terminal, metrics, or nobody."""

from dataclasses import dataclass
from typing import Protocol

from app.runs.calls import Asked


@dataclass(frozen=True)
class Ended:
    """How a call ended; `dollars` is None where the price is unknown."""

    status: str
    seconds: float
    tokens: float
    dollars: float | None


class Observer(Protocol):
    """Hears; must be quick, and must not raise."""

    def begun(self, asked: Asked) -> None:
        """A call begins."""

    def ended(self, asked: Asked, how: Ended) -> None:
        """It has ended."""

    def limited(self, limit: str) -> None:
        """A run, or the day, has used up a limit."""

    def rejected(self) -> None:
        """A memo has a number that is not in its evidence."""

    def broke_off(self) -> None:
        """An error ended the work on a run, which is not done."""

    def finished(self, outcome: str, seconds: float) -> None:
        """A run is done."""


class Nobody:
    """Hears, and does nothing; others override what they want to hear."""

    def begun(self, asked: Asked) -> None:
        """A call begins."""

    def ended(self, asked: Asked, how: Ended) -> None:
        """It has ended."""

    def limited(self, limit: str) -> None:
        """A limit is used up."""

    def rejected(self) -> None:
        """A memo is not founded."""

    def broke_off(self) -> None:
        """An error ended the work on a run, which is not done."""

    def finished(self, outcome: str, seconds: float) -> None:
        """A run is done."""
