"""What our commits say of themselves, in a trailer: so nothing is ever handed out or pushed twice.

Learners may go on from such a commit, or merge it; it is looked for in all of the history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold import git
from scaffold.cohort import remote

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.cohort.log import Log


def fetched(log: Log, place: str, branch: str, here: Path, key: str) -> dict[str, str]:
    """The marks in the history of a branch: the commit of each.

    Args:
        log: Of the repository.
        place: Where to fetch from.
        branch: Its name; `*` for all of them.
        here: A repository of our own to fetch into; a shallow one is completed.
        key: The trailer's key.

    Raises:
        git.GitFailure: It cannot be fetched.
    """
    deeper = ("--unshallow",) if (here / "shallow").exists() else ()
    fetch = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *deeper)
    wanted = f"+refs/heads/{branch}:refs/heads/{branch}"
    remote.run(log, *fetch, "--", place, wanted, folder=here)
    form = f"--format=%H %(trailers:key={key},valueonly,separator=%x20)"
    words = ("log", "--all", form)
    said = git.run(*git.QUIET, *words, folder=here, seconds=remote.SECONDS, most=remote.MOST_SAID)
    found = {}
    for line in said.splitlines():
        commit, _, mark = line.partition(" ")
        if mark.strip():
            found[mark.strip()] = commit
    return found
