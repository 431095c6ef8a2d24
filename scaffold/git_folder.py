"""Where git keeps the history of a folder, found out without git: it may be anybody's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scaffold import strangers

if TYPE_CHECKING:
    from pathlib import Path

_POINTER = "gitdir: "
_POINTER_BYTES = 10_000


def find(folder: Path) -> Path | None:
    """Git's folder of a repository, of a worktree, or of what `folder` lies in.

    Args:
        folder: Nothing that it says is carried out.
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
