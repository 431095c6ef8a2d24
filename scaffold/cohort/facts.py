"""A standing as plain data, for JSON and for the columns of the spreadsheet."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from scaffold.check.rule import FAMILIES
from scaffold.cohort import said

if TYPE_CHECKING:
    import datetime

    from scaffold.cohort.standing import Standing

SIGNALS = {family: title.lower().replace(" ", "_") for family, title in FAMILIES.items()}
"""Names of the columns of the signals, by family."""
COLUMNS = (
    *("assignment", "username", "name", "section", "state", "reason"),
    *("due", "due_date", "commits_own", "commits_late", "first_own", "last_own"),
    *("template", "version", "newest", "behind", "pending"),
    *("must_pass_missing", "must_pass_unknown", "signals_shown", *SIGNALS.values()),
    *("own_code", "own_tests", "own_rows"),
    *("typed", "recorded", "consistent", "attested", "wrong"),
    *("live", "live_answers", "next", "next_rule", "next_place"),
    *("points", "out_of", "points_open", "place"),
)
"""Of the spreadsheet, in this order; a later version only adds, at the end."""


def record(one: Standing) -> dict[str, Any]:
    """Everything that is known of one learner's assignment; times are ISO 8601."""
    learner, assignment = one.task.learner, one.task.assignment
    return {
        "assignment": assignment.id,
        "username": learner.username,
        "name": said.plain(learner.name),
        "section": said.plain(learner.section),
        "place": one.place,
        "state": one.state,
        "reason": one.reason,
        "due": one.due,
        "due_date": moment(assignment.due),
        "commits_own": one.commits_own,
        "commits_late": one.commits_late,
        "first_own": moment(one.first_own),
        "last_own": moment(one.last_own),
        "template": one.template or None,
        "version": one.version or None,
        "newest": one.newest or None,
        "behind": one.behind,
        "pending": one.pending,
        "conflicts": list(one.conflicts),
        "must_pass": {
            "wanted": list(assignment.must_pass),
            "missing": list(one.must_pass),
            "unknown": list(one.unknown),
        },
        "signals": [asdict(signal) for signal in one.signals],
        "rules": dict(one.rules),
        "own": {"code": one.own_code, "tests": one.own_tests, "rows": one.own_rows},
        "numbers": dict(one.rungs),
        "live": {"address": one.live or None, "answers": one.answers},
        "next": None
        if one.next is None
        else {
            "rule": one.next.rule,
            "message": one.next.finding.message,
            "place": one.next.finding.place,
            "todo": one.next.todo,
        },
        "score": None if one.score is None else asdict(one.score),
        "questions": list(one.questions),
        "notes": list(one.notes),
    }


def row(one: Standing) -> dict[str, Any]:
    """The cells of one line of the spreadsheet, by column; None is an empty cell."""
    facts = record(one)
    states = {signal.family: signal.state for signal in one.signals}
    flat = {name: facts[name] for name in COLUMNS if name in facts}
    flat |= {name: states.get(family) for family, name in SIGNALS.items()}
    flat |= {name: one.rungs.get(name) for name in COLUMNS if name in one.rungs}
    flat |= {
        "must_pass_missing": " ".join(one.must_pass),
        "must_pass_unknown": " ".join(one.unknown),
        "signals_shown": sum(state == "shown" for state in states.values()) if states else None,
        "own_code": one.own_code,
        "own_tests": one.own_tests,
        "own_rows": one.own_rows,
        "live": one.live,
        "live_answers": {True: "yes", False: "no", None: ""}[one.answers],
        "next": one.next.finding.message if one.next else "",
        "next_rule": one.next.rule if one.next else "",
        "next_place": one.next.finding.place if one.next else "",
        "points": one.points,
        "out_of": one.out_of,
        "points_open": one.score.open if one.score else None,
    }
    return {name: flat.get(name) for name in COLUMNS}


def moment(time: datetime.datetime | None) -> str | None:
    """ISO 8601 to the second, with the offset."""
    return time.isoformat(timespec="seconds") if time else None
