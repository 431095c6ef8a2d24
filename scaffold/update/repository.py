"""The git repository around a generated repository: its index, its place, and what it is in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scaffold import git
from scaffold.errors import OutsideError, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_UNDER_WAY = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
}
_NAMED = 3


class Entry(NamedTuple):
    """What git's index says of one path.

    Attributes:
        mode: `100644`, `100755`, `120000` (link) or `160000` (submodule).
        blob: Id of the content.
        stage: 0, or 1 to 3 in a conflict: what was common, ours, theirs.
    """

    mode: str
    blob: str
    stage: int = 0


Index = dict[str, tuple[Entry, ...]]
"""The entries of each path below a repository, by path."""


@dataclass(frozen=True)
class Repository:
    """A generated repository, and the git directory that holds its history.

    Attributes:
        folder: Where it lies: the work tree, or a folder in it.
        git_dir: Of this work tree.
        prefix: Path of `folder` in the work tree: empty, or with a `/` at its end.
        head: The commit that is checked out.
        hidden: Paths that git was told to leave alone (`--assume-unchanged`).
    """

    folder: Path
    git_dir: Path
    prefix: str
    head: str
    hidden: frozenset[str] = frozenset()

    def git(
        self, *words: str | Path, stdin: str = "", extra: Mapping[str, str] | None = None
    ) -> str:
        """Run one git command in the folder, without hooks.

        Raises:
            git.GitFailure: It failed.
        """
        return git.run(*git.QUIET, *words, folder=self.folder, stdin=stdin, extra=extra)

    def index(self, file: Path | None = None) -> Index:
        """The index: the repository's own, or another file of that kind."""
        extra = {"GIT_INDEX_FILE": os.fspath(file)} if file else None
        return read_entries(self.git("ls-files", "--stage", "-z", extra=extra))

    def set_entries(self, entries: Mapping[str, Iterable[Entry]], extra: Mapping[str, str]) -> None:
        """Make paths hold just these entries, in an index that is not the repository's own.

        Args:
            entries: By path from the top of the work tree; without any, a path goes.
            extra: Environment that names the index.
        """
        nothing = "0" * len(self.head)
        rows = [
            row
            for path, held in entries.items()
            for row in (
                f"0 {nothing}\t{path}\0",
                *(f"{one.mode} {one.blob} {one.stage}\t{path}\0" for one in held),
            )
        ]
        if rows:
            self.git("update-index", "-z", "--index-info", stdin="".join(rows), extra=extra)

    def knows_modes(self) -> bool:
        """Whether the executable bit of a file here says anything (`core.fileMode`)."""
        words = ("config", "--type=bool", "--default=true", "core.fileMode")
        return self.git(*words).strip() == "true"

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of some paths that `.gitignore` leaves out."""
        asked = "".join(f"{path}\0" for path in paths)
        if not asked:
            return frozenset()
        try:
            said = self.git("check-ignore", "-z", "--stdin", stdin=asked)
        except git.GitFailure as error:
            if error.status == 1:  # none of them
                return frozenset()
            raise
        return frozenset(filter(None, said.split("\0")))


def read_entries(listing: str) -> Index:
    """Read what `git ls-files --stage -z` prints, with or without its tags."""
    found: dict[str, list[Entry]] = {}
    for row in filter(None, listing.split("\0")):
        facts, _, path = row.partition("\t")
        mode, blob, stage = facts.split(" ")[-3:]
        found.setdefault(path, []).append(Entry(mode, blob, int(stage)))
    return {path: tuple(entries) for path, entries in found.items()}


def open_repository(folder: Path) -> Repository:
    """Ask git about a generated repository.

    Raises:
        RequestError: It is in no git repository, or has no commit.
        OutsideError: git is missing, or refuses to work there.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - links in it stay
    try:
        words = ("rev-parse", "--absolute-git-dir", "--show-prefix")
        git_dir, prefix = git.run(*words, folder=folder).split("\n")[:2]
    except git.GitFailure as error:
        if "not a git repository" in error.message:
            raise RequestError(
                f"{folder} is not in a git repository, so no update could be taken back.",
                'Make one: git init, git add --all, git commit -m "Start".',
            ) from error
        raise OutsideError(
            f"git does not work in {folder}: {error}.", "Mend that and run it again."
        ) from error
    try:
        head = git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", folder=folder).strip()
    except git.GitFailure as error:
        raise RequestError(
            f"{folder} has no commit yet, so no update could be taken back.",
            'Commit first: git add --all, git commit -m "Start".',
        ) from error
    return Repository(folder, Path(git_dir), prefix, head)


def ready(repository: Repository) -> tuple[Repository, Index]:
    """Refuse a repository in which an update would mix with other work; read its index.

    Raises:
        RequestError: Tracked files are changed, there are conflicts, or git is in the middle of
            something.
    """
    read = readable(repository)
    changed = uncommitted(repository)
    if changed:
        raise RequestError(
            f"There are changes that are not committed: {listed(changed)}.",
            "Commit them, or put them aside: git stash",
        )
    return read


def readable(repository: Repository) -> tuple[Repository, Index]:
    """Refuse a repository of which no update can be worked out; read its index.

    Raises:
        RequestError: There are conflicts, or git is in the middle of something.
    """
    for name, work in _UNDER_WAY.items():
        if (repository.git_dir / name).exists():
            raise RequestError(
                f"git is in the middle of a {work}.", f"Finish it, or stop it: git {work} --abort"
            )
    listing = repository.git("ls-files", "--stage", "-v", "-z")
    index = read_entries(listing)
    if not index:
        raise RequestError(
            f"Nothing of {repository.folder} is committed.",
            'Commit it first: git add --all, git commit -m "Start".',
        )
    refuse_conflicts(index)
    hidden = []
    for row in filter(None, listing.split("\0")):
        if row.startswith("S "):
            raise RequestError(
                "This is a sparse checkout: files that an update may change are not here.",
                "Bring them: git sparse-checkout disable",
            )
        if row[0].islower():
            hidden.append(row.partition("\t")[2])
    return (
        Repository(
            repository.folder,
            repository.git_dir,
            repository.prefix,
            repository.head,
            frozenset(hidden),
        ),
        index,
    )


def refuse_conflicts(index: Index) -> None:
    """Refuse a repository that has conflicts.

    Raises:
        RequestError: It has.
    """
    torn = [path for path, entries in index.items() if any(one.stage for one in entries)]
    if torn:
        raise RequestError(
            f"Conflicts are not resolved yet: {listed(torn)}.",
            "Resolve them, then: scaffold update --finish",
        )


def uncommitted(repository: Repository) -> list[str]:
    """The tracked files of a repository that differ from what is committed."""
    said = repository.git(
        "--no-optional-locks",  # nothing is written, not even that a file was found unchanged
        *("status", "--porcelain", "-z", "--untracked-files=no", "--no-renames"),
        *("--ignore-submodules=all", "--", "."),
    )
    return [row[3:].removeprefix(repository.prefix) for row in said.split("\0") if row]


def listed(paths: Sequence[str]) -> str:
    """The first of some paths, and how many more there are."""
    left = len(paths) - _NAMED
    return ", ".join(paths[:_NAMED]) + (f" and {left} more" if left > 0 else "")
