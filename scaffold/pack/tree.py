"""The pack as it stands: `copier.yml` and `templates/`, in a working folder or in a release."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from scaffold.errors import RequestError
from scaffold.pack.plumbing import Entry, Repository, workspace
from scaffold.pack.questionnaire import Questionnaire, read_questionnaire
from scaffold.portable import is_git

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PARTS = ("copier.yml", "templates")
"""What a release holds, and nothing else."""

_GIT = ".git"
_CACHE = re.compile(
    r"(^|/)(__pycache__|\.(hypothesis|mypy_cache|pytest_cache|ruff_cache))/|\.py[co]$|(^|/)\.DS_Store$"
)
"""What tools leave behind: whoever ignores it means to."""


@dataclass(frozen=True)
class PackTree:
    """One state of the pack.

    Attributes:
        entries: Every file, by path.
        empty_folders: Folders without a file; a working folder's only, git has none.
        hidden: Files below `templates/` that a `.gitignore` or git itself leaves out of a commit,
            without caches; a working folder's only.
    """

    entries: Mapping[str, Entry]
    empty_folders: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @cached_property
    def questionnaire(self) -> Questionnaire:
        """What `copier.yml` and the files it includes ask and set.

        Raises:
            RequestError: It is missing, or not YAML.
        """
        return read_questionnaire({path: entry.data for path, entry in self.entries.items()})

    @cached_property
    def templates(self) -> tuple[str, ...]:
        """The template ids: folders of `templates/` that do not start with an underscore."""
        parts = [path.split("/") for path in self.entries]
        ids = {part[1] for part in parts if part[0] == "templates" and len(part) > 2}  # noqa: PLR2004
        return tuple(sorted(name for name in ids if not name.startswith("_")))

    def text(self, path: str) -> str | None:
        """A file's text; None when it is missing or not UTF-8."""
        entry = self.entries.get(path)
        if entry is None:
            return None
        try:
            return entry.data.decode()
        except UnicodeDecodeError:
            return None

    def texts(self) -> Iterable[tuple[str, str]]:
        """Path and text of every text file."""
        for path in self.entries:
            text = self.text(path)
            if text is not None:
                yield path, text

    def mapping(self, path: str) -> dict[str, Any]:
        """A YAML file that holds one mapping; empty when it is missing or anything else."""
        try:
            value = yaml.safe_load(self.text(path) or "")
        except (ValueError, RecursionError, yaml.YAMLError):  # a date such as 2026-13-45
            return {}
        return value if isinstance(value, dict) else {}

    def below(self, folder: str) -> Iterable[str]:
        """The paths below `folder`."""
        return (path for path in self.entries if path.startswith(f"{folder}/"))


def line_of(text: str, needle: str) -> int:
    """The line where `needle` first stands, counted from 1; 0 when nowhere."""
    before, found, _ = text.partition(needle)
    return before.count("\n") + 1 if found else 0


def read_working(root: Path) -> PackTree:
    """Read a working folder as git would commit it: ignored files are no part of it.

    Raises:
        RequestError: `root` holds no pack, or a name that git cannot hold.
        OutsideError: git failed.
    """
    _check_names(root)
    with workspace() as work:
        repository = Repository.create(work / "git", root.resolve())
        tree = snapshot(repository)
        entries = {entry.path: entry for entry in repository.entries(tree)}
        return PackTree(entries, _empty_folders(root), _hidden(repository, root))


def snapshot(repository: Repository) -> str:
    """Write the pack in the repository's work tree as one git tree; give back its id.

    Raises:
        RequestError: There is no pack.
    """
    root = repository.work_tree
    if root is None or not all((root / part).exists() for part in PARTS):
        raise RequestError(
            f"There is no template pack in {root}.",
            "Run this in the folder that holds copier.yml and templates/.",
        )
    repository.run("add", "--all", "--", *PARTS)
    return repository.line("write-tree")


def _empty_folders(root: Path) -> tuple[str, ...]:
    return tuple(
        sorted(
            Path(folder).relative_to(root).as_posix()
            for folder, folders, files in os.walk(root / "templates")
            if not folders and not files
        )
    )


def _check_names(root: Path) -> None:
    """Refuse names that git stumbles over, before it does."""
    for folder, folders, files in os.walk(root / "templates"):
        for name in (*folders, *files):
            path = Path(folder, name).relative_to(root).as_posix()
            try:
                path.encode()
            except UnicodeEncodeError as error:
                shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
                raise RequestError(
                    f"The name of {shown} is not UTF-8.", "Rename it, then try again."
                ) from error
            if is_git(name) and name != _GIT:
                raise RequestError(
                    f"{path} is git's own folder on some systems.", "Rename it, then try again."
                )


def _hidden(repository: Repository, root: Path) -> tuple[str, ...]:
    """What a commit would silently lack: ignored files, and what lies in a `.git` of no use."""
    ignored = repository.paths(
        *("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--", "templates")
    )
    unseen = (
        path.relative_to(root).as_posix()
        for path in (root / "templates").rglob(_GIT)
        if not (path / "HEAD").is_file()  # a repository of its own is told by its mode
    )
    return tuple(sorted({path for path in ignored if not _CACHE.search(path)}.union(unseen)))
