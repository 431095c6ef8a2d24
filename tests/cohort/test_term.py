"""A term with thirty learners, three assignments and two releases, on real git remotes.

What learners do is drawn by seed from the states of the update matrix. What must come of it follows
from the states and from this script; nothing of it comes from `scaffold`.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.cohort.term.classroom import FIRST, LEARNERS, SECOND, THIRD, Classroom
from tests.cohort.term.copiers import plain_copier
from tests.cohort.term.git_server import GitServer
from tests.cohort.term.instructor import TOKEN
from tests.cohort.term.playing import play
from tests.cohort.term.sites import Bases, Sites

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = int(os.environ.get("SCAFFOLD_SEED", "2027"))
SEEDS = tuple(range(SEED, SEED + 4)) if os.environ.get("SCAFFOLD_ALL") else (SEED,)


@pytest.fixture(scope="module", params=SEEDS)
def term(
    request: pytest.FixtureRequest,
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Classroom]:
    """A term after its last week."""
    folder = tmp_path_factory.mktemp(f"term-{request.param}")
    bases = Bases.make(plain_copier(pytestconfig, tmp_path_factory), folder)
    with GitServer(folder / "server") as server:
        played = Classroom(request.param, folder, Sites.make(folder), bases, server)
        play(played)
        yield played


def nothing_wrong(term: Classroom, topic: str, only: str = "") -> None:
    """Fail with everything that was wrong with something, one line each."""
    lines = [line for line in term.wrong.get(topic, []) if line.startswith(only)]
    if lines:
        pytest.fail("\n".join([f"{topic}, seed {term.seed}:", *lines]), pytrace=False)


def test_each_learner_gets_one_repository_with_one_commit(term: Classroom) -> None:
    nothing_wrong(term, "hand-out")
    assert len(term.repositories) == 3 * LEARNERS


def test_plans_name_everybody_write_nothing_and_come_true(term: Classroom) -> None:
    nothing_wrong(term, "plans")


def test_clean_updates_arrive_as_a_branch_and_nobody_loses_a_line(term: Classroom) -> None:
    nothing_wrong(term, "updates")
    ended = Counter(term.updated.values())
    assert ended["done"] >= LEARNERS
    assert ended["conflicts"] >= 3
    assert not term.unknown, "what must come of these is not known"
    assert term.resolved, "nobody resolved a conflict"


def test_each_state_of_the_matrix_is_dealt_before_any_comes_twice(term: Classroom) -> None:
    dealt = Counter(one.state.name for one in term.repositories.values() if one.state)
    assert len(dealt) >= 50
    assert max(dealt.values()) <= 2


def test_who_is_gone_or_may_not_be_read_is_told_and_left_alone(term: Classroom) -> None:
    nothing_wrong(term, "reach")
    reach = Counter(one.reach for one in term.repositories.values())
    assert (reach["gone"], reach["denied"]) == (3, 1)


@pytest.mark.parametrize("name", ["worked", "after one release", "at the end"])
def test_the_report_says_what_the_script_knows(term: Classroom, name: str) -> None:
    assert name in term.reports
    nothing_wrong(term, "reports", only=f"{name}: ")


def test_reports_show_every_kind_of_standing(term: Classroom) -> None:
    rows = [row for report in term.reports.values() for row in report.values()]
    assert {row.due for row in rows} == {
        *("no date", "not begun", "under way", "in time", "late", "overdue")
    }
    assert {row.behind for row in rows} == {0, 1, 2}
    assert {row.pending.partition(" ")[0] for row in rows} == {"", "branch", "conflicts"}


def test_a_second_run_of_anything_changes_nothing(term: Classroom) -> None:
    nothing_wrong(term, "again")


def test_everybody_gets_a_message_with_something_to_do(term: Classroom) -> None:
    nothing_wrong(term, "nudges")


def test_exit_codes_say_whether_somebody_has_to_do_something(term: Classroom) -> None:
    nothing_wrong(term, "exit codes")


def test_journals_are_whole_and_nothing_temporary_is_left(term: Classroom) -> None:
    for name, lines in term.instructor.journals().items():
        events = [line["event"] for line in lines]
        assert (events[0], events[-1]) == ("plan", "complete"), name
        assert events.count("begin") == events.count("end"), name
    assert not list(term.instructor.machine.temporary.iterdir())
    assert not list((term.instructor.folder / ".cohort").rglob("*.tmp"))


def test_the_token_of_the_instructor_is_written_nowhere(term: Classroom) -> None:
    places = [path for path in term.instructor.folder.rglob("*") if path.is_file()]
    assert len(places) > 1000
    assert not [path for path in places if TOKEN.encode() in path.read_bytes()]
    assert not [words for words, said in term.said if TOKEN in said.out + said.err]
    assert THIRD in {one.assignment for one in term.repositories.values()} > {FIRST, SECOND}
