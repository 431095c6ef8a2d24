"""Which files of a folder are documents."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from app.corpus.loading import is_document
from app.service.errors import UserError


@dataclass(frozen=True)
class Source:
    """A file that is a document.

    Attributes:
        name: Its path below the folder, with `/` on every system.
        file: Where it is.
    """

    name: str
    file: Path


def walk(folder: Path, exclude: Sequence[str] = ()) -> list[Source]:
    """Returns the documents in a folder and the folders below, sorted by name.

    Left out are hidden files and folders, endings that no loader knows, what a pattern excludes,
    linked folders, and links to files outside. A file whose name is no text can't be named.

    Args:
        folder: Where to look.
        exclude: Patterns as of `fnmatch`, against the path below the folder; `*` matches `/` too.

    Raises:
        UserError: The folder is not there, or holds no document at all.
    """
    remedy = "`folder` below [corpus] in project.toml names it, `exclude` what is left out."
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}.", remedy)
    found = []
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            file = Path(where, name)
            source = file.relative_to(folder).as_posix()
            if (
                is_document(source)
                and not name.startswith(".")
                and not any(fnmatchcase(source, pattern) for pattern in exclude)
                and source.isprintable()
                and _is_within(file, folder)
            ):
                found.append(Source(source, file))
    if not found:
        # More likely a wrong folder, or a disk that is not there, than the wish to forget all.
        raise UserError(f"The folder {folder} holds no document that can be read.", remedy)
    return sorted(found, key=lambda one: one.name)


def _is_within(file: Path, folder: Path) -> bool:
    try:
        return file.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link that leads to itself
        return False
