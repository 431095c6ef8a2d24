"""Commands that end, fail or are interrupted at their n-th operation on a repository.

Python itself tells of every operation just before it happens (`sys.addaudithook`), whoever carries
it out: so none is forgotten when the engine changes. Only the writing to an open file is not told
of; its `fsync` is patched, and what lies between is a draft that nobody reads.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

KILLED = 9
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_PATHS = {
    "os.rename": 2,
    "os.remove": 1,
    "os.link": 2,
    "os.symlink": 2,
    "os.mkdir": 1,
    "os.rmdir": 1,
    "os.chmod": 1,
    "os.truncate": 1,
    "shutil.copyfile": 2,
}
"""Operations that change a disk, and how many paths each names."""

GIT, FSYNC, OPEN = "git", "fsync", "open"
How = Literal["die", "fail", "interrupt"]


class Watch:
    """Counts the operations of this process below some folders, and stops it at one of them.

    Args:
        folders: Work tree and git directory.
        number: The operation, from 1, before which something happens; 0 for none.
        matching: Count only operations of which this expression finds something in `event what`.
        how: What happens: the process ends as by SIGKILL, the disk is full, or Ctrl-C was pressed.
        log: A file that gets a line for each operation.
    """

    def __init__(
        self,
        *folders: Path,
        number: int = 0,
        matching: str = "",
        how: How = "die",
        log: Path | None = None,
    ) -> None:
        self._folders = tuple(f"{os.fspath(folder)}/" for folder in folders)
        self._number = number
        self._matching = re.compile(matching)
        self._how = how
        self._log = log
        self._count = 0
        self._busy = False

    def install(self) -> None:
        """Begin to watch this process, for good: a fork's first act."""
        sync = os.fsync

        def fsync(stream: Any) -> None:
            number = stream if isinstance(stream, int) else stream.fileno()
            self._below(FSYNC, _opened(number))
            sync(stream)

        os.fsync = fsync
        sys.addaudithook(self._hear)

    def _hear(self, event: str, words: tuple[Any, ...]) -> None:
        if self._busy:
            return
        if event == "subprocess.Popen":
            self._operation(GIT, " ".join(map(os.fsdecode, words[1])))
        elif event == "open":
            path, _, flags = words
            if isinstance(path, str | bytes | os.PathLike) and flags & _WRITING:
                self._below(OPEN, os.fsdecode(path))
        elif event in _PATHS:
            named = _PATHS[event]
            folder = words[named] if event in {"os.remove", "os.rmdir"} else -1
            paths = [_absolute(word, folder) for word in words[:named] if not isinstance(word, int)]
            self._below(event, *paths)

    def _below(self, event: str, *paths: str) -> None:
        if any(path.startswith(self._folders) for path in paths):
            self._operation(event, " ".join(paths))

    def _operation(self, event: str, what: str) -> None:
        if self._busy or not self._matching.search(f"{event} {what}"):
            return
        self._busy = True
        try:
            self._count += 1
            if self._log is not None:
                told = what.replace("\n", " ")
                with self._log.open("a", encoding="utf-8", errors="replace") as log:
                    log.write(f"{event}\t{told}\n")
            if self._count == self._number:
                self._stop(event, what)
        finally:
            self._busy = False

    def _stop(self, event: str, what: str) -> None:
        if self._how == "die":
            os.write(2, f"killed before {event} {what}\n".encode("utf-8", "replace"))
            os._exit(KILLED)
        if self._how == "interrupt" and signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
            raise KeyboardInterrupt
        if self._how == "fail" and event not in {GIT, "os.remove", "os.rmdir"}:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), what)


def _absolute(path: Any, folder: int) -> str:
    name = os.fsdecode(path)
    if folder < 0 or name.startswith("/"):
        return name
    return f"{_opened(folder)}/{name}"


def _opened(number: int) -> str:
    """Path of a file or folder that this process has open."""
    return os.readlink(f"/proc/self/fd/{number}")  # noqa: PTH115


def operations(log: Path) -> list[tuple[str, str]]:
    """What a watch has written: each operation and what it was about."""
    lines = log.read_text(encoding="utf-8").splitlines()
    return [(event, what) for event, _, what in (line.partition("\t") for line in lines)]
