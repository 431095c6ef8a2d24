"""The released states of the pack, as a synthesised git history in bundles.

A release is a commit that holds `copier.yml` and `templates/` and nothing else, made of content
only: author, date and message are fixed by its place in the row, so the same content gives the
same commit id on every machine. Compare ids, never a bundle's bytes: another git may pack
otherwise.

Each release builds on the one before it, but in a fork that takes over a newer one of where it was
forked: that one builds on an older release than the fork's own, and the fork's next on both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.errors import OutsideError
from scaffold.pack.plumbing import Entry, Repository, workspace
from scaffold.pack.state import State
from scaffold.pack.tree import PackTree
from scaffold.releases import read_header, shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_BRANCH = "refs/heads/main"
_FIRST_SECOND = 1_700_000_000
"""The first release's date, in seconds since 1970; the next ones follow a second apart."""


@dataclass(frozen=True)
class History:
    """The row of releases, in one repository of our own.

    Attributes:
        repository: Bare, with a tag per release and `main` at the newest.
        commits: The commit of each release tag, oldest first.
    """

    repository: Repository
    commits: Mapping[str, str]

    @property
    def newest(self) -> str | None:
        """The newest release's tag."""
        return next(reversed(list(self.commits)), None)

    def add(self, tag: str, pack: PackTree) -> History:
        """Put one more release at the end of the row."""
        parents = [part for commit in self._ends() for part in ("-p", commit)]
        second = _FIRST_SECOND + len(self.commits)
        commit = self.repository.run(
            *("commit-tree", _write_tree(self.repository, pack.entries.values()), *parents),
            stdin=f"Templates of {tag}\n".encode(),
            extra={
                f"GIT_{who}_{what}": value
                for who in ("AUTHOR", "COMMITTER")
                for what, value in {
                    "NAME": "scaffold",
                    "EMAIL": "releases@scaffold.invalid",
                    "DATE": f"@{second} +0000",
                }.items()
            },
        )
        return self._named(tag, commit.decode().strip())

    def write_bundle(self, destination: Path) -> None:
        """Write the newest release as a bundle that builds on those before it."""
        *before, _ = self.commits.values()
        self.repository.run(
            *("bundle", "create", "--quiet", "--version=2", str(destination.resolve())),
            *(f"refs/tags/{self.newest}", _BRANCH, "HEAD", *(f"^{commit}" for commit in before)),
        )

    def new_objects(self) -> Iterator[bytes]:
        """The raw content of every object that the newest release brings."""
        *before, last = self.commits.values()
        listing = self.repository.line(
            "rev-list", "--objects", "--no-object-names", last, *(f"^{commit}" for commit in before)
        )
        return self.repository.objects(listing.splitlines())

    def follows(self, tag: str) -> tuple[str, ...]:
        """The releases that one builds on directly."""
        parents = self._parents(self.commits[tag])
        return tuple(one for one, commit in self.commits.items() if commit in parents)

    def _parents(self, commit: str) -> list[str]:
        _, *parents = self.repository.line("rev-list", "--parents", "--max-count=1", commit).split()
        return parents

    def _ends(self) -> list[str]:
        """The commits that no other one builds on, oldest first: mostly the newest alone."""
        built_on = {one for tag in self.commits for one in self.follows(tag)}
        return [commit for tag, commit in self.commits.items() if tag not in built_on]

    def _named(self, tag: str, commit: str) -> History:
        self.repository.run("update-ref", f"refs/tags/{tag}", commit)
        self.repository.run("update-ref", _BRANCH, commit)
        return History(self.repository, {**self.commits, tag: commit})

    def _unbundle(self, bundle: Path) -> History:
        try:
            header = read_header(bundle)
        except ValueError as error:
            raise _broken(bundle, str(error)) from error
        if list(header.tags) != [bundle.stem]:
            raise _broken(bundle, f"it holds {', '.join(header.tags)}")
        commit = header.tags[bundle.stem]
        if not set(header.needs) <= set(self.commits.values()):
            raise _broken(bundle, "a release that it builds on is not here")
        self.repository.run("bundle", "unbundle", str(bundle.resolve()))
        parents, known = set(self._parents(commit)), set(self.commits.values())
        if not parents <= known or (known and not parents):
            raise _broken(bundle, "it does not follow the releases before it")
        return self._named(bundle.stem, commit)


def read_history(bundles: Iterable[Path], git_dir: Path) -> History:
    """Unpack the bundles of all releases, oldest first, into a new repository.

    Raises:
        OutsideError: A bundle is broken, does not follow those before, or holds another release
            than its name says.
    """
    repository = Repository.create(git_dir)
    repository.run("symbolic-ref", "HEAD", _BRANCH)
    history = History(repository, {})
    for bundle in bundles:
        history = history._unbundle(bundle)  # noqa: SLF001 - the class's own constructor
    return history


def read_releases(releases_dir: Path) -> tuple[State, ...]:
    """Every released state, oldest first.

    Raises:
        OutsideError: A bundle is broken.
    """
    with workspace() as work:
        history = read_history(shipped(releases_dir), work / "git")
        return tuple(
            State(
                tag,
                PackTree({entry.path: entry for entry in history.repository.entries(commit)}),
                history.follows(tag),
            )
            for tag, commit in history.commits.items()
        )


def _write_tree(repository: Repository, entries: Iterable[Entry]) -> str:
    listed: Sequence[Entry] = sorted(entries, key=lambda entry: entry.path)
    rows = []
    for entry in listed:
        blob = repository.line("hash-object", "-w", "--stdin", stdin=entry.data)
        rows.append(f"{entry.mode} {blob}\t{entry.path}\0")
    repository.run("read-tree", "--empty")
    repository.run("update-index", "-z", "--index-info", stdin="".join(rows).encode())
    return repository.line("write-tree")


def _broken(bundle: Path, why: str) -> OutsideError:
    return OutsideError(
        f"The release {bundle.name} is broken: {why}.",
        f"Released files never change; bring it back with `git checkout HEAD -- {bundle.name}`.",
    )
