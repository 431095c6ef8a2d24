"""The releases that a class's repositories can have, and how far behind one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import git, places, versions
from scaffold import source as sources
from scaffold.cohort import said, templates
from scaffold.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scaffold.cohort.class_file import Class
    from scaffold.cohort.outcome import Outcome
    from scaffold.source import Source


@dataclass(frozen=True)
class Releases:
    """What the class's templates are.

    Attributes:
        source: Where to read them, on this disk; None where only the embedded ones are read.
        tags: Names of releases, by the source that repositories record.
        trouble: Why the class's own could not be asked; empty otherwise.
    """

    source: Source | None
    tags: Mapping[str, list[str]]
    trouble: str = ""

    def instead_of(self, recorded: str) -> str:
        """The class's own source, of a repository that has the templates inside scaffold still."""
        if self.source is None or recorded != places.EMBEDDED_SOURCE or self.source.ours:
            return ""
        return self.source.recorded


def releases(klass: Class, room: Path) -> Releases:
    """The releases of the class's source, which are fetched once where a host has them."""
    if klass.source is None:
        embedded = sources.embedded()
        return Releases(None, {embedded.recorded: sources.tags(embedded)})
    try:
        here = templates.mirrored(templates.source_of(klass), room)
        return Releases(here, {here.recorded: sources.tags(here)})
    except (ScaffoldError, OSError, ValueError, git.GitFailure) as error:
        why = said.plain(error.problem if isinstance(error, ScaffoldError) else str(error))
        return Releases(None, {}, why.rstrip("."))


def behind(version: str, tags: Sequence[str] | None) -> int | None:
    """Releases that are newer than a version; None when that is not known."""
    have = versions.parse_tag(version)
    if have is None or tags is None:
        return None
    return sum(one > have for one in map(versions.parse_tag, tags) if one is not None)


def pending(
    updated: Outcome | None, version: str, missed: int | None
) -> tuple[str, tuple[str, ...]]:
    """What the newest update left, unless the repository has that release since."""
    if updated is None or missed == 0:
        return "", ()
    if updated.state in {"done", "already"} and updated.branch:
        offered = versions.parse_tag(updated.branch.rpartition("/")[2])
        have = versions.parse_tag(version)
        if offered is not None and have is not None and have >= offered:
            return "", ()
        return f"branch {said.plain(updated.branch, 80)} waits", ()
    if updated.state == "conflicts":
        files = tuple(said.plain(one, 200) for one in updated.files)
        count = f"{len(files)} file" + ("" if len(files) == 1 else "s")
        return f"conflicts in {count}", files
    return "", ()
