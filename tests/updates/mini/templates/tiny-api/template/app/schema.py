"""The one description of a row; replace it by your own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Features:
    """What is known about a member at the start of the year."""

    age: float
    visits_last_year: float
