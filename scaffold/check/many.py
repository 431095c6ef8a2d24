"""Many repositories, in as many processes as there are processors."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.check import examine, fetching
from scaffold.check.config import Choice
from scaffold.check.examine import Online, Verdict
from scaffold.check.facts.given import Starters, Wanted
from scaffold.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FEW = 6
"""Up to so many are looked at in this process: another one takes a second to begin."""


@dataclass(frozen=True)
class Request:
    """What is asked of each repository; it travels between processes."""

    chosen: Choice = field(default_factory=Choice)
    wanted: Wanted = field(default_factory=Wanted)
    online: Online | None = None


def look(names: Sequence[str], request: Request) -> Iterator[tuple[int, Verdict]]:
    """Look at folders and git URLs; each comes with its place in `names`, as it is done."""
    workers = min(os.cpu_count() or 1, len(names))
    if len(names) <= FEW or workers == 1:
        with Starters(request.wanted) as starters:
            for place, name in enumerate(names):
                yield place, _one(name, starters, request)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool

    # Not forked: copier and git of the parent have threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin, (request,)) as pool:
        waiting = {pool.submit(_in_worker, name): place for place, name in enumerate(names)}
        try:
            for done in as_completed(waiting):
                place = waiting[done]
                try:
                    yield place, done.result()
                except BrokenProcessPool:
                    trouble = f"{names[place]} was not looked at: its process was ended."
                    todo = "Memory may be short; look at fewer at once."
                    yield place, Verdict(names[place], (trouble, todo), code=3)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_worker: list[tuple[Starters, Request]] = []


def _begin(request: Request) -> None:
    _worker.append((Starters(request.wanted), request))


def _in_worker(name: str) -> Verdict:
    starters, request = _worker[0]
    return _one(name, starters, request)


def _one(name: str, starters: Starters, request: Request) -> Verdict:
    """One repository; what is wrong with it must not stop the others."""
    try:
        if fetching.is_url(name):
            with fetching.fetched(name) as folder:
                return examine.look(folder, starters, request.chosen, request.online, name)
        folder = Path(name).expanduser()
        return examine.look(folder, starters, request.chosen, request.online, name)
    except ScaffoldError as error:
        return Verdict(name, (error.problem, error.remedy), code=error.exit_code)
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        return Verdict(name, (f"{name} can't be read: {reason}.", "Look at it with ls."))
    except Exception as error:
        if os.environ.get("SCAFFOLD_TRACEBACK"):
            raise
        trouble = f"{name} makes scaffold fail: {type(error).__name__}: {error}".replace("\n", " ")
        todo = "That is a bug in scaffold; please report it. SCAFFOLD_TRACEBACK=1 shows everything."
        return Verdict(name, (trouble[:300], todo), code=3)
