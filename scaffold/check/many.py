"""Many repositories, in as many processes as there are processors."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import side_by_side
from scaffold.addresses import fetchable
from scaffold.check import examine, fetching
from scaffold.check.config import Choice
from scaffold.check.examine import Online, Verdict
from scaffold.check.facts.given import Starters, Wanted
from scaffold.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


@dataclass(frozen=True)
class Request:
    """What is asked of each repository; it travels between processes."""

    chosen: Choice = field(default_factory=Choice)
    wanted: Wanted = field(default_factory=Wanted)
    online: Online | None = None


def look(names: Sequence[str], request: Request) -> Iterator[tuple[int, Verdict]]:
    """Look at folders and git URLs; each comes with its place in `names`, as it is done."""
    yield from side_by_side.look(names, _Look(request), _died)


@dataclass(frozen=True)
class _Look:
    """What one process looks with."""

    request: Request

    @contextmanager
    def open(self) -> Iterator[Callable[[str], Verdict]]:
        """Releases are opened once, and closed at the end."""
        with Starters(self.request.wanted) as starters:
            yield lambda name: _one(name, starters, self.request)


def _died(name: str) -> Verdict:
    trouble = f"{name} was not looked at: its process was ended."
    return Verdict(name, (trouble, "Memory may be short; look at fewer at once."), code=3)


def _one(name: str, starters: Starters, request: Request) -> Verdict:
    """One repository; what is wrong with it must not stop the others."""
    try:
        url = fetchable(name)
        if url is not None:
            with fetching.fetched(url) as folder:
                found = examine.look(folder, starters, request.chosen, request.online, name)
                problem, remedy = found.trouble
                return replace(found, trouble=(problem.replace(str(folder), name), remedy))
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
