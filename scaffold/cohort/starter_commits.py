"""Commits that bring the starter: the hand-out and its updates, and nothing of their author's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold import yaml_text
from scaffold.check.finding import NotKnownError
from scaffold.lock import LOCK
from scaffold.project import Origin
from scaffold.questions import TEMPLATE
from scaffold.render import ANSWERS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from scaffold.check.facts.given import Starters
    from scaffold.check.facts.history import Commit, History

_RELEASE = "_commit"
_SOURCE = "_src_path"
_OF_THE_SOURCE = ".github/"
"""Workflows depend on the source; a class's is read from a copy, under another name."""


@dataclass(frozen=True)
class _Change:
    """What a commit did to the answers file.

    Attributes:
        commit: The commit.
        before: What its first parent recorded; None where that had no such file.
        after: What it records; None where it has no such file.
    """

    commit: Commit
    before: Origin | None
    after: Origin | None


def find(commits: History, origin: Origin, starters: Starters) -> frozenset[str]:
    """Ids of the commits that are the starter's.

    An update changes the recorded release or source. One that also changes a file that no update
    between the two releases changes holds work, and is its author's.

    Args:
        commits: Of the repository.
        origin: What HEAD records.
        starters: What releases gave.
    """
    touching = commits.touching([ANSWERS_FILE])
    mine = [one for one in commits.commits if one.id in touching]
    if not any(one.parents for one in mine):  # never updated, as most are: nothing to read
        return frozenset(one.id for one in mine)
    changes = tuple(_changes(commits, mine, origin.folder))
    first = next((one.commit.id for one in reversed(changes) if one.before is None), "")
    found = set()
    for one in changes:
        if one.before is None:  # whoever deletes the file and brings it back updates nothing
            if one.commit.id == first or not one.commit.parents:
                found.add(one.commit.id)
        elif one.after is not None and _bound(one.before) != _bound(one.after):
            touched = set(commits.touched(one.commit)) - {ANSWERS_FILE, LOCK}
            touched = {path for path in touched if not path.startswith(_OF_THE_SOURCE)}
            if not _beyond(touched, one.before, one.after, origin, starters):
                found.add(one.commit.id)
    return frozenset(found)


def _bound(origin: Origin) -> tuple[str, str]:
    return origin.version, origin.source


def _changes(commits: History, mine: Sequence[Commit], folder: Path) -> Iterator[_Change]:
    """What each commit that changes the answers file makes of it."""
    names = {name for one in mine for name in (one.id, *one.parents[:1])}
    texts = commits.texts([f"{name}:{ANSWERS_FILE}" for name in sorted(names)])
    known = {
        name.partition(":")[0]: _recorded(text, folder)
        for name, text in texts.items()
        if text is not None
    }
    for one in mine:
        before = known.get(one.parents[0]) if one.parents else None
        yield _Change(one, before, known.get(one.id))


def _recorded(text: bytes, folder: Path) -> Origin:
    """What an answers file says; empty where it cannot be read."""
    try:
        content: Any = yaml_text.parse(text)
    except yaml_text.UnreadableError:
        content = None
    said = content if isinstance(content, dict) else {}
    template, version, source = (str(said.get(key, "")) for key in (TEMPLATE, _RELEASE, _SOURCE))
    answers = {
        key: value
        for key, value in said.items()
        if isinstance(key, str) and not key.startswith("_")
    }
    return Origin(folder, template, version, source, answers)


def _beyond(
    touched: set[str], before: Origin, after: Origin, now: Origin, starters: Starters
) -> bool:
    """Whether files were touched that an update from one release to the other leaves alone."""
    new = _given(after, starters)
    if new is None:  # no update goes to a release that does not exist; but a newer one may
        return _given(now, starters) is not None
    old = _given(before, starters)
    if old is None or before.source != after.source:
        return bool(touched - new.keys() - (old or new).keys())
    changed = {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
    return bool(touched - changed)


def _given(origin: Origin, starters: Starters) -> Mapping[str, bytes] | None:
    try:
        return starters.given(origin).files
    except NotKnownError:
        return None
