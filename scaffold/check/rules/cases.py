"""Whether there were enough cases, and whether the worst ones are named."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from scaffold.check.facts.reports import EVALUATION, Cited, better, metric_of, right
from scaffold.check.finding import Finding, Outcome, failed, passed
from scaffold.evidence.links import Link
from scaffold.evidence.reading import Number, UnreadableError, at
from scaffold.evidence.recompute import doubt_interval

if TYPE_CHECKING:
    from scaffold.check.facts.answers import Answer, Answers
    from scaffold.check.facts.own import Own
    from scaffold.check.facts.reports import Reports
    from scaffold.evidence.reading import Json

README = "README.md"
LEAST_POSITIVES = 50
LEAST_QUESTIONS = 60
LEAST_TASKS = 10
LEAST_REPEATS = 3
ENOUGH = (30, 10, 2)
"""Cases that a slice should have to be called worst; the next where no slice has so many."""
_BETTER = re.compile(r"\b(better|beats?|improve[sd]?|outperforms?|wins?)\b", re.IGNORECASE)
_NOT = re.compile(
    r"\b(no|not|never|nor|cannot|can't|doesn't|isn't|neither|hardly)\b[^.;]{0,40}$", re.IGNORECASE
)


class RC107:
    """There are enough cases.

    Why: With few cases everything is better than something.
    Passes: The evaluation has enough distinct cases of its kind (50 rows with a yes, 60 questions,
        10 tasks by 3 repeats with a language model); and an answer with evidence that says "better"
        links a difference on the same rows whose interval lies on the better side of zero, and
        twenty draws from those rows agree with it.
    Can't tell: Whether the cases are the right ones, and an interval that was moved a little.
    Do: Add cases, evaluate again, and say "no difference shown at n = 60" where that is so.
    """

    family, kind, level = "RC", "evidence", "static"
    requires = frozenset({"RC103"})
    asks = ("PF2", "RC2", "RC3")

    @staticmethod
    def check(answers: Answers, reports: Reports, template: str) -> Outcome:
        """Count, and read the comparisons."""
        read = reports.by_file[EVALUATION]
        content = read.report.content if read.report else {}
        problem = _too_few(template, read.rows, content)
        todo = "Add cases, or say that no difference is shown: scaffold explain RC107"
        found = [Finding(problem, EVALUATION)] if problem else []
        found += [
            Finding(claim, README, answer.line, answer.id)
            for answer in answers.by_id.values()
            if (claim := _unproven(answer, reports))
        ]
        if found:
            return failed(*found, todo=todo)
        return passed(
            f"{len(read.rows):,} cases, and no comparison without its interval", EVALUATION
        )


def _too_few(template: str, rows: list[Json], content: Json) -> str:
    if template == "supervised-api":
        labels = [row.get("label") for row in rows]
        if set(labels) <= {0.0, 1.0} and sum(map(bool, labels)) < LEAST_POSITIVES:
            return f"{sum(map(bool, labels))} rows have a yes; it takes {LEAST_POSITIVES}."
        if len(rows) < LEAST_POSITIVES:
            return f"There are {len(rows)} rows; it takes {LEAST_POSITIVES}."
    elif template == "rag-app":
        asked = {row.get("unit") for row in rows if row.get("set") == "golden"}
        if len(asked) < LEAST_QUESTIONS:
            return f"{len(asked)} golden questions were asked; it takes {LEAST_QUESTIONS}."
    else:
        tried = Counter(str(row.get("unit")) for row in rows)
        if len(tried) < LEAST_TASKS:
            return f"{len(tried)} tasks were tried; it takes {LEAST_TASKS}."
        inputs = content.get("inputs")
        model = inputs.get("model") if isinstance(inputs, dict) else None
        if model != "offline" and min(tried.values()) < LEAST_REPEATS:
            return f"A task was tried {min(tried.values())} times; a model needs {LEAST_REPEATS}."
    return ""


def _unproven(answer: Answer, reports: Reports) -> str:
    """Why what an answer calls better is not shown to be; empty where it is, or is not said."""
    said = next(
        (m for m in _BETTER.finditer(answer.text) if not _NOT.search(answer.text[: m.start()])),
        None,
    )
    if said is None or not answer.evidence:
        return ""
    differences = [one for one in map(reports.cite, answer.evidence) if "minus" in one.recipe]
    doubts = [_doubt(one, reports) for one in differences]
    if "" in doubts:
        return ""
    if doubts:
        return f"{answer.id} says {said[0]!r}, and {doubts[0]}."
    return f"{answer.id} says {said[0]!r} and links no difference with its interval."


def _rounded(end: object) -> str:
    return f"{end:.3g}" if isinstance(end, int | float) else "not there"


def _doubt(cited: Cited, reports: Reports) -> str:
    """Why a difference shows nothing better; empty where its interval is on the better side."""
    name, sign = cited.link.text, better(metric_of(cited))
    low, high = cited.number.get("low"), cited.number.get("high")
    ends = f"{_rounded(low)} to {_rounded(high)}"
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return f"{name} has no interval"
    if low <= 0 <= high:
        return f"the interval of {name} is {ends}: no difference is shown"
    if sign * low < 0:
        return f"the interval of {name} is {ends}: that is worse"
    read = reports.get(cited.link.file)
    if read is None or read.report is None:
        return f"{name} is in no report"
    doubt = doubt_interval(read.report, Number(cited.link.pointer, cited.number), read.rows)
    return f"the interval of {name} {doubt}" if doubt else ""


class CD105:
    """The worst case is named.

    Why: "On which cases?" is the first question after every number.
    Passes: RC3 links the number of the slice or kind that the rows show to be worst, of your data,
        and no slice with as many rows is left out.
    Can't tell: Whether a slice that matters is missing.
    Do: Look for the lowest number under #/slices or #/kinds of the evaluation, and link it in RC3.
    """

    family, kind, level = "CD", "evidence", "static"
    requires = frozenset({"RC103"})
    asks = ("RC3",)

    @staticmethod
    def check(answers: Answers, reports: Reports, own: Own) -> Outcome:
        """Find the worst part, and RC3's link to it."""
        answer = answers.get("RC3")
        todo = "Link the worst slice in RC3: scaffold explain CD105"
        parts = large_parts(reports.numbers(EVALUATION))
        cited = right(map(reports.cite, answer.evidence))
        named = [
            one for one in cited if _place(one.link.pointer) or "/worst_slice" in one.link.pointer
        ]
        if not parts:
            message = "The evaluation has no slices or kinds: see `slices` in project.toml."
            return failed(Finding(message, EVALUATION, 0, "RC3"), todo=todo)
        if not named:
            message = "RC3 links no number of a slice or kind."
            return failed(Finding(message, README, answer.line, "RC3"), todo=todo)
        read = reports.by_file[EVALUATION]
        if missing := _left_out(named[0], parts, read.rows):
            return failed(Finding(missing, EVALUATION, 0, "RC3"), todo=todo)
        for one in named:
            worst = worst_like(one, parts)
            if worst is None or _is_as_bad(one, worst):
                if own.demo_data:
                    message = "RC3's number was measured on the starter's data, not on yours."
                    return failed(Finding(message, README, answer.line, "RC3"), todo=todo)
                return passed(f"{one.link.text} is the worst of its kind", README, answer.line)
        worst = worst_like(named[0], parts)
        pointer, value = (worst.pointer, worst.content.get("value")) if worst else ("", None)
        message = f"The worst is {_rounded(value)} at {pointer}, not {named[0].link.text}."
        return failed(Finding(message, README, answer.line, "RC3"), todo=todo)


