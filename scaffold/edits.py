"""What its owner did to the files that a starter gave."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import strangers
from scaffold.membership import PYPROJECT, without_class

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Edits:
    """Paths with `/`, sorted.

    Attributes:
        edited: Files that differ from what was given, and what now stands in their place.
        deleted: Files of which nothing is left.
    """

    edited: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


def find(folder: Path, given: Mapping[str, bytes]) -> Edits:
    """Compare a repository with what it was given; another system's line ends are no edit.

    No link is followed, and nothing is read that is too large to be the same.

    Args:
        folder: The repository, which anybody may have written.
        given: Every file that it was given.
    """
    top = os.fspath(folder)
    links: dict[str, bool] = {"": False}
    edited, deleted = [], []
    for path in sorted(given):
        if _below_link(top, path, links):
            edited.append(path)
            continue
        ours = given[path]
        place = os.path.join(top, path)  # noqa: PTH118 - 150 files in each of 300 repositories
        try:
            theirs = strangers.read(place, 2 * len(ours))  # every byte may be a line end
        except (FileNotFoundError, NotADirectoryError):
            deleted.append(path)
        except (OSError, strangers.RefusedError):  # a folder now, or a link, or far larger
            edited.append(path)
        else:
            if ours != theirs and not _same(path, ours, theirs.replace(b"\r\n", b"\n")):
                edited.append(path)
    return Edits(tuple(edited), tuple(deleted))


def _same(path: str, ours: bytes, theirs: bytes) -> bool:
    """Whether a file is what was given; the class that it was handed out in is nobody's edit."""
    return ours == theirs or (path == PYPROJECT and ours == without_class(theirs))


def _below_link(top: str, path: str, links: dict[str, bool]) -> bool:
    """Whether a folder between the repository and one of its files is a link.

    Args:
        top: The repository.
        path: The file, relative to it.
        links: What is known of its folders already; more is added.
    """
    above = path.rpartition("/")[0]
    if above not in links:
        place = os.path.join(top, above)  # noqa: PTH118
        links[above] = _below_link(top, above, links) or os.path.islink(place)  # noqa: PTH114
    return links[above]
