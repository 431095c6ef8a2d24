"""Rubrics: what they hold, what is wrong with them, and the points they give."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scaffold.cohort import rubric, rubric_file
from scaffold.cohort.rubric import Criterion, Late, Rubric, Shown
from scaffold.errors import RequestError
from tests.small_pack import write

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
[[criteria]]
title = "The problem is framed"
points = 30
needs = ["PF"]

[[criteria]]
title = "It is live"
points = 20.5
needs = ["live", "DP101"]
assignments = ["first"]

[[criteria]]
title = "Kept up"
points = 10
needs = ["updated", "in time"]

[late]
percent = 10
percent_per_day = 5
most = 40
"""
SHOWN = Shown(
    rules={"DP101": "pass", "PF101": "pass", "PF102": "fail", "PF103": "unknown"},
    signals={"PF": "shown", "ST": "not yet", "RC": "not known"},
    live=True,
    behind=0,
    due="in time",
)


def read(folder: Path, text: str) -> Rubric | None:
    write(folder, "rubric.toml", text)
    return rubric_file.read(folder, ("first", "second"))


def test_a_class_without_one_has_none(tmp_path: Path) -> None:
    assert rubric_file.read(tmp_path, ("first",)) is None


def test_a_good_one_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    assert found == Rubric(
        (
            Criterion("The problem is framed", 30, ("PF",)),
            Criterion("It is live", 20.5, ("live", "DP101"), ("first",)),
            Criterion("Kept up", 10, ("updated", "in time")),
        ),
        Late(10, 5, 40),
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"PF"]', '"PF10"]', "names 'PF10', which is none; did you mean 'PF10"),
        ('"live"', '"life"', "criteria 2: needs names 'life', which is none; did you mean 'live'?"),
        (
            '["first"]',
            '["frist"]',
            "assignments names 'frist', which is none; did you mean 'first'",
        ),
        ("points = 30", "points = 0", "criteria 1 needs points, a number above 0"),
        ("points = 30", "points = true", "criteria 1 needs points, a number above 0"),
        ("points = 30", "points = nan", "criteria 1 needs points, a number above 0"),
        ("points = 30", "", "criteria 1 needs points, a number above 0"),
        ("points = 30", "point = 30", "there is no key 'point'; did you mean 'points'?"),
        ('"The problem is framed"', '" "', "criteria 1 needs a title"),
        ('"Kept up"', '"It is live"', "criteria 3: the title 'It is live' is there already"),
        ('needs = ["PF"]', "needs = []", "criteria 1 needs a list of needs"),
        ('needs = ["PF"]', 'needs = "PF"', "criteria 1 needs a list of needs"),
        ("percent = 10", "percent = 110", "late.percent is a number of percent from 0 to 100"),
        ("most = 40", 'most = "x"', "late.most is a number of percent from 0 to 100"),
        ("most = 40", "mots = 40", "late: there is no key 'mots'; did you mean 'most'?"),
        ("[late]", "[lates]", "there is no key 'lates'; did you mean 'late'?"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(RequestError) as caught:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert said in caught.value.problem
    assert "rubric.toml" in caught.value.problem


def test_everything_wrong_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(RequestError) as caught:
        read(tmp_path, GOOD.replace("30", "-1").replace('"live"', '"life"').replace("40", "400"))
    assert caught.value.problem.count(";") >= 2
    assert caught.value.problem.count("needs points") == 1


@pytest.mark.parametrize("text", ["", "criteria = 3", "late = 3", "= x", "[[criteria]]\n" * 2])
def test_what_is_no_rubric_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RequestError):
        read(tmp_path, text)


def test_one_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rubric.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(RequestError, match="can't be read"):
        rubric_file.read(tmp_path, ("first",))


@pytest.mark.parametrize(
    ("need", "shown", "held"),
    [
        ("PF", SHOWN, "yes"),
        ("ST", SHOWN, "no"),
        ("RC", SHOWN, "not known"),
        ("CD", SHOWN, "not known"),
        ("PF101", SHOWN, "yes"),
        ("PF102", SHOWN, "no"),
        ("PF103", SHOWN, "not known"),
        ("PF104", SHOWN, "not known"),
        ("PF101", replace(SHOWN, rules={"PF101": "switched off"}), "no"),
        ("live", SHOWN, "yes"),
        ("live", replace(SHOWN, live=False), "no"),
        ("live", replace(SHOWN, live=None), "not known"),
        ("updated", SHOWN, "yes"),
        ("updated", replace(SHOWN, behind=2), "no"),
        ("updated", replace(SHOWN, behind=None), "not known"),
        ("in time", SHOWN, "yes"),
        ("in time", replace(SHOWN, due="no date"), "yes"),
        ("in time", replace(SHOWN, due="late"), "no"),
        ("in time", replace(SHOWN, due="overdue"), "no"),
        ("in time", replace(SHOWN, due="under way"), "not known"),
    ],
)
def test_a_need_holds_or_not(need: str, shown: Shown, held: str) -> None:
    found = rubric.score(Rubric((Criterion("x", 10, (need,)),)), "first", shown)
    assert found.criteria[0].held == held
    assert (found.points, found.open) == {
        "yes": (10, 0),
        "no": (0, 0),
        "not known": (0, 10),
    }[held]


def test_all_needs_of_a_criterion_have_to_hold_and_a_broken_one_is_named() -> None:
    kept = Rubric((Criterion("x", 10, ("PF", "ST", "PF103")),))
    found = rubric.score(kept, "first", SHOWN)
    assert (found.points, found.open, found.criteria[0].why) == (0, 0, "missing: system thinking")


def test_criteria_of_other_assignments_do_not_count(tmp_path: Path) -> None:
    kept = read(tmp_path, GOOD)
    assert kept is not None
    assert rubric.score(kept, "first", SHOWN).out_of == 60.5
    assert rubric.score(kept, "second", SHOWN).out_of == 40


@pytest.mark.parametrize(
    ("days", "points", "deducted"), [(1, 8.5, 1.5), (3, 7.5, 2.5), (30, 6, 4), (0, 9, 1)]
)
def test_late_work_loses_what_the_rubric_says(days: int, points: float, deducted: float) -> None:
    kept = Rubric((Criterion("x", 10, ("PF",)),), Late(10, 5, 40))
    found = rubric.score(kept, "first", replace(SHOWN, due="late", days_late=days))
    assert (found.points, found.deducted) == (points, deducted)


def test_work_in_time_loses_nothing_even_if_its_author_went_on() -> None:
    kept = Rubric((Criterion("x", 10, ("PF",)),), Late(10, 5, 40))
    found = rubric.score(kept, "first", replace(SHOWN, due="in time", days_late=9))
    assert (found.points, found.deducted) == (10, 0)


@pytest.mark.parametrize(("hours", "days"), [(-1, 0), (0, 0), (1, 1), (24, 1), (25, 2)])
def test_days_are_counted_as_they_begin(hours: int, days: int) -> None:
    due = datetime.datetime(2027, 2, 1, 23, tzinfo=datetime.UTC)
    assert rubric.days_late(due, due + datetime.timedelta(hours=hours)) == days
    assert rubric.days_late(None, due) == rubric.days_late(due, None) == 0
