"""A repository without a lock: it gets that of the versions which its release was tested with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold import lock as locking
from scaffold import scratch, unbuilt
from scaffold.lock import CONSTRAINTS, LOCK, PYPROJECT
from scaffold.update.files import File, look
from scaffold.update.proposal import README, Proposal
from scaffold.update.relock import Relocked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scaffold.project import Origin
    from scaffold.update.repository import Index, Repository


def propose(
    origin: Origin,
    read: tuple[Repository, Index],
    *,
    ours: bool,
    step: Callable[[str], None],
) -> Proposal:
    """Make the lock of the tested versions, away from the repository.

    Args:
        origin: What the repository is.
        read: The git repository, and its index.
        ours: Whether its templates are those of this package; of others nothing is built.
        step: Is told that uv is at work.
    """
    repository, index = read
    step("Locking the tested versions")
    return Proposal(
        origin=origin,
        to=origin.version,
        repository=repository,
        index=index,
        outcomes=(),
        notes=(),
        advice=(),
        asked=(),
        lock=_locked(origin.folder, ours=ours),
    )


def _locked(folder: Path, *, ours: bool) -> Relocked:
    with scratch.folder("scaffold-lock-") as work:
        for name in (PYPROJECT, CONSTRAINTS, README):
            found = look(folder, name)
            if isinstance(found, File):
                (work / name).write_bytes(found.data)
        done = (locking if ours else unbuilt).lock(work)
        if not done.done:
            return Relocked("missing", reason=done.reason)
        return Relocked("made", (work / LOCK).read_bytes())
