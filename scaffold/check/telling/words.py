"""What every form of telling says alike."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.check.examine import Verdict

RUNGS = ("attested", "consistent", "recorded", "typed", "wrong")
SHORT = {"PF": "PF", "ST": "ST", "RC": "RC", "CD": "CD", "DP": "Live", "MO": "Mon", "OW": "Own"}
"""Heads of an overview's columns."""
RUNGS_MEAN = {
    "attested": "this repository's CI measured it again",
    "consistent": "its rows give it again, on what is committed",
    "recorded": "it stands in a report, and no more is known",
    "typed": "somebody typed it",
    "wrong": "the report says something else",
}


def named(verdict: Verdict) -> str:
    """The folder's own name, or the address."""
    if "://" in verdict.name:
        return verdict.name
    return Path(verdict.name).expanduser().absolute().name


def rungs(verdict: Verdict) -> str:
    """How many numbers stand on which rung."""
    counted = Counter(str(one.rung) for one in verdict.numbers)
    return ", ".join(f"{counted[one]} {one}" for one in RUNGS if counted[one]) or "none yet"


def own(verdict: Verdict) -> str:
    """What is the author's, in a line."""
    if verdict.own is None:
        return "not known"
    lines = verdict.own.lines
    code, tests = lines.get("code", 0), lines.get("tests", 0)
    shares = [f"{1 - one.share:.0%} of the {one.what}" for one in verdict.own.data]
    if not code + tests and all(one.share == 1 for one in verdict.own.data):
        return "nothing yet"
    return ", ".join([f"{code} lines of code", f"{tests} of tests", *shares])


def further(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """What may still be done where nothing is left that files can tell: why, and the command."""
    unasked = not verdict.asked and any(
        one.level not in {"static", "human"} and one.outcome.state == "unknown"
        for one in verdict.results
    )
    asking = (("ask the live address", "scaffold check --online"),) if unasked else ()
    return (*asking, ("practise", "scaffold check --questions"))


def headline(verdict: Verdict) -> str:
    """Which starter, which release."""
    return f"{verdict.template} {verdict.version}".strip()