def _is_as_bad(one: Cited, worst: Number) -> bool:
    """Whether nothing is worse among slices with many cases; a small one may be worse still."""
    sign = better(metric_of(one))
    return sign * (one.value or 0) <= sign * float(worst.content["value"])


def large_parts(numbers: list[Number]) -> list[Number]:
    """Numbers about one slice or kind each, with enough cases to speak of."""
    parts = [
        one for one in numbers if _place(one.pointer) and isinstance(one.content.get("n"), int)
    ]
    for least in ENOUGH:
        if large := [one for one in parts if one.content["n"] >= least]:
            return large
    return []


def _left_out(named: Cited, parts: list[Number], rows: list[Json]) -> str:
    """Which part has many rows and no number like the named one; empty where there is none."""
    metric = metric_of(named)
    alike = [_where(one) for one in parts if _metric_of(one) == metric]
    least = min((one.content["n"] for one in parts if one.content["n"] >= ENOUGH[0]), default=0)
    if not least:
        return ""
    for key in sorted({key for where in alike for key in where}):
        told = {str(where[key]) for where in alike if key in where}
        others = [{k: v for k, v in where.items() if k != key} for where in alike if key in where]
        if len(told) < 2 or any(one != others[0] for one in others):  # noqa: PLR2004
            continue
        counted: dict[str, list[object]] = {}
        for row in rows:
            if all(_at(row, k) == v for k, v in others[0].items()):
                counted.setdefault(str(_at(row, key)), []).append(row.get("label"))
        for value, labels in counted.items():
            tells = "label" not in rows[0] or len(set(labels)) > 1
            if value not in told and value != "None" and len(labels) >= least and tells:
                return f"{key.strip('/')} {value[:40]} has {len(labels)} rows and no number."
    return ""


def _where(one: Number) -> Json:
    where = one.content["recipe"].get("where")
    return where if isinstance(where, dict) else {}


def _at(row: Json, pointer: str) -> object:
    try:
        return at(row, pointer)
    except UnreadableError:
        return None


def _metric_of(one: Number) -> str:
    link = Link("", 0, "", "", one.pointer)
    return metric_of(Cited(link, None, one.content, "consistent"))


def _place(pointer: str) -> bool:
    return re.search(r"/(?:slices|kinds)/", pointer) is not None


def worst_like(one: Cited, parts: list[Number]) -> Number | None:
    """The worst of the numbers that say the same of other slices."""
    metric, recipe = metric_of(one), one.recipe
    same = [
        part
        for part in parts
        if part.content["recipe"].get("metric") == recipe.get("metric")
        and part.content["recipe"].get("of") == recipe.get("of")
        and ("minus" in part.content["recipe"]) == ("minus" in recipe)
        and isinstance(part.content.get("value"), int | float)
    ]
    sign = better(metric)
    return min(same, key=lambda part: sign * part.content["value"], default=None)
