"""What an author committed, and whether that was in time."""

from __future__ import annotations

import datetime
import os
from typing import TYPE_CHECKING

from scaffold import edits, git, scratch
from scaffold.check import examine
from scaffold.check.config import Choice
from scaffold.check.facts.tree import MOST_FILES, Tree
from scaffold.check.fetching import MOST_BYTES
from scaffold.check.finding import NotKnownError
from scaffold.cohort import delivery, must_pass, starter_commits
from scaffold.cohort.seen import Work
from scaffold.lock import LOCK
from scaffold.render import ANSWERS_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scaffold.check.facts.given import Starters
    from scaffold.check.facts.history import Commit, History
    from scaffold.cohort.seen import Question
    from scaffold.project import Origin


_CLOCKS_SECONDS = 86_400
"""What honest clocks may differ by, one of which is in another time zone than it thinks."""


def due_commit(commits: Sequence[Commit], due: datetime.datetime) -> Commit | None:
    """The newest commit that was made until the due date."""
    return next((one for one in commits if one.time <= due.timestamp()), None)


def work(commits: History, asked: Question, origin: Origin, starters: Starters) -> Work:
    """The author's commits: no merge, and none that only brings the starter or an update of it."""
    updates = starter_commits.find(commits, origin, starters)
    own = [one for one in commits.commits if len(one.parents) < 2 and one.id not in updates]  # noqa: PLR2004
    if not own and _changed(origin, starters):  # all of it in the first commit, or in an update's
        own = list(commits.commits[:1])
    tree, handouts = commits.marked(delivery.TRAILER)
    if not own:
        return Work(tree=tree, handouts=handouts)
    times = [one.time for one in own]
    limit = asked.due.timestamp() if asked.due else None
    late = sum(time > limit for time in times) if limit is not None else 0
    stood = None
    if asked.due and asked.must_pass and late and late < len(own):
        stood = _stood(commits, asked, starters)
    began = next((one.time for one in reversed(commits.commits) if one.id in updates), 0)
    return Work(
        commits=len(own),
        first=_moment(min(times)),
        last=_moment(max(times)),
        late=late,
        stood=stood,
        early=sum(time < began - _CLOCKS_SECONDS for time in times),
        tree=tree,
        handouts=handouts,
    )


def _stood(commits: History, asked: Question, starters: Starters) -> bool | None:
    """Whether what must pass did so in the last commit until the due date."""
    commit = due_commit(commits.commits, asked.due) if asked.due else None
    if commit is None:
        return False
    try:
        sizes = commits.sizes(commit.id)
    except git.TooMuchError:
        return None
    if len(sizes) > MOST_FILES or sum(sizes) > MOST_BYTES:
        return None
    with scratch.folder("scaffold-due-") as place:
        folder = place / "then"
        folder.mkdir()
        commits.write(commit.id, folder)
        (folder / ".git").mkdir()
        (folder / ".git/HEAD").write_text(f"{commit.id}\n", encoding="ascii")
        objects = os.fspath(_common(asked.folder))
        (folder / ".git/commondir").write_text(f"{objects}\n", encoding="utf-8")
        then = examine.look(folder, starters, Choice(select=asked.must_pass))
    if any(must_pass.fails(one, then) for one in then.results) or then.trouble[0]:
        return False
    return None if then.own is None else True


def _common(folder: Path) -> Path:
    """Git's folder of an ordinary clone."""
    return folder.absolute() / ".git"


def _changed(origin: Origin, starters: Starters) -> bool:
    """Whether any file is another one than the starter gave; an update merges, so compare all."""
    try:
        files = starters.given(origin).files
    except NotKnownError:
        return False
    given = {path: content for path, content in files.items() if path != ANSWERS_FILE}
    found = edits.find(origin.folder, given)
    added = Tree(origin.folder).sizes.keys() - files.keys() - {LOCK}
    return bool(found.edited or found.deleted or added)


def _moment(seconds: int) -> datetime.datetime | None:
    """A commit's time; None where its author made one up that no calendar has."""
    try:
        return datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)
    except (OverflowError, OSError, ValueError):
        return None
