"""All states, in the order of the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.updates.matrix.states import edits, kinds, oddities, places, readme, repositories

if TYPE_CHECKING:
    from tests.updates.matrix.states.state import State

STATES: tuple[State, ...] = (
    *edits.STATES,
    *readme.STATES,
    *places.STATES,
    *kinds.STATES,
    *repositories.STATES,
    *oddities.STATES,
)
