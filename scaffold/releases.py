"""The releases that travel inside the package, and the one bundle that is joined from them.

`scaffold/releases/` holds one git bundle per release: the first is whole, each later one builds on
the one before. A generated repository names the joined bundle as its source, so plain copier can
read every release from it, offline.
"""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import git, places, scratch
from scaffold.errors import OutsideError
from scaffold.versions import Version, parse_tag

if TYPE_CHECKING:
    from collections.abc import Sequence

_BRANCH = "refs/heads/main"
_HALF_DONE = ".joining-"


@dataclass(frozen=True)
class Bundle:
    """What the header of a git bundle says.

    Attributes:
        path: The file.
        tags: Release tags in it and the commits they name, lowest version first.
        needs: Commits that it builds on, which have to be there before it.
    """

    path: Path
    tags: dict[str, str]
    needs: tuple[str, ...] = ()

    @property
    def newest(self) -> Version:
        """The highest release in the bundle."""
        version = parse_tag(next(reversed(self.tags)))
        assert version is not None  # noqa: S101 - `read_header` keeps release tags only
        return version


def read_header(path: Path) -> Bundle:
    """Read a bundle's header, without git.

    Raises:
        ValueError: The file is no git bundle, or holds no release.
        OSError: It cannot be read.
    """
    tags: list[tuple[Version, str]] = []
    needs = []
    with path.open("rb") as stream:
        if stream.readline() not in (b"# v2 git bundle\n", b"# v3 git bundle\n"):
            raise ValueError(f"{path} is not a git bundle")
        for raw in stream:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            if not line:
                break
            if line.startswith("-"):  # a commit that the bundle builds on, and its subject
                needs.append(line[1:].partition(" ")[0])
                continue
            commit, _, name = line.partition(" ")
            version = parse_tag(name.removeprefix("refs/tags/"))
            if version is not None:
                tags.append((version, commit))
    if not tags:
        raise ValueError(f"{path} holds no release")
    return Bundle(path, {version.tag: commit for version, commit in sorted(tags)}, tuple(needs))


def shipped(folder: Path | None = None) -> list[Path]:
    """The bundles of all releases in `folder` (the package's own), lowest version first."""
    folder = folder or Path(__file__).parent / "releases"
    named = [(parse_tag(path.stem), path) for path in folder.glob("v*.bundle")]
    return [path for version, path in sorted((v, p) for v, p in named if v is not None)]


def join(bundles: Sequence[Path], destination: Path) -> None:
    """Write one bundle with every release of `bundles`, which follow each other.

    `destination` appears whole or not at all.

    Raises:
        OutsideError: git is not installed.
        git.GitFailure: A bundle is broken, or the disk is full.
    """
    with scratch.folder(_HALF_DONE, destination.parent) as half:

        def own(*words: str | Path) -> None:
            git.run(*words, folder=half, extra=git.NOBODYS_SETTINGS)

        own("init", "--quiet", "--bare", "--template=")
        for bundle in bundles:
            own("fetch", "--quiet", bundle.resolve(), "+refs/*:refs/*")
        own("symbolic-ref", "HEAD", _BRANCH)
        joined = half / destination.name
        own("bundle", "create", "--quiet", joined, "HEAD", _BRANCH, "--tags")
        with joined.open("rb+") as stream:
            os.fsync(stream.fileno())
        joined.replace(destination)


def install_embedded() -> Bundle:
    """Make sure that the embedded source is there and at least as new as this package.

    Joined once and never downgraded; two commands at once wait for each other. What a killed
    command left half done is removed.

    Raises:
        OutsideError: git is missing, the disk is full, or the folder cannot be written.
    """
    bundles = shipped()
    if not bundles:
        raise OutsideError(
            "This installation of scaffold carries no templates.",
            "Install it again, or name another source with --source.",
        )
    target = places.embedded_bundle()
    present = _intact(target)
    if present is not None and present.newest >= _newest_of(bundles):
        return present
    try:
        with scratch.alone(target.with_suffix(".lock"), target.parent, _HALF_DONE):
            present = _intact(target)
            if present is None or present.newest < _newest_of(bundles):
                join(bundles, target)
            return read_header(target)
    except (OSError, ValueError, git.GitFailure) as error:
        reason = getattr(error, "strerror", None) or error
        if isinstance(error, git.GitFailure) and error.disk_full:
            reason = os.strerror(errno.ENOSPC)
        raise OutsideError(
            f"The templates could not be written to {places.EMBEDDED_SOURCE}: {reason}.",
            "Make room there, or the folder writable, and try again.",
        ) from error


def _newest_of(bundles: Sequence[Path]) -> Version:
    return read_header(bundles[-1]).newest


def _intact(path: Path) -> Bundle | None:
    """The bundle's header, if all of the bundle is as git wrote it: a pack ends with its SHA-1."""
    try:
        bundle = read_header(path)
        pack = path.read_bytes().partition(b"\n\n")[2]
    except (OSError, ValueError):
        return None
    whole = hashlib.sha1(pack[:-20], usedforsecurity=False).digest() == pack[-20:]
    return bundle if whole else None
