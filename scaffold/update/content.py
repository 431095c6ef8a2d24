"""Three-way merging of one file's content: of lines by git, of READMEs by their questions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scaffold import git, scratch
from scaffold.update import pins, readme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.update.files import File

_MOST_CONFLICTS = 127  # beyond that many, git still says 127; above is a failure
_PLAIN = ("-c", "merge.conflictStyle=merge")  # the folder may lie in a repository with another
OPEN, MIDDLE, CLOSE = b"<<<<<<< ", b"=======", b">>>>>>> "


@dataclass(frozen=True)
class Merged:
    """What came of merging one file.

    Attributes:
        file: The result, with markers where both changed the same place.
        conflicts: Numbers of the lines, from 1, at which conflicts begin.
        torn: Whether both changed it and no lines can be merged: the result is the owner's.
        reworded: Ids of README questions whose wording changed above an answer.
        pinned: Whether both moved a pin, and the higher version stands now.
    """

    file: File
    conflicts: tuple[int, ...] = ()
    torn: bool = False
    reworded: tuple[str, ...] = ()
    pinned: bool = False

    @property
    def clean(self) -> bool:
        """Whether nothing is left to decide."""
        return not self.conflicts and not self.torn


@dataclass(frozen=True)
class Labels:
    """What the markers of a conflict say: whose each side is."""

    ours: str = "yours"
    base: str = "before"
    theirs: str = "template"


def merge(base: File | None, ours: File, theirs: File, labels: Labels) -> Merged:
    """Bring the release's change of a file into the owner's.

    Args:
        base: As the older release rendered it; None if it had no such file.
        ours: The owner's.
        theirs: As the newer release renders it.
        labels: For the markers.
    """
    theirs = theirs.with_line_ends_of(ours)
    base = base and base.with_line_ends_of(ours)
    was = base.executable if base else ours.executable
    ours = replace(
        ours, executable=theirs.executable if ours.executable == was else ours.executable
    )
    if base is not None and ours.data == base.data:
        return Merged(replace(ours, data=theirs.data))
    if ours.data == theirs.data or (base is not None and base.data == theirs.data):
        return Merged(ours)
    if ours.binary or theirs.binary or (base is not None and base.binary):
        return Merged(ours, torn=True)
    before = base.data if base else b""
    if readme.has_questions(before) and readme.has_questions(theirs.data):
        whole = readme.merge(
            before, ours.data, theirs.data, lambda one, two, three: lines(one, two, three, labels)
        )
        data, reworded = whole.data, whole.reworded
    else:
        data, reworded = lines(before, ours.data, theirs.data, labels), ()
    resolved = _resolve_pins(data, labels)
    return Merged(
        replace(ours, data=resolved),
        conflicts=tuple(find_conflicts(resolved, labels)),
        reworded=reworded,
        pinned=resolved != data,
    )


def lines(base: bytes, ours: bytes, theirs: bytes, labels: Labels) -> bytes:
    """Merge texts by lines, as git does; with markers where they collide."""
    if ours in (base, theirs):
        return theirs
    if base == theirs:
        return ours
    with scratch.folder("scaffold-merge-") as folder:
        files = [folder / name for name in ("ours", "base", "theirs")]
        for file, data in zip(files, (ours, base, theirs), strict=True):
            file.write_bytes(data)
        named = [
            word for name in (labels.ours, labels.base, labels.theirs) for word in ("-L", name)
        ]
        try:
            said = git.run(*_PLAIN, "merge-file", "--stdout", *named, *files, folder=folder)
        except git.GitFailure as error:  # the exit code is the number of conflicts
            if not 0 < error.status <= _MOST_CONFLICTS:
                raise
            said = error.output
    return said.encode("utf-8", "surrogateescape")


def find_conflicts(data: bytes, labels: Labels) -> Iterator[int]:
    """The lines, from 1, that open a conflict of ours."""
    mark = OPEN + labels.ours.encode()
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.rstrip(b"\r") == mark:
            yield number


def _resolve_pins(data: bytes, labels: Labels) -> bytes:
    """Take the higher version where the two sides of a conflict differ in nothing else."""
    opening, closing = OPEN + labels.ours.encode(), CLOSE + labels.theirs.encode()
    done: list[bytes] = []
    sides: list[list[bytes]] = []
    for line in data.splitlines(keepends=True):
        bare = line.rstrip(b"\r\n")
        if bare == opening:
            sides = [[line]]
        elif not sides:
            done.append(line)
        elif bare == closing and len(sides) == 2:  # noqa: PLR2004 - ours and theirs
            chosen = pins.higher(sides[0][1:], sides[1][1:])
            done += [*sides[0], *sides[1], line] if chosen is None else chosen
            sides = []
        elif bare == MIDDLE and len(sides) == 1:
            sides.append([line])
        else:
            sides[-1].append(line)
    return b"".join(done + [line for side in sides for line in side])
