"""A term, played from the first hand-out to the last report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cohort.term import handing_out, happenings, looking, updating
from tests.cohort.term.classroom import DAY, FIRST, SECOND, THIRD
from tests.cohort.term.instructor import USER
from tests.cohort.term.learners import LATER
from tests.cohort.term.sites import MIDDLE, NEWEST, OLDEST

if TYPE_CHECKING:
    from tests.cohort.term.classroom import Classroom


def play(room: Classroom) -> None:
    """From the first week to the last."""
    before = room.bases.by_step[OLDEST, MIDDLE]
    room.write_class(FIRST)
    updating.plan(room, "handout", FIRST)
    handing_out.hand_out(room, FIRST, OLDEST, before)
    happenings.work(room, FIRST, twice=True)
    looking.look(room, "worked", OLDEST)
    happenings.things_happen(room)

    room.instructor.use(room.sites.by_newest[MIDDLE])
    room.write_class(FIRST, SECOND)
    handing_out.hand_out(room, SECOND, MIDDLE, room.bases.by_step[MIDDLE, NEWEST])
    lines = updating.plan(room, "update", FIRST)
    updating.update(room, "first release", FIRST)
    updating.foretold(room, lines, "first release")
    happenings.take_or_leave(room)
    happenings.work(room, SECOND, twice=False)
    looking.look(room, "after one release", MIDDLE, code=1)

    hidden = room.draw(SECOND, lambda one: not room.is_on_disk(one.username))
    room.server.forbidden[USER, hidden.bare.name] = 404  # as hosts hide what is private
    hidden.reach = "gone"
    room.instructor.use(room.sites.by_newest[NEWEST])
    updating.update(room, "second release")
    room.write_class(FIRST, SECOND, THIRD)
    handing_out.hand_out(room, THIRD, NEWEST, room.bases.by_step[MIDDLE, NEWEST])
    for one in room.of(THIRD)[::3]:
        one.write(LATER.format(2), "# The third one\n", room.now - DAY)
    updating.do_it_again(room)
    looking.look(room, "at the end", NEWEST, code=1)
    looking.nudge(room)
