"""What learners do between the commands of their instructor."""

from __future__ import annotations

import datetime
import shutil
from typing import TYPE_CHECKING

from tests.cohort.term.classroom import DAY, FIRST
from tests.cohort.term.instructor import USER
from tests.cohort.term.learners import LATER, Repository, deal, deck
from tests.cohort.term.sites import MIDDLE, NEWEST, OLDEST
from tests.updates.matrix.fates import Clash, Expected
from tests.updates.matrix.tree import Entry

if TYPE_CHECKING:
    from tests.cohort.term.classroom import Classroom
    from tests.updates.matrix.bases import Base

#: What a conflict is about is not looked at where nothing is pushed.
_ANYTHING = Entry(b"")


def work(room: Classroom, assignment: str, *, twice: bool) -> None:
    """Let everybody bring their repository into a state drawn by the seed."""
    all_of_it = room.of(assignment)
    dealt = {one.state for one in room.repositories.values() if one.state}
    states = deck(all_of_it[0].base.journey, twice=twice)
    untouched = next(one for one in states if one.name == "untouched")
    states = deal(states, len(all_of_it), room.dice, dealt)
    if untouched not in states:  # somebody never begins
        states[0] = untouched
    for one, state in zip(all_of_it, states, strict=True):
        one.state = state
    times = {one.key: _time(room, assignment) for one in all_of_it}
    room.map(lambda one: one.play(one.state, times[one.key]), all_of_it)


def _time(room: Classroom, assignment: str) -> datetime.datetime:
    """Of the first one some are in time and some are late, of others all are in time."""
    minutes = datetime.timedelta(minutes=room.dice.randrange(600))
    if assignment == FIRST and room.dice.random() < 0.6:
        return room.now - 4 * DAY + minutes
    return room.now - DAY + minutes


def things_happen(room: Classroom) -> None:
    """One deletes a repository, one renames it, one makes it private, one rewrites history."""
    deleted = room.draw(FIRST, lambda one: room.is_on_disk(one.username))
    shutil.rmtree(deleted.bare)
    deleted.reach = "gone"
    renamed = room.draw(FIRST, lambda one: not room.is_on_disk(one.username))
    elsewhere = renamed.bare.rename(renamed.bare.with_name("mine-now.git"))
    renamed.bare, renamed.reach = elsewhere, "gone"
    private = room.draw(FIRST, lambda one: not room.is_on_disk(one.username))
    room.server.forbidden[USER, private.bare.name] = 403
    private.reach = "denied"
    rewritten = room.draw(FIRST, lambda one: one.last is not None)
    rewritten.rewrite_history(rewritten.last or room.now)


def take_or_leave(room: Classroom) -> None:
    """Some take the update and go on; others leave its branch where it is."""
    offered = [one for one in room.of(FIRST) if one.waiting]
    middle, whole = room.bases.by_step[MIDDLE, NEWEST], room.bases.by_step[OLDEST, NEWEST]
    for one in offered:
        takes = room.dice.random() < 0.6
        if takes:
            head = one.head()
            one.merge(f"scaffold/{MIDDLE}")
            base = room.with_class(middle, one)
            if not one.move_on(base, room.folder / "again" / one.username):
                _take_back(one, head)
                takes = False
        if not takes:
            _expect_both(room, one, whole)
        elif room.dice.random() < 0.5:
            at = _time(room, FIRST) if one.last is None else one.last
            one.write(LATER.format(1), "# Later\n\nWe went on.\n", at)
    clashing = [one for one in room.of(FIRST) if one.conflicts and one.reach == "read"]
    for one in clashing[:1]:
        paths = one.resolve(room.sites.by_newest[MIDDLE], MIDDLE)
        same = {path: Clash(_ANYTHING, _ANYTHING) for path in paths}
        one.base, one.expected = room.with_class(middle, one), Expected(same)
        room.resolved.append(one.key)
    for one in room.of(FIRST):
        if one.reach == "read" and not one.waiting and one.release == OLDEST:
            _expect_both(room, one, whole)


def _take_back(one: Repository, head: str) -> None:
    """Go back to before a merge: what is to come of it would not be known."""
    git = one.desk.git
    git("reset", "--quiet", "--hard", head)
    git("push", "--quiet", "--force", "origin", "main")
    one.release = OLDEST
    one.waiting.append(f"scaffold/{MIDDLE}")


def _expect_both(room: Classroom, one: Repository, whole: Base) -> None:
    """Expect an update over both releases."""
    known = one.move_on(room.with_class(whole, one), room.folder / "both" / one.username)
    if not known:
        room.unknown.append(one.key)
