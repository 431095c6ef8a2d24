"""Which files of a folder are documents."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from app.corpus.loading import is_document
from app.service.errors import UserError

REMEDY = "`folder` below [corpus] in project.toml names it, `exclude` what is left out."


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
    linked folders, links to files outside or to none, and files whose name is no text.

    Args:
        folder: Where to look.
        exclude: Patterns as of `fnmatch`, against the path below the folder; `*` matches `/` too.

    Raises:
        UserError: The folder is not there, holds no document at all, or one below can't be opened:
            what is in it is not gone.
    """
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}.", REMEDY)
    found = [source for source, why in _files(folder, exclude) if not why]
    if not found:
        # More likely a wrong folder, or a disk that is not there, than the wish to forget all.
        raise UserError(f"The folder {folder} holds no document that can be read.", REMEDY)
    return sorted(found, key=lambda one: one.name)


def left_out(folder: Path, exclude: Sequence[str] = ()) -> Mapping[str, int]:
    """Returns why files that `walk` left out are no documents, and how many; hidden ones not.

    Args:
        folder: As of `walk`.
        exclude: As of `walk`.
    """
    return Counter(why for _, why in _files(folder, exclude) if why)


def _files(folder: Path, exclude: Sequence[str]) -> Iterator[tuple[Source, str]]:
    """Yields each file that is not hidden, and why it is left out; empty for a document."""

    def failed(error: OSError) -> None:
        name = Path(error.filename).relative_to(folder).as_posix()
        if not _matches(f"{name}/", exclude):
            problem = f"The folder {error.filename} can't be opened: {error.strerror}."
            way_out = f', or leave it out: exclude = ["{name}/*"] below [corpus]'
            remedy = f"Let this user read it{way_out if name != '.' else ''}."
            raise UserError(problem, remedy) from error

    for where, folders, files in os.walk(folder, onerror=failed):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith("."):
                file = Path(where, name)
                source = Source(file.relative_to(folder).as_posix(), file)
                yield source, _why_not(source, folder, exclude)


def _why_not(source: Source, folder: Path, exclude: Sequence[str]) -> str:
    if _matches(source.name, exclude):
        return "excluded"
    if not source.name.isprintable():
        return "with a name that can't be shown"
    if not is_document(source.name):
        return PurePosixPath(source.name).suffix.lower() or "without an ending"
    return "" if _is_within(source.file, folder) else "linked from outside"


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _is_within(file: Path, folder: Path) -> bool:
    try:
        return file.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link that leads nowhere, or to itself
        return False
