"""The files of a repository that anybody may have written: bounded, and through no link."""

from __future__ import annotations

import os
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from scaffold import strangers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_FILES = 20_000
"""Folders among them."""
DEEPEST = 24
MOST_BYTES = 5_000_000
"""Of a file that is read; larger ones are known by name and size."""
MOST_DATA_BYTES = 30_000_000
MOST_BYTES_IN_ALL = 200_000_000
MOST_TEXT_BYTES = 6_000_000
"""Of everything that is parsed; the largest starter has one."""
_NOT_OURS = {
    *(".git", ".venv", "venv", "env", "node_modules", "__pycache__", ".mypy_cache", "var"),
    *(".pytest_cache", ".ruff_cache", ".hypothesis", ".tox", "htmlcov", ".idea", ".vscode"),
}


class Tree:
    """The files below a folder.

    Attributes:
        sizes: Bytes of each regular file by its path with `/`, sorted.
        links: Paths that are links, which are not followed.
        cut: Why not everything is in `sizes`; empty when it is.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cut = ""
        self.links: tuple[str, ...] = ()
        links: list[str] = []
        self.sizes = dict(sorted(self._walk(os.fspath(root), links)))
        self.links = tuple(sorted(links))
        self._read: dict[str, bytes | None] = {}
        self._left = MOST_BYTES_IN_ALL
        self._texts: dict[str, str | None] = {}
        self._text_left = MOST_TEXT_BYTES

    def _walk(self, top: str, links: list[str]) -> Iterator[tuple[str, int]]:
        waiting = [("", 0)]
        found = 0
        while waiting:
            folder, depth = waiting.pop()
            try:
                here = os.scandir(os.path.join(top, folder))  # noqa: PTH118 - 300 times 200
                entries = list(islice(here, MOST_FILES))
            except OSError:
                self.cut = f"{folder or 'the folder'} cannot be read"
                continue
            for entry in entries:
                found += 1
                if found > MOST_FILES:
                    self.cut = f"there are more than {MOST_FILES:,} files and folders"
                    return
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_symlink():
                    links.append(path)
                elif entry.is_dir(follow_symlinks=False):
                    if entry.name in _NOT_OURS:
                        continue
                    if depth >= DEEPEST:
                        self.cut = f"folders are nested more than {DEEPEST} deep"
                    else:
                        waiting.append((path, depth + 1))
                elif entry.is_file(follow_symlinks=False):
                    yield path, entry.stat(follow_symlinks=False).st_size

    def __contains__(self, path: str) -> bool:
        return path in self.sizes

    def below(self, folder: str, ending: str = "") -> list[str]:
        """Paths below a folder, in order."""
        start = f"{folder}/" if folder else ""
        return [path for path in self.sizes if path.startswith(start) and path.endswith(ending)]

    @cached_property
    def _folders(self) -> set[str]:
        found: set[str] = set()
        for path in self.sizes:
            above = path.rpartition("/")[0]
            while above and above not in found:
                found.add(above)
                above = above.rpartition("/")[0]
        return found

    def has_folder(self, folder: str) -> bool:
        """Whether files lie below a folder."""
        return folder.rstrip("/") in self._folders

    def read(self, path: str, most: int = MOST_BYTES) -> bytes | None:
        """A file's content; None where it is not there, is too large, or a link."""
        if path not in self._read or self._read[path] is None:
            self._read[path] = self._content(path, most)
        return self._read[path]

    def data(self, path: str) -> bytes | None:
        """The content of a file of data, which may be larger."""
        return self.read(path, MOST_DATA_BYTES)

    def _content(self, path: str, most: int) -> bytes | None:
        size = self.sizes.get(path)
        if size is None or size > min(most, self._left):
            return None
        try:
            content = strangers.read(self.root.joinpath(*path.split("/")), most)
        except (OSError, ValueError):
            return None
        self._left -= len(content)
        return content

    def text(self, path: str) -> str | None:
        """A file's text with plain line ends; None where there is none, or no UTF-8."""
        if path not in self._texts:
            self._texts[path] = self._text(path)
        return self._texts[path]

    def _text(self, path: str) -> str | None:
        content = self.read(path)
        if content is None:
            return None
        if len(content) > self._text_left:
            self.cut = f"there is more than {MOST_TEXT_BYTES // 1_000_000} MB of text"
            return None
        self._text_left -= len(content)
        try:
            return content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            return None
