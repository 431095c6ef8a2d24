"""From a repository, or the reader's word, to the service that is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.history import git_folders
from scaffold.check.facts.live_line import live_link
from scaffold.check.facts.reports import EVALUATION
from scaffold.check.live import attesting, knocking, remote
from scaffold.check.live.asking import Live

if TYPE_CHECKING:
    from scaffold.check.examine import Online
    from scaffold.check.facts.repository import Repository


def reach(repository: Repository, online: Online) -> Live:
    """Find the address, and what was attested.

    Args:
        repository: Whose README names it.
        online: What may be asked.
    """
    folder = repository.folder.absolute()
    files = [EVALUATION] if EVALUATION in repository.tree else []
    found = git_folders(folder)
    whose = remote.on_github(remote.origin(found[1] if found else None))
    if whose is None:
        attested, why = frozenset[str](), attesting.NO_REMOTE
    else:
        attested, why = attesting.attested(folder, *whose, files)
    door = online.door
    if door is None:
        link = live_link(repository.readme)
        named = online.url or (link.target if link else "")
        door = knocking.at(named, trusted=online.url is not None)
    return Live(door.address, door.refused, door.unready, attested, why)
