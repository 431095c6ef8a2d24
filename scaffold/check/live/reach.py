"""From a repository, or the reader's word, to the service that is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.history import git_folders
from scaffold.check.facts.live_line import live_link
from scaffold.check.facts.reports import EVALUATION
from scaffold.check.live import addresses, attesting, remote
from scaffold.check.live.asking import Live

if TYPE_CHECKING:
    from scaffold.check.facts.repository import Repository


def reach(repository: Repository, url: str | None) -> Live:
    """Find the address, and what was attested.

    Args:
        repository: Whose README names it.
        url: The reader's own word, which may lead to a private address.
    """
    folder = repository.folder.absolute()
    files = [EVALUATION] if EVALUATION in repository.tree else []
    found = git_folders(folder)
    whose = remote.on_github(remote.origin(found[1] if found else None))
    if whose is None:
        attested, why = frozenset[str](), attesting.NO_REMOTE
    else:
        attested, why = attesting.attested(folder, *whose, files)
    link = live_link(repository.readme)
    named = url or (link.target if link else "")
    if not named:
        return Live(None, "is not named in the README", attested, why)
    try:
        address = addresses.resolve(named, trusted=url is not None)
    except addresses.RefusedError as error:
        return Live(None, f"({named[:100]}) {error}", attested, why)
    return Live(address, "", attested, why)
