"""Many clones, in as many processes as there are processors."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scaffold.cohort.clone import Reader, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.cohort.clone import Question
    from scaffold.source import Source

FEW = 6
"""Up to so many are looked at in this process: another one takes a second to begin."""


def look(questions: Sequence[Question], source: Source | None) -> Iterator[tuple[int, Seen]]:
    """Look at clones; what each shows comes with its place in `questions`, as it is done.

    Args:
        questions: One for each clone.
        source: The class's templates, on this disk; None for the embedded ones alone.
    """
    workers = min(os.cpu_count() or 1, len(questions))
    if len(questions) <= FEW or workers == 1:
        reader = Reader(source)
        try:
            for place, one in enumerate(questions):
                yield place, reader.look(one)
        finally:
            reader.close()
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool

    # Not forked: copier and git of the parent have threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin, (source,)) as pool:
        waiting = {pool.submit(_in_worker, one): place for place, one in enumerate(questions)}
        try:
            for done in as_completed(waiting):
                try:
                    yield waiting[done], done.result()
                except BrokenProcessPool:
                    trouble = "Its process was ended before it was looked at."
                    todo = "Memory may be short; report on fewer at once with --only."
                    yield waiting[done], Seen(trouble=(trouble, todo))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_worker: list[Reader] = []


def _begin(source: Source | None) -> None:
    from multiprocessing.util import Finalize

    reader = Reader(source)
    _worker.append(reader)
    Finalize(None, reader.close, exitpriority=10)


def _in_worker(asked: Question) -> Seen:
    return _worker[0].look(asked)
