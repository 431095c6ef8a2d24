"""Whether an update of a repository was killed halfway, found out without git."""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING

from scaffold import strangers

if TYPE_CHECKING:
    from pathlib import Path

PENDING = "pending"
"""What an update that is being carried out lays somewhere below `scaffold` in git's folder."""

_POINTER = "gitdir: "
_POINTER_BYTES = 10_000
_FOLDERS = 1_000


def update_interrupted(folder: Path) -> bool:
    """Whether `folder`, or the repository that it is in, holds half an update."""
    found = git_folder(folder)
    if found is None:
        return False
    walk = os.walk(found / "scaffold")  # follows no link
    return any(PENDING in (*folders, *files) for _, folders, files in islice(walk, _FOLDERS))


def git_folder(folder: Path) -> Path | None:
    """Git's folder of a repository, of a worktree, or of what `folder` lies in.

    Args:
        folder: Anybody's. Nothing that it says is carried out.
    """
    absolute = folder.absolute()
    for place in (absolute, *absolute.parents):
        at = place / ".git"
        if os.path.isdir(at):  # noqa: PTH112 - no error means no folder
            return at
        try:
            said = strangers.read(at, _POINTER_BYTES).decode()
        except (OSError, ValueError):
            continue
        if said.startswith(_POINTER) and "\0" not in said:
            return place / said.removeprefix(_POINTER).rstrip("\r\n")
    return None
