"""What an update does to each file, from three states of it: before, the owner's, the release's.

The owner's state is what lies on the disk, which is what is committed: so filters and line ends of
the repository need no thought here. Policies: docs/updating.md.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scaffold.update import renames
from scaffold.update.content import Labels, Merged, merge
from scaffold.update.files import LINK, SUBMODULE, File, Obstacle, look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from scaffold.owners import Owner, Owners
    from scaffold.update.repository import Index

Action = Literal["added", "changed", "merged", "conflict", "removed", "renamed", "kept"]
_LARGEST_MOVED = 1_000_000


@dataclass(frozen=True)
class Outcome:
    """What becomes of one file.

    Attributes:
        path: Where it is afterwards.
        action: What happens, in one word.
        owner: Who owns it.
        result: The file afterwards; None where there is none, or where nothing is written.
        old_path: Where it was before, if elsewhere.
        note: Why, for a person.
        lines: Lines at which conflicts begin.
        sides: Base and release of a conflict, for git's index.
        reworded: Questions of a README with new words above an answer.
    """

    path: str
    action: Action
    owner: Owner | None
    result: File | None = None
    old_path: str | None = None
    note: str = ""
    lines: tuple[int, ...] = ()
    sides: tuple[File | None, File | None] | None = None
    reworded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Release:
    """What an update goes from and to.

    Attributes:
        old: Files as the recorded release renders them, by path.
        new: As the wanted release renders them.
        moved: Files that moved from the one to the other.
        owners: Who owns which path.
        answers_file: The one file that is always the release's.
        labels: For the markers of conflicts.
    """

    old: Mapping[str, File]
    new: Mapping[str, File]
    moved: Mapping[str, str]
    owners: Owners
    answers_file: str
    labels: Labels


class Ours:
    """The owner's repository, as committed: what is tracked, what lies there, what git ignores.

    Args:
        folder: The repository.
        index: Its index, without conflicts.
        hidden: Paths that git was told to leave alone.
        ignored: Tells which of some paths `.gitignore` leaves out.
    """

    def __init__(
        self,
        folder: Path,
        index: Index,
        hidden: frozenset[str],
        ignored: Callable[[list[str]], frozenset[str]],
    ) -> None:
        self._folder = folder
        self.tracked = {path: entries[0] for path, entries in index.items()}
        self._hidden = hidden
        self.ignored = ignored

    def read(self, path: str) -> File | None:
        """A tracked regular file; None for anything else."""
        if self.why_not(path):
            return None
        found = look(self._folder, path)
        if not isinstance(found, File):
            return None
        return File(found.data, self.tracked[path].mode == "100755")

    def why_not(self, path: str) -> str:
        """Why a tracked path is no file that an update may change; empty if it is one."""
        entry = self.tracked.get(path)
        if entry is None:
            return "it is not tracked"
        if entry.mode == LINK:
            return "it is a link of yours"
        if entry.mode == SUBMODULE:
            return "it is a submodule of yours"
        if path in self._hidden:
            return "you told git to leave it alone (--assume-unchanged)"
        found = look(self._folder, path)
        return "" if isinstance(found, File) else "something of yours lies in its place"

    def in_the_way(self, path: str) -> str:
        """Why no new file can go to a path; empty if it can."""
        if path in self.tracked:
            return "a file of yours has that name"
        for parent in _parents(path):
            if parent in self.tracked:
                return f"{parent} is a file, a link or a submodule of yours"
            if os.path.lexists(self._folder / parent / ".git"):
                return f"{parent} is another repository of yours"
        found = look(self._folder, path)
        if isinstance(found, Obstacle):
            return "something of yours lies in its place"
        return "a file of yours that is not committed lies there" if found is not None else ""


def _parents(path: str) -> Iterator[str]:
    parts = path.split("/")
    for end in range(1, len(parts)):
        yield "/".join(parts[:end])


def plan(release: Release, ours: Ours) -> list[Outcome]:
    """What happens to every file that the release changes, in the order of paths.

    Files that the release leaves as they are, and seeded ones, are not named.
    """
    old = {path: file for path, file in release.old.items() if not _seeded(release, path)}
    new = {path: file for path, file in release.new.items() if not _seeded(release, path)}
    moved_by_owner = _moved_by_owner(release, old, new, ours)
    come_by_move = set(release.moved.values())
    found: list[Outcome] = []
    added = [path for path in new if path not in old and path not in come_by_move]
    ignored = ours.ignored([path for path in added if not ours.in_the_way(path)])
    for path in sorted(old):
        target = release.moved.get(path, path)
        place = path if path in ours.tracked else moved_by_owner.get(path)
        if target not in new:
            found += _dropped(release, ours, path, place)
        elif target != path or old[path] != new[target]:
            found += _changed(release, ours, path, place, target)
    for path in added:
        found += _added(release, ours, path, is_ignored=path in ignored)
    return sorted(_without_clashes(found), key=lambda one: one.path)


def _seeded(release: Release, path: str) -> bool:
    return release.owners.of(path) == "seeded"


def _moved_by_owner(
    release: Release, old: Mapping[str, File], new: Mapping[str, File], ours: Ours
) -> dict[str, str]:
    """Files that the owner moved, among those that the release changes."""
    gone = [
        (path, file)
        for path, file in sorted(old.items())
        if path not in ours.tracked and new.get(release.moved.get(path, path)) != file
    ]
    if not gone:
        return {}
    come = [
        path
        for path in ours.tracked
        if path not in release.old and path not in release.new and not ours.why_not(path)
    ]

    def read_small(path: str) -> File | None:
        file = ours.read(path)
        return file if file is not None and len(file.data) <= _LARGEST_MOVED else None

    return renames.pair(gone, come, read_small)


def _dropped(release: Release, ours: Ours, path: str, place: str | None) -> Iterator[Outcome]:
    if place is None:
        return
    owner = release.owners.of(path)
    mine = ours.read(place)
    before = release.old[path]
    if mine is not None and place == path and mine.data == before.with_line_ends_of(mine).data:
        yield Outcome(path, "removed", owner, note="the starter no longer has it")
    else:
        why = ours.why_not(place) or ("you edited it" if place == path else "you moved it")
        yield Outcome(
            place, "kept", owner, old_path=None, note=f"the starter no longer has it, but {why}"
        )


def _changed(
    release: Release, ours: Ours, path: str, place: str | None, target: str
) -> Iterator[Outcome]:
    owner = release.owners.of(target)
    before, after = release.old[path], release.new[target]
    if place is None:
        yield Outcome(path, "kept", owner, note="you deleted it, so its new version is left out")
        if target != path and ours.in_the_way(target):
            yield Outcome(target, "kept", owner, note=ours.in_the_way(target))
        return
    mine = ours.read(place)
    if mine is None:
        yield Outcome(
            place, "kept", owner, note=f"{ours.why_not(place)}: the new version is left out"
        )
        return
    note = ""
    if target != place and place == path:
        note = ours.in_the_way(target)
        if note:
            yield Outcome(target, "kept", owner, note=f"{note}; the starter's stays at {place}")
            target, note = place, f"stays here and not at {target}: {note}"
    else:
        target = place
    if path == release.answers_file:
        merged = Merged(after.with_line_ends_of(mine))
    else:
        merged = merge(before, mine, after, release.labels)
    yield from _outcome(
        Outcome(target, "changed", owner, old_path=place if target != place else None, note=note),
        (before, mine, after),
        merged,
    )


def _outcome(
    known: Outcome, three: tuple[File | None, File, File], merged: Merged
) -> Iterator[Outcome]:
    """What merging says of a file, if it changes anything at all."""
    before, mine, after = three
    note = known.note
    action: Action = "renamed" if known.old_path else "changed"
    edited = before is None or mine.data != before.with_line_ends_of(mine).data
    if not merged.clean:
        action = "conflict"
        note = note or ("both changed it, and it is binary: yours stays" if merged.torn else "")
    elif merged.file == mine and not known.old_path and not merged.pinned:
        return  # what the release changes is in it already
    elif edited:
        action = "renamed" if known.old_path else "merged"
        note = note or ("your edits are in it" if known.old_path else "")
    if merged.pinned and merged.clean:
        note = note or "where both moved a version, the higher one stands"
    yield Outcome(
        known.path,
        action,
        known.owner,
        result=merged.file,
        old_path=known.old_path,
        note=note,
        lines=merged.conflicts,
        sides=None if merged.clean else (before, after),
        reworded=merged.reworded,
    )


def _added(release: Release, ours: Ours, path: str, *, is_ignored: bool) -> Iterator[Outcome]:
    owner = release.owners.of(path)
    file = release.new[path]
    mine = ours.read(path)
    if mine is not None:
        merged = merge(None, mine, file, release.labels)
        if merged.file.data != mine.data or not merged.clean:
            yield from _outcome(Outcome(path, "changed", owner), (None, mine, file), merged)
        return
    why = ours.in_the_way(path) or ("your .gitignore leaves it out" if is_ignored else "")
    if why:
        yield Outcome(path, "kept", owner, note=f"new in the starter, not added: {why}")
    else:
        like = ours.read(release.answers_file)  # always there, and nobody's but the starter's
        yield Outcome(path, "added", owner, result=file.with_line_ends_of(like) if like else file)


def _without_clashes(found: list[Outcome]) -> Iterator[Outcome]:
    """Drop what would put two files at one path: only two moves to one place can do that."""
    taken: set[str] = set()
    for one in found:
        if one.result is not None and one.path in taken:
            yield Outcome(one.path, "kept", one.owner, note="two files would lie there")
            continue
        if one.result is not None:
            taken.add(one.path)
        yield one
