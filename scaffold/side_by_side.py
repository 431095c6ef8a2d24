"""The same look at many things, in as many processes as there are processors."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

FEW = 6
"""Up to so many are looked at in this process: another one takes a second to begin."""
Item = TypeVar("Item")
Result = TypeVar("Result")
Item_contra = TypeVar("Item_contra", contravariant=True)
Result_co = TypeVar("Result_co", covariant=True)


class Work(Protocol[Item_contra, Result_co]):
    """What looks. It travels to the processes, so it can be pickled."""

    def open(self) -> AbstractContextManager[Callable[[Item_contra], Result_co]]:
        """What one process looks with at one thing after another, until it ends."""
        ...


def look(
    items: Sequence[Item], work: Work[Item, Result], died: Callable[[Item], Result]
) -> Iterator[tuple[int, Result]]:
    """Look at all; each result comes with its place in `items`, as it is done.

    Args:
        items: They can be pickled, and so can the results.
        work: How.
        died: The result for an item whose process was ended.
    """
    workers = min(os.cpu_count() or 1, len(items))
    if len(items) <= FEW or workers == 1:
        with work.open() as one:
            for place, item in enumerate(items):
                yield place, one(item)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool

    # Not forked: copier and git of the parent have threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin, (work,)) as pool:
        waiting = {pool.submit(_in_worker, item): place for place, item in enumerate(items)}
        try:
            for done in as_completed(waiting):
                place = waiting[done]
                try:
                    yield place, done.result()
                except BrokenProcessPool:
                    yield place, died(items[place])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_worker: list[Callable[[Any], Any]] = []


def _begin(work: Work[Any, Any]) -> None:
    from multiprocessing.util import Finalize

    opened = ExitStack()
    _worker.append(opened.enter_context(work.open()))
    Finalize(None, opened.close, exitpriority=10)


def _in_worker(item: Any) -> Any:
    return _worker[0](item)
