"""What git says of a repository, taken before and after an update."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.updates.matrix.tree import Tree, empty_folders, read_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Names in the git directory that say that something was begun and not ended.
_BEGUN = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply")
_OWN_REFS = "refs/worktree/scaffold/"
BEFORE_UPDATE = f"{_OWN_REFS}before-update"

#: Path -> stage (0, or 1 to 3 of a conflict) -> (mode, object id).
Stages = dict[str, dict[int, tuple[str, str]]]


@dataclass(frozen=True)
class Facts:
    """A repository as it stands.

    Attributes:
        tree: All files below the project, ignored ones too.
        empty: Folders without anything in them.
        head: The branch, or `detached`; and the commit, empty before the first one.
        refs: Every reference but those that scaffold keeps.
        saved: Those that scaffold keeps.
        stages: The index, below the project.
        elsewhere: Index and status of a bigger repository, outside the project.
        unstaged: Paths that differ from the index.
        untracked: Paths that git does not know, ignored ones too.
        begun: What git or scaffold left in the git directory unfinished: locks, a merge, a journal.
        outside: Files in watched folders that are no part of the project.
    """

    tree: Tree
    empty: frozenset[str]
    head: tuple[str, str]
    refs: str
    saved: Mapping[str, str]
    stages: Stages
    elsewhere: str
    unstaged: frozenset[str]
    untracked: frozenset[str]
    begun: tuple[str, ...]
    outside: Tree = field(default_factory=dict)

    @property
    def unmerged(self) -> frozenset[str]:
        """Paths with a conflict in the index."""
        return frozenset(path for path, stages in self.stages.items() if set(stages) != {0})


@dataclass(frozen=True)
class Git:
    """git in one folder, with settings of nobody's."""

    folder: Path
    environment: Mapping[str, str]

    def __call__(self, *words: str, check: bool = True, stdin: bytes | None = None) -> str:
        """Run git; what it printed, as text.

        Raises:
            AssertionError: git refused, and `check` was asked for.
        """
        done = subprocess.run(
            ["git", "-c", "core.quotePath=false", *words],
            cwd=self.folder,
            env={**self.environment, "GIT_OPTIONAL_LOCKS": "0"},
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            check=False,
        )
        if check and done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace")
            raise AssertionError(f"git {' '.join(words)} failed in {self.folder}:\n{said}")
        return done.stdout.decode("utf-8", "surrogateescape")

    def names(self, *words: str) -> frozenset[str]:
        """Run git with `-z`; the names it printed."""
        return frozenset(name for name in self(*words, "-z").split("\0") if name)

    def directory(self) -> Path:
        """The git directory of this working tree."""
        return (self.folder / self("rev-parse", "--git-dir").strip()).resolve()


def take(project: Path, environment: Mapping[str, str], outside: list[Path]) -> Facts:
    """Look at a repository without changing it.

    Args:
        project: The generated repository, perhaps a folder of a bigger one.
        environment: For git.
        outside: Folders beside it in which nothing may change.
    """
    git = Git(project, environment)
    listed = git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    named = {name: one for name, _, one in (line.partition(" ") for line in listed)}
    watched: Tree = {}
    for folder in outside:
        found = read_tree(folder)
        inside = project.relative_to(folder).as_posix() if project.is_relative_to(folder) else None
        watched |= {
            f"{folder.name}/{path}": entry
            for path, entry in found.items()
            if inside is None or not path.startswith(f"{inside}/")
        }
    return Facts(
        tree=read_tree(project),
        empty=frozenset(empty_folders(project)),
        head=(
            git("symbolic-ref", "--quiet", "HEAD", check=False).strip() or "detached",
            git("rev-parse", "--quiet", "--verify", "HEAD", check=False).strip(),
        ),
        refs=str({name: one for name, one in named.items() if not name.startswith(_OWN_REFS)}),
        saved={name: one for name, one in named.items() if name.startswith(_OWN_REFS)},
        stages=_stages(git("ls-files", "--stage", "-z")),
        elsewhere=_elsewhere(git),
        unstaged=git.names("diff", "--name-only", "--relative"),
        untracked=git.names("ls-files", "--others"),
        begun=tuple(_begun(git.directory())),
        outside=watched,
    )


def _stages(listing: str) -> Stages:
    found: Stages = {}
    for line in filter(None, listing.split("\0")):
        facts, _, path = line.partition("\t")
        mode, oid, stage = facts.split()
        found.setdefault(path, {})[int(stage)] = (mode, oid)
    return found


def _elsewhere(git: Git) -> str:
    """Index and status of everything that is not below this folder."""
    prefix = git("rev-parse", "--show-prefix").strip()
    if not prefix:
        return ""
    top = Git(Path(git("rev-parse", "--show-toplevel").strip()), git.environment)
    others = [f":(exclude,top){prefix}", "."]
    return top("ls-files", "--stage", "--", *others) + top("status", "--porcelain", "--", *others)


def _begun(directory: Path) -> list[str]:
    common = directory / "commondir"
    shared = (
        (directory / common.read_text(encoding="utf-8").strip()).resolve()
        if common.exists()
        else directory
    )
    places = {directory, shared}
    locks = [
        path.relative_to(place).as_posix()
        for place in places
        for path in place.rglob("*.lock")
        if "scaffold" not in path.relative_to(place).parts  # its own, to keep two updates apart
    ]
    journals = [
        path.relative_to(place).as_posix()
        for place in places
        for path in place.rglob("pending")
        if "scaffold" in path.relative_to(place).parts
    ]
    return sorted({*locks, *journals, *(name for name in _BEGUN if (directory / name).exists())})


def environment(home: Path, temporary: Path) -> dict[str, str]:
    """Variables of every command: a home of one's own, and no setting of the machine's."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "COPIER", "SCAFFOLD", "XDG_", "PYTEST_"))
    }
    return kept | {
        "HOME": os.fspath(home),
        "USERPROFILE": os.fspath(home),
        "TMPDIR": os.fspath(temporary),
        "GIT_CONFIG_GLOBAL": os.fspath(home / ".gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
    }
