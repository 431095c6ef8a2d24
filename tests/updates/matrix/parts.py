"""Which file of a release is which kind of change, named by hand: what the states play on.

Every statement here is held against the releases by `test_parts.py`, so that a pack that changes
cannot leave a state without meaning.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A text and one of its lines, which stands there once.

    Attributes:
        path: The file.
        line: The line.
    """

    path: str
    line: str


@dataclass(frozen=True)
class Pin:
    """A version that the release raises.

    Attributes:
        path: The file.
        old: The line in the old release.
        new: The line in the new one.
        lower: What a learner may have raised it to, below the new release's.
        higher: The same, above it.
    """

    path: str
    old: str
    new: str
    lower: str
    higher: str


@dataclass(frozen=True)
class Parts:
    """What a pair of releases offers to play on; None where it has no such change.

    Attributes:
        far: A line of `contested.path` that no change of the release is near.
        contested: A line of code that the release changes.
        quiet: A text that the release does not change.
        added: A text that the release adds.
        added_below: A folder that only the release makes, and a text that it adds there.
        folder: A folder in which the release changes files; it holds nothing seeded.
        seeded: A seeded file that the release changes, and one that the learner deletes.
        seeded_stand_still: Whether the release changes no seeded file at all.
        seeded_new: A seeded file that the release adds.
        section: A heading of the README below which the release changes `section_line`, and the
            heading above which a learner moves it.
        reworded: Questions of the README that the release rewords: id -> old and new wording.
        renamed: Old path with a line that stays, and new path.
        renamed_contested: A line of the renamed file that the release changes.
        dropped: A text that the release drops.
        unlinked: A text that is dropped or renamed: too much of it changed to be sure.
        emptied: An empty file that the release drops.
        binary: A binary that the release changes.
        still_binary: One that it does not change.
        switched: A file that becomes executable.
        program: An executable file that the release changes.
        dependency: A bound in pyproject.toml.
        action: An action in a workflow.
        image: The image that the Dockerfile builds on.
        questions: New questions of copier.yml with their defaults.
        notes: Releases whose notes the learner has not seen.
    """

    contested: Place
    far: str
    quiet: Place
    added: str | None
    folder: str
    seeded: tuple[str, str]
    notes: tuple[str, ...]
    action: Pin | None = None
    added_below: tuple[str, str] | None = None
    seeded_stand_still: bool = False
    seeded_new: str | None = None
    section: tuple[str, str, str] | None = None
    reworded: tuple[tuple[str, str, str], ...] = ()
    renamed: tuple[Place, str] | None = None
    renamed_contested: str | None = None
    dropped: Place | None = None
    unlinked: tuple[Place, str] | None = None
    emptied: str | None = None
    binary: str | None = None
    still_binary: str | None = None
    switched: str | None = None
    program: str | None = None
    dependency: Pin | None = None
    image: Pin | None = None
    questions: tuple[tuple[str, str], ...] = ()

    def has(self, *names: str) -> bool:
        """Whether the pair has all of these kinds of change."""
        return all(getattr(self, name) for name in names)
