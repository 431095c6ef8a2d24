"""Questions for the author of a repository, made from its own evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.reports import EVALUATION, better
from scaffold.check.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.answers import Answers
    from scaffold.check.facts.own import Own
    from scaffold.check.facts.reports import Reports
    from scaffold.evidence.reading import Number

MOST = 5
README = "README.md"


def questions(answers: Answers, reports: Reports, own: Own) -> list[Finding]:
    """Three to five questions, those about numbers first."""
    found = [*_worst(reports), *_close(reports), *_code(own), *_example(reports)]
    found += [
        Finding(
            "Which number here would you trust least, and why?",
            README,
            answers.get("CD3").line,
            "CD3",
        ),
        Finding(
            "What would you take out again if you had to halve the code?",
            README,
            answers.get("CD2").line,
            "CD2",
        ),
        Finding(
            "Which question of a user made you change something?",
            README,
            answers.get("PF1").line,
            "PF1",
        ),
    ]
    return found[:MOST]


def _parts(reports: Reports) -> list[Number]:
    return [
        one
        for one in reports.numbers(EVALUATION)
        if any(f"/{part}/" in one.pointer for part in ("slices", "kinds"))
        and isinstance(one.content.get("value"), int | float)
        and "minus" not in one.content["recipe"]
    ]


def _worst(reports: Reports) -> Iterator[Finding]:
    parts = _parts(reports)
    if not parts:
        return
    recipe = parts[0].content["recipe"]
    same = [
        one
        for one in parts
        if (one.content["recipe"].get("metric"), one.content["recipe"].get("of"))
        == (recipe.get("metric"), recipe.get("of"))
    ]
    sign = better(str(recipe.get("metric")))
    worst = min(same, key=lambda one: sign * one.content["value"])
    where = " and ".join(
        f"{key.rpartition('/')[2]} = {value}"
        for key, value in worst.content["recipe"]["where"].items()
    )
    value, n = worst.content["value"], worst.content.get("n")
    yield Finding(
        f"Your worst part is {where or worst.pointer} ({value:.3g}, n = {n}): why, "
        "and what do these get instead?",
        f"{EVALUATION}#{worst.pointer}",
    )


def _close(reports: Reports) -> Iterator[Finding]:
    """A difference whose interval holds zero."""
    for one in reports.numbers(EVALUATION):
        low, high = one.content.get("low"), one.content.get("high")
        if (
            "minus" in one.content["recipe"]
            and isinstance(low, int | float)
            and isinstance(high, int | float)
            and low <= 0 <= high
        ):
            message = f"{one.pointer} is between {low:.3g} and {high:.3g}: what would tell more?"
            yield Finding(message, f"{EVALUATION}#{one.pointer}")
            return


def _code(own: Own) -> Iterator[Finding]:
    for path, lines in own.files.items():
        if path.endswith(".py") and path.startswith("app/"):
            yield Finding(
                f"You wrote most in {path} ({lines} lines): what did its first version get wrong?",
                path,
            )
            return


def _example(reports: Reports) -> Iterator[Finding]:
    read = reports.get(EVALUATION)
    examples = read.report.content.get("examples") if read and read.report else None
    wrong = examples.get("wrong") if isinstance(examples, dict) else None
    if isinstance(wrong, dict):
        yield Finding(
            f"Case {str(wrong.get('id'))[:40]} is the most wrong of all: what did the model see?",
            f"{EVALUATION}#/examples/wrong",
        )
