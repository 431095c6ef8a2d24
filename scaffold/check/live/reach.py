"""From a repository, or the reader's word, to the service that is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.live_line import live_link
from scaffold.check.facts.reports import EVALUATION
from scaffold.check.live import addresses, attesting
from scaffold.check.live.asking import Live

if TYPE_CHECKING:
    from scaffold.check.facts.repository import Repository


def reach(repository: Repository, url: str | None) -> Live:
    """Find the address, and what was attested.

    Args:
        repository: Whose README names it.
        url: The reader's own word, which may lead to a private address.
    """
    owner = str(repository.origin.answers.get("github_owner") or "")
    folder = repository.folder.absolute()
    files = [EVALUATION] if EVALUATION in repository.tree else []
    attested, why = attesting.attested(folder, owner, folder.name, files)
    link = live_link(repository.readme)
    named = url or (link.target if link else "")
    if not named:
        return Live(None, "is not named in the README", attested, why)
    try:
        address = addresses.resolve(named, trusted=url is not None)
    except addresses.RefusedError as error:
        return Live(None, f"({named[:100]}) {error}", attested, why)
    return Live(address, "", attested, why)
