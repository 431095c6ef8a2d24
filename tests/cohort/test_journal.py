"""Journals, what is left of an interrupted run, and turns on a host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.cohort import class_file, journal, remaining
from scaffold.cohort.layout import journals, tasks
from scaffold.cohort.outcome import Outcome
from scaffold.cohort.pacing import Pacing
from scaffold.cohort.remaining import Asked, Manner
from scaffold.cohort.roster import Learner
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.cohort.class_file import Class

LEARNERS = tuple(Learner(name) for name in ("ada", "bob", "cleo", "dan"))


def a_class(tmp_path: Path, where: str = "{username}.git") -> Class:
    (tmp_path / "class.toml").write_text(
        f'name = "C"\nwhere = "{where}"\n[assignments.one]\ntemplate = "rag-app"\n',
        encoding="utf-8",
    )
    return class_file.read(tmp_path)


def asked(klass: Class, verb: str = "update", **options: str) -> Asked:
    todo = tasks(klass, LEARNERS)
    return Asked(verb, todo, options, roster=frozenset(one.key for one in todo))


def write(klass: Class, *ended: Outcome, begun: str = "", complete: bool = False) -> None:
    made = journal.fresh(journals(klass), "update")
    pairs = tuple((one.key, one.place) for one in tasks(klass, LEARNERS))
    made.plan(journal.Planned("update", {"to": "v0.2.0"}, pairs))
    for one in ended:
        made.begin(one.key)
        made.end(one)
    if begun:
        made.begin(begun)
    if complete:
        made.complete()
    made.close()


def test_a_journal_tells_what_it_was_told(tmp_path: Path) -> None:
    klass = a_class(tmp_path)
    conflict = Outcome("one/ada", "conflicts", "why", ("a.py", "b c.py"), branch="x")
    write(klass, conflict, begun="one/bob")
    found = journal.newest(journals(klass), "update")
    assert found is not None
    assert found.run == "update-0001"
    assert found.planned.options == {"to": "v0.2.0"}
    assert found.ended == {"one/ada": conflict}
    assert found.begun == {"one/ada", "one/bob"}
    assert not found.complete
    write(klass, complete=True)
    newest = journal.newest(journals(klass), "update")
    assert newest is not None
    assert (newest.run, newest.complete) == ("update-0002", True)
    assert journal.newest(journals(klass), "handout") is None


@pytest.mark.parametrize("torn", [2, 10, 40])
def test_a_torn_last_line_is_left_out_and_written_behind(tmp_path: Path, torn: int) -> None:
    klass = a_class(tmp_path)
    write(klass, Outcome("one/ada", "done"), Outcome("one/bob", "done"))
    path = journals(klass) / "update-0001.jsonl"
    path.write_bytes(path.read_bytes()[:-torn])
    found = journal.read(path)
    assert found is not None
    assert set(found.ended) == {"one/ada"}
    again = journal.Journal(path)
    again.end(Outcome("one/bob", "already"))
    again.complete()
    again.close()
    healed = journal.read(path)
    assert healed is not None
    assert healed.ended["one/bob"].state == "already"
    assert healed.complete


def test_a_journal_without_a_whole_plan_was_never_begun(tmp_path: Path) -> None:
    klass = a_class(tmp_path)
    write(klass)
    path = journals(klass) / "update-0001.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert journal.newest(journals(klass), "update") is None
    assert remaining.left(klass, asked(klass), Manner()).tasks == tasks(klass, LEARNERS)


def test_an_interrupted_run_is_not_passed_over(tmp_path: Path) -> None:
    klass = a_class(tmp_path)
    write(klass, Outcome("one/ada", "done"), Outcome("one/bob", "failed", "net"), begun="one/cleo")
    with pytest.raises(RequestError, match="was interrupted after 2 of 4") as refused:
        remaining.left(klass, asked(klass), Manner())
    assert "--resume" in refused.value.remedy
    rest = remaining.left(klass, asked(klass), Manner(resume=True))
    assert [one.learner.username for one in rest.tasks] == ["bob", "cleo", "dan"]
    assert rest.options == {"to": "v0.2.0"}
    assert [one.key for one in rest.before] == ["one/ada"]
    failed = remaining.left(klass, asked(klass), Manner(only_failed=True))
    assert [one.learner.username for one in failed.tasks] == ["bob"]
    assert failed.record is None
    anew = remaining.left(klass, asked(klass), Manner(anew=True))
    assert (len(anew.tasks), anew.options) == (4, {})


def test_going_on_with_another_release_is_refused(tmp_path: Path) -> None:
    klass = a_class(tmp_path)
    write(klass)
    with pytest.raises(RequestError, match=r"was for to v0\.2\.0, not for v0\.3\.0"):
        remaining.left(klass, asked(klass, to="v0.3.0"), Manner(resume=True))
    assert remaining.left(klass, asked(klass, to="v0.2.0"), Manner(resume=True)).tasks


def test_what_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    klass = a_class(tmp_path)
    with pytest.raises(RequestError, match="No update was begun"):
        remaining.left(klass, asked(klass), Manner(resume=True))
    with pytest.raises(RequestError, match="three different things"):
        remaining.left(klass, asked(klass), Manner(resume=True, anew=True))


def test_hosts_get_so_many_a_minute_and_the_disk_any_number(tmp_path: Path) -> None:
    now = [100.0]
    pacing = Pacing(30, lambda: now[0])
    first, second = tasks(a_class(tmp_path, "https://h.example/{username}.git"), LEARNERS[:2])
    elsewhere = tasks(a_class(tmp_path, "ssh://git@other.example/{username}.git"), LEARNERS)[0]
    local = tasks(a_class(tmp_path), LEARNERS)
    assert pacing.wait(first) == 0
    assert pacing.wait(second) == pytest.approx(2)
    assert pacing.wait(elsewhere) == 0
    assert [pacing.wait(one) for one in local] == [0, 0, 0, 0]
    now[0] += 2
    assert pacing.wait(second) == 0
    assert pacing.wait(first) == pytest.approx(2)


def test_no_token_gets_into_an_outcome() -> None:
    said = Outcome("one/ada", "failed", "fatal: 'https://ada:ghp_secret@h/x.git/' not\nfound")
    assert said.reason == "fatal: 'https://***@h/x.git/' not found"
