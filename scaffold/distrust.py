"""What rendering a stranger's templates must neither see nor write.

copier's sandbox stops templates from running code. Two ways round it are closed here: filters that
read the environment (a token would end up in a public repository), and a rendered `.git`, whose
configuration git would obey at the first commit.
"""

from __future__ import annotations

import os
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scaffold.errors import UnsafePackError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NEEDED = {"PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LANG", "TERM"}
_OF_GIT = ("GIT_CONFIG", "GIT_SSH", "GIT_SSL", "GIT_TERMINAL", "SSH_", "COPIER_", "SSL_")
_OF_GIT_TOO = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")
MACHINE_FILTERS = ("expanduser", "expandvars", "fileglob", "realpath", "relpath")
"""Filters of copier's standard set that tell something about this machine."""


@contextmanager
def bare_environment(*, with_git: bool) -> Iterator[None]:
    """Hide every environment variable that rendering does not need.

    Args:
        with_git: Whether git is run meanwhile, which may need proxies and its own settings.
    """
    before = dict(os.environ)
    for name in before:
        of_git = name.startswith(_OF_GIT) or name.upper() in _OF_GIT_TOO
        if name not in _NEEDED and not name.startswith("LC_") and not (with_git and of_git):
            del os.environ[name]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def refuse_git_folder(rendered: Path) -> None:
    """Refuse a rendered tree that brings a `.git` of its own, in any spelling a disk may take.

    Raises:
        UnsafePackError: It does.
    """
    for _, folders, files in os.walk(rendered):
        if any(map(is_git_name, [*folders, *files])):
            raise UnsafePackError


def is_git_name(name: str) -> bool:
    """Whether some file system takes this name for `.git`: by case, Windows' habits, or Apple's."""
    plain = "".join(mark for mark in name if unicodedata.category(mark) != "Cf")
    return plain.rstrip(". ").partition(":")[0].casefold() in {".git", "git~1"}
