"""A repository's commits, read by git from its objects alone.

Its own settings, hooks, attributes and index are never looked at: git is pointed at a folder of
ours that borrows nothing but the objects. What HEAD names is read as text.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from scaffold import git, scratch, strangers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from scaffold.check.facts.tree import Tree

SECONDS = 20.0
MOST_COMMITS = 3_000
_SMALL = 10_000
_MOST_REFS = 10_000_000
_MOST_PRINTED = 50_000_000
_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REF = re.compile(r"refs/[\w./@+-]+")
SHORT_ID = re.compile(r"(?<![\w.#/-])(?=[0-9a-f]*\d)[0-9a-f]{7,40}(?![\w.-]|/\w)")
"""What looks like the name of a commit in a text: hexadecimal, with a digit in it."""


@dataclass(frozen=True)
class Commit:
    """One commit.

    Attributes:
        id: Its whole id.
        time: When it was committed, in seconds.
        parents: Ids of its parents, none for the first.
    """

    id: str
    time: int
    parents: tuple[str, ...]


class History:
    """What HEAD and its ancestors hold.

    Attributes:
        head: Id of the commit.
        shallow: Whether older commits were left out when it was cloned.
    """

    def __init__(self, place: Path, objects: Path, head: str, *, shallow: bool) -> None:
        self._place = place
        self._extra = {
            **git.NOBODYS_SETTINGS,
            "GIT_DIR": os.fspath(place),
            "GIT_OBJECT_DIRECTORY": os.fspath(objects),
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
        }
        self.head = head
        self.shallow = shallow

    def _run(self, *words: str, stdin: str = "") -> str:
        fixed = (*git.QUIET, "-c", "protocol.allow=never")
        return git.run(
            *(*fixed, *words),
            folder=self._place,
            extra=self._extra,
            stdin=stdin,
            seconds=SECONDS,
            most=_MOST_PRINTED,
        )

    @cached_property
    def files(self) -> dict[str, str]:
        """Blob id of every file of HEAD."""
        lines = (
            line.split("\t", 1) for line in self._run("ls-tree", "-r", "-z", "HEAD").split("\0")
        )
        return {line[1]: line[0].split(" ")[2] for line in lines if len(line) > 1}

    def trees(self, names: Sequence[str], commit: str = "HEAD") -> dict[str, str]:
        """Ids of some trees or files at the top of a commit."""
        lines = self._run("ls-tree", "-z", commit, "--", *names).split("\0")
        found = (line.split("\t", 1) for line in lines if line)
        return {path: facts.split(" ")[2] for facts, path in found}

    @cached_property
    def commits(self) -> tuple[Commit, ...]:
        """HEAD and its ancestors, newest first, at most 3,000."""
        listing = self._run(
            "rev-list", "--timestamp", "--parents", f"--max-count={MOST_COMMITS}", "HEAD"
        )
        parts = (line.split(" ") for line in listing.splitlines())
        return tuple(Commit(one[1], int(one[0]), tuple(one[2:])) for one in parts)

    def find(self, name: str) -> Commit | None:
        """The one commit of this history whose id begins so."""
        found = [commit for commit in self.commits if commit.id.startswith(name)]
        return found[0] if len(found) == 1 else None

    def touched(self, commit: Commit) -> tuple[str, ...]:
        """Paths that differ between a commit and its first parent; all of them for the first."""
        words = ("diff-tree", "-r", "-z", "--root", "--name-only", "--no-commit-id", "--no-renames")
        against = (commit.parents[0], commit.id) if commit.parents else (commit.id,)
        found = self._run(*words, "--no-ext-diff", "--no-textconv", *against)
        return tuple(path for path in found.split("\0") if path)

    def changed_at(self, paths: Sequence[str]) -> int | None:
        """When one of some paths last changed, in seconds; None where that was cut off."""
        words = ("rev-list", "--timestamp", "--max-count=1", "HEAD", "--", *paths)
        found = self._run(*words).split()
        return int(found[0]) if found and not self.shallow else None

    def touching(self, paths: Sequence[str]) -> frozenset[str]:
        """Ids of the commits that change one of some paths; merges are not looked into."""
        limit = f"--max-count={MOST_COMMITS}"
        words = ("rev-list", "--full-history", "--no-merges", limit, "HEAD", "--", *paths)
        return frozenset(self._run(*words).split())

    def marked(self, key: str) -> tuple[str, tuple[str, ...]]:
        """Id of what HEAD holds, and the values of a trailer in the latest 3,000 messages."""
        form = f"--format=%T %(trailers:key={key},valueonly,separator=%x20)"
        said = self._run("log", f"--max-count={MOST_COMMITS}", form, "HEAD").splitlines()
        values = (one for line in said for one in line.split()[1:])
        return said[0].partition(" ")[0], tuple(dict.fromkeys(values))

    def last_with(self, path: str) -> str | None:
        """The newest of the latest 3,000 commits that holds a small file; None if none does."""
        held = self.texts([f"{one.id}:{path}" for one in self.commits])
        found = (one.id for one in self.commits if held[f"{one.id}:{path}"] is not None)
        return next(found, None)

    def sizes(self, commit: str) -> list[int]:
        """Bytes of each file of a commit.

        Raises:
            TooMuchError: There are more than anybody looks at.
        """
        lines = self._run("ls-tree", "-r", "-l", "-z", commit).split("\0")
        facts = (line.partition("\t")[0].split() for line in lines if line)
        return [int(one[3]) for one in facts if one[3].isdigit()]

    def write(self, commit: str, folder: Path) -> None:
        """Write the files of a commit into an empty folder: links as plain files, no filter runs.

        Raises:
            GitFailure: git can't.
            OSError: The disk refuses.
        """
        index = {"GIT_INDEX_FILE": os.fspath(self._place / "index-of-a-commit")}
        here = (*git.QUIET, "-c", "core.bare=false", f"--work-tree={folder}")
        links = ("-c", "core.symlinks=false", "-c", "core.autocrlf=false")
        extra = self._extra | index
        git.run(*here, "read-tree", commit, folder=self._place, extra=extra, seconds=SECONDS)
        checkout = (*here, *links, "checkout-index", "--all", "--force")
        git.run(*checkout, folder=folder, extra=extra, seconds=SECONDS)

    def old_blobs(self, most_commits: int, most_bytes: int) -> Iterator[tuple[str, str, str]]:
        """Path, id and text of small files that recent commits held and HEAD does not."""
        listing = self._run("rev-list", "--objects", f"--max-count={most_commits}", "HEAD")
        here = set(self.files.values())
        named = {
            name: path
            for name, _, path in (line.partition(" ") for line in listing.splitlines())
            if path and name not in here
        }
        if not named:
            return
        facts = self._run("cat-file", "--batch-check", stdin="\n".join(named) + "\n").splitlines()
        wanted, left = [], most_bytes
        for name, kind, size in (line.split(" ") for line in facts if line.count(" ") == 2):  # noqa: PLR2004
            if kind == "blob" and int(size) <= min(left, 200_000):
                left -= int(size)
                wanted.append(name)
        if not wanted:
            return
        for name, body in self._blobs(wanted):
            yield named[name], name, body.decode("utf-8", "replace")

    def texts(self, names: Sequence[str], largest: int = 20_000) -> dict[str, bytes | None]:
        """Content of small files, by names such as `COMMIT:PATH`; None where there is none."""
        if not names:
            return {}
        facts = self._run("cat-file", "--batch-check", stdin="\n".join(names) + "\n")
        found: dict[str, str] = {}
        for name, line in zip(names, facts.splitlines(), strict=True):
            words = line.split(" ")
            if len(words) == 3 and words[1] == "blob" and int(words[2]) <= largest:  # noqa: PLR2004
                found[name] = words[0]
        held = dict(self._blobs(sorted(set(found.values()))))
        return {name: held.get(found.get(name, "")) for name in names}

    def _blobs(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Id and content of blobs."""
        if not names:
            return
        text = self._run("cat-file", "--batch", stdin="\n".join(names) + "\n")
        content = text.encode("utf-8", "surrogateescape")
        at = 0
        while at < len(content):
            end = content.index(b"\n", at)
            name, _, size_text = content[at:end].decode().split(" ")
            yield name, content[end + 1 : end + 1 + int(size_text)]
            at = end + 1 + int(size_text) + 1

    def changed(self, tree: Tree) -> tuple[str, ...]:
        """Files that differ from HEAD or are gone, and new ones in `app`, `data` and `tests`."""
        hashing = hashlib.sha256 if len(self.head) > 40 else hashlib.sha1  # noqa: PLR2004
        found = []
        for path, blob in self.files.items():
            content = tree.read(path)
            if content is None:
                if path not in tree.sizes and path not in tree.links:
                    found.append(path)
                continue
            spellings = {content, content.replace(b"\r\n", b"\n")}
            if all(hashing(b"blob %d\0" % len(c) + c).hexdigest() != blob for c in spellings):
                found.append(path)
        new = (p for p in tree.sizes if p.startswith(("app/", "data/", "tests/")))
        return (*found, *(p for p in new if p not in self.files and not p.endswith(".pyc")))


