"""Standings drawn by a seed, without any repository: what a page or a spreadsheet has to show."""

from __future__ import annotations

import datetime
import random
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.check.finding import Finding
from scaffold.check.rule import FAMILIES
from scaffold.check.signals import Next, Signal
from scaffold.cohort.class_file import Assignment, Class
from scaffold.cohort.layout import Task
from scaffold.cohort.report import Report
from scaffold.cohort.roster import Learner
from scaffold.cohort.rubric import Met, Score
from scaffold.cohort.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC)
ZONE = datetime.timezone(datetime.timedelta(hours=1))
FIRST = Assignment(
    "first-api",
    "supervised-api",
    due=datetime.datetime(2027, 2, 1, 23, 59, tzinfo=ZONE),
    must_pass=("PF101", "DP"),
)
SECOND = Assignment("chatbot", "rag-app", due=datetime.datetime(2027, 4, 1, 23, 59, tzinfo=ZONE))
_NAMES = ("Ada Lovelace", "Grace Hopper", "Łukasz Żółć", "李小龙", "نور الهدى", "Zoë O'Brien-Smith")
_NEXT = (
    ("PF101", "PF1 is still our question.", "Answer it in two to six sentences."),
    ("OW101", "100% of its rows are the starter's.", "Bring rows of your own: `data/`."),
    ("DP200", "The README names no live address.", "Deploy it (docs/deploy.md)."),
    ("RC104", "Nothing in `docs/decisions/` is yours.", "Write down what you decided against."),
)


def klass(folder: Path = Path("/class")) -> Class:
    """A class with two assignments."""
    return Class(
        folder / "class.toml",
        "ML engineering, spring 2027",
        "ml-2027",
        "",
        None,
        folder / "roster.csv",
        "https://host.example/school/{username}-{name}.git",
        (),
        60,
        "",
        {one.id: one for one in (FIRST, SECOND)},
    )


def task(username: str, name: str = "", assignment: Assignment = FIRST) -> Task:
    """A task of a learner."""
    learner = Learner(username, name or username, f"{username}@example.org", section="A", line=2)
    return Task(learner, assignment, f"https://host.example/school/{username}-{assignment.id}.git")


def report(standings: Sequence[Standing]) -> Report:
    """A report of them, in their order."""
    return Report(klass(), tuple(standings), NOW, "2027-03-01T08:00:00+00:00")


def class_of(number: int, seed: int = 1) -> list[Standing]:
    """Standings of so many repositories, two of each learner."""
    dice = random.Random(seed)  # noqa: S311
    return [
        _drawn(dice, task(f"learner-{at // 2:03}", dice.choice(_NAMES), (FIRST, SECOND)[at % 2]))
        for at in range(number)
    ]


def _drawn(dice: random.Random, one: Task) -> Standing:
    if dice.random() < 0.06:
        state = dice.choice(("gone", "denied", "not collected", "unreadable"))
        over = one.assignment is FIRST
        return Standing(
            one,
            state,
            "Nothing is there any more.",
            due="not known" if state == "not collected" else "overdue" if over else "not begun",
            score=Score(0, 60, 60, 0, (Met("Framed", 60, "not known", "not known: PF"),)),
        )
    behind = dice.choice((0, 0, 0, 1, 2))
    rule, message, todo = dice.choice(_NEXT)
    commits = dice.choice((0, 3, 14, 41))
    last = NOW - datetime.timedelta(hours=dice.randrange(24, 1800))
    limit = one.assignment.due
    assert limit is not None
    late = commits and last > limit
    if commits == 0:
        due = "overdue" if one.assignment is FIRST else "not begun"
    elif one.assignment is FIRST:
        due = dice.choice(("late", "overdue")) if late else dice.choice(("in time", "overdue"))
    else:
        due = "under way"
    waits = ("", "conflicts in 2 files", "branch scaffold/v0.5.0 waits")
    pending = dice.choice(waits) if behind else ""
    points = dice.choice((0, 20, 40, 60))
    return Standing(
        one,
        template=one.assignment.template,
        version=f"v0.{5 - behind}.0",
        newest="v0.5.0",
        behind=behind,
        pending=pending,
        conflicts=("README.md", "app/api.py") if pending.startswith("conflicts") else (),
        own_code=commits * 11,
        own_tests=commits * 3,
        own_rows=dice.choice((0.0, 0.5, 1.0)),
        signals=tuple(
            Signal(
                family,
                title,
                dice.choice(("shown", "not yet", "not known")),
                "PF1 is still our question.",
            )
            for family, title in FAMILIES.items()
        ),
        rungs={"typed": 3, "recorded": 1, "consistent": commits, "attested": 0, "wrong": 0},
        rules={"PF101": "fail", "DP101": "pass"},
        live=dice.choice(("", f"https://{one.learner.username}.example.dev/")),
        must_pass=("PF101", "DP200") if due == "overdue" and commits else (),
        commits_own=commits,
        commits_late=2 if late else 0,
        first_own=last - datetime.timedelta(days=3) if commits else None,
        last_own=last if commits else None,
        due=due,
        next=Next(rule, Finding(message, "README.md", 148), todo),
        score=Score(
            points,
            60,
            0,
            0,
            (Met("The problem is framed", 40, "yes"), Met("It is live", 20, "no", "missing: live")),
        ),
        questions=("Which number here would you trust least, and why?",),
    )
