"""Makes cells before their tests come, two at a time: most of it happens in other processes."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.updates.matrix.cells import Cell, Outcome

_AT_ONCE = 2


class Ahead:
    """The outcomes of many cells.

    Args:
        wanted: The cells whose tests will run, in their order.
        make: Makes one.
    """

    def __init__(self, wanted: Iterable[Cell], make: Callable[[Cell], Outcome]) -> None:
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        self._outcomes: dict[str, Future[Outcome]] = {
            cell.name: self._pool.submit(make, cell) for cell in wanted
        }

    def outcome(self, cell: Cell) -> Outcome:
        """The outcome of a cell, once it is there; what went wrong in making it is raised here."""
        return self._outcomes.pop(cell.name).result()

    def stop(self) -> None:
        """Make no more."""
        self._pool.shutdown(cancel_futures=True)