@contextmanager
def opened(folder: Path) -> Iterator[History | None]:
    """The history of a repository; None without git's folder or a commit."""
    found = git_folders(folder.absolute())
    head = _head(*found) if found else None
    if found is None or head is None:
        yield None
        return
    common = found[1]
    with scratch.folder("scaffold-history-") as place:
        (place / "refs").mkdir()
        (place / "objects").mkdir()
        (place / "HEAD").write_text(f"{head}\n", encoding="ascii")
        sha256 = len(head) > 40  # noqa: PLR2004
        form = "1\n[extensions]\n\tobjectFormat = sha256" if sha256 else "0"
        settings = f"[core]\n\tbare = true\n\trepositoryFormatVersion = {form}\n"
        (place / "config").write_text(settings, encoding="ascii")
        shallow = _read(common / "shallow", _MOST_REFS)
        if shallow:
            (place / "shallow").write_text(shallow, encoding="utf-8")
        history = History(place, common / "objects", head, shallow=bool(shallow))
        try:
            history.trees(["app"])
        except git.GitFailure:
            yield None
            return
        yield history


def git_folders(folder: Path) -> tuple[Path, Path] | None:
    """Git's folder, and the one that holds the objects, which of a worktree is another."""
    place = folder / ".git"
    if place.is_symlink():
        return None
    if not place.is_dir():
        said = _read(place, _SMALL)
        if not said.startswith("gitdir: ") or "\0" in said:
            return None
        place = folder / said.removeprefix("gitdir: ").strip()
    common = _read(place / "commondir", _SMALL).strip()
    return place, place / common if common and "\0" not in common else place


def _head(place: Path, common: Path) -> str | None:
    said = _read(place / "HEAD", _SMALL).strip()
    if _ID.fullmatch(said):
        return said
    name = said.removeprefix("ref: ")
    if not _REF.fullmatch(name) or ".." in name:
        return None
    loose = _read(common.joinpath(*name.split("/")), _SMALL).strip()
    if _ID.fullmatch(loose):
        return loose
    for line in _read(common / "packed-refs", _MOST_REFS).splitlines():
        found, _, ref = line.partition(" ")
        if ref == name and _ID.fullmatch(found):
            return found
    return None


def _read(path: Path, most: int) -> str:
    try:
        return strangers.read(path, most).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
