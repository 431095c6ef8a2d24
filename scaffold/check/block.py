"""The README's block that says what is the author's and what the starter's."""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING

from scaffold import scratch, strangers
from scaffold.check.telling import words
from scaffold.errors import OutsideError, RequestError

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.check.examine import Verdict

START, END = "<!-- own -->", "<!-- /own -->"
_MOST = 5_000_000
_BLOCK = re.compile(rf"{re.escape(START)}.*?{re.escape(END)}", re.DOTALL)
_MINE = re.compile(r"^\*\*Mine:\*\*.*(?:\n(?!\n).*)*", re.MULTILINE)
_FILES = 5


def text(verdict: Verdict) -> str:
    """The block, marks included."""
    own = verdict.own
    against = f"Counted by `scaffold check` against {words.headline(verdict)}"
    said = f"{against}: {words.own(verdict)} are the author's"
    files = (
        [f"`{path}` ({lines})" for path, lines in own.files.items() if path.endswith(".py")]
        if own
        else []
    )
    most = f", most lines in {', '.join(files[:_FILES])}" if files else ""
    return f"{START}\n{said}{most}. The rest is the starter's.\n{END}"


def write(folder: Path, verdict: Verdict) -> bool:
    """Put the block into the README, where its marks are or below the line **Mine:**.

    Returns:
        Whether the README changed.

    Raises:
        RequestError: What is the author's is not known, or there is no README with a place for it.
        OutsideError: It can't be written.
    """
    if verdict.own is None:
        raise RequestError(
            "What the starter gave is not known, so nothing can be counted.",
            "Name where the starter comes from: --source, and --ref where it is no release.",
        )
    path = folder / "README.md"
    try:
        before = strangers.read(path, _MOST).decode("utf-8")
    except (OSError, ValueError):
        raise RequestError(
            f"{path} can't be read as text.", "git checkout HEAD -- README.md"
        ) from None
    block = text(verdict)
    if _BLOCK.search(before):
        after = _BLOCK.sub(lambda _: block, before, count=1)
    elif mine := _MINE.search(before):
        after = f"{before[: mine.end()]}\n\n{block}{before[mine.end() :]}"
    else:
        raise RequestError(
            f"{path} has no place for it.",
            f"Write {START} and {END} where you want it, and run it again.",
        )
    if after == before:
        return False
    try:
        _replace(path, after)
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)  # its file is one that nobody knows
        raise OutsideError(
            f"{path} can't be written: {reason}.", "Let yourself write there, and run it again."
        ) from error
    return True


def _replace(path: Path, text: str) -> None:
    mode = path.stat().st_mode
    if not mode & 0o222:  # to replace a file, its folder's permission is enough
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    with scratch.folder(".scaffold-readme-", path.parent) as place:
        fresh = place / path.name
        fresh.write_text(text, encoding="utf-8", newline="")
        fresh.chmod(mode)
        os.replace(fresh, path)  # noqa: PTH105 - both are on one disk
