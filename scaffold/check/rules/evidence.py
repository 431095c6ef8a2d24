"""Real constraints: numbers that follow from rows, which were measured on what is committed."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from scaffold.check.facts import answers as answering
from scaffold.check.facts.reports import EVALUATION, right
from scaffold.check.finding import Finding, Outcome, failed, passed, unknown
from scaffold.evidence.freshness import AGAIN, MEASURED

if TYPE_CHECKING:
    from scaffold.check.facts.answers import Answers
    from scaffold.check.facts.history import History
    from scaffold.check.facts.markdown import Document
    from scaffold.check.facts.own import Own
    from scaffold.check.facts.reports import Cited, Reports
    from scaffold.evidence.finding import Finding as Wrong

README = "README.md"
LEAST_KINDS = 3
LEAST_LINKS = 3
_KINDS = {
    "load": r"per_second|callers|requests|ingest|busy|_calls",
    "latency": r"latency|_us$|_ms$|seconds|p50|p95|p99|ready_s|first_token|ratio",
    "cost": r"cost|dollars|price|tokens",
    "memory or size": r"memory|_mb$|kilobytes|bytes|size|checkpoints",
    "quality": r"/(?:ap|auc|brier|mae|rmse|r2|recall|mrr|ndcg|passed|refused|answered|grounded)",
}
_SKEW = datetime.timedelta(hours=14)


class RC101:
    """Three kinds of numbers.

    Why: How fast, at which load, for how much: the three numbers of every interview.
    Passes: RC1 links numbers of at least three of latency, load, cost, memory or size, and quality,
        each following from rows that were measured on your data and what is committed.
    Can't tell: Whether the load is realistic.
    Do: `uv run app bench`, `uv run app evaluate`, then link the numbers in RC1.
    """

    family, kind, level = "RC", "evidence", "static"
    requires = frozenset({"RC103"})
    asks = ("RC1",)

    @staticmethod
    def check(answers: Answers, reports: Reports, own: Own) -> Outcome:
        """Sort the numbers of RC1."""
        answer = answers.get("RC1")
        linked = [reports.cite(one) for one in answer.evidence]
        found = {name for one in right(linked) for name in _kinds_of(one)}
        # A cost follows from a price, and not from rows: RC105 works it out.
        found |= {"cost" for one in linked if one.rung == "recorded" and "cost" in _kinds_of(one)}
        todo = "Link three kinds of numbers in RC1: scaffold explain RC101"
        if len(found) < LEAST_KINDS:
            missing = ", ".join(sorted(_KINDS.keys() - found))
            have = ", ".join(sorted(found)) or "no number that follows from rows"
            message = f"RC1 has {have}; three kinds are asked, so add of: {missing}."
            return failed(Finding(message, README, answer.line, "RC1"), todo=todo)
        if own.demo_data:
            message = "RC1's numbers were measured on the starter's data, not on yours."
            return failed(Finding(message, README, answer.line, "RC1"), todo=todo)
        return passed(f"RC1 has {', '.join(sorted(found))}", README, answer.line)


def _kinds_of(cited: Cited) -> set[str]:
    """The kinds of a number, by its place in the report: a busy p99 is latency at a load."""
    return {name for name, pattern in _KINDS.items() if re.search(pattern, cited.link.pointer)}


class RC102:
    """The README shows the reports' numbers.

    Why: Every claim is one click from its evidence, or it is only typed.
    Passes: At least three links to numbers of reports in the answers, and every such link of the
        README shows the digits that stand in the report.
    Can't tell: Numbers that are typed are listed and not failed.
    Do: Write `[AP 0.000](reports/evaluation.json#/champion/ap)`; `uv run app report` fills it.
    """

    family, kind, level = "RC", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ()

    @staticmethod
    def check(readme: Document, answers: Answers, reports: Reports) -> Outcome:
        """Hold every link against its report."""
        cited = [reports.cite(one) for one in answering.evidence(readme.path, readme.links)]
        wrong = [one for one in cited if one.rung == "wrong"]
        if wrong:
            found = [Finding(f"{_sentence(one.problem)}.", README, one.link.line) for one in wrong]
            return failed(*found, todo="uv run app report")
        in_answers = {
            (one.file, one.pointer) for each in answers.by_id.values() for one in each.evidence
        }
        if len(in_answers) < LEAST_LINKS:
            message = (
                f"The answers link {len(in_answers)} numbers of reports; it takes {LEAST_LINKS}."
            )
            todo = "Link the numbers that you name: scaffold explain RC102"
            return failed(Finding(message, README), todo=todo)
        return passed(f"{len(cited)} links show the digits of their reports", README)


class RC103:
    """The reports follow from their rows.

    Why: A report is only a file; the rows beside it are what can be worked out again.
    Passes: The evaluation and every other report is there, its rows have its digest, give its
        numbers and counts again, and their ids, labels and slices are those of the committed data.
    Can't tell: Rows that were invented with everything else; only measuring again shows it.
    Do: Never edit `reports/`: `uv run app evaluate` writes them.
    """

    family, kind, level = "RC", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ()

    @staticmethod
    def check(reports: Reports) -> Outcome:
        """Say what contradicts itself."""
        if EVALUATION not in reports.by_file:
            todo = "uv run app evaluate, then commit reports/"
            return failed(Finding("There is no report of an evaluation.", EVALUATION), todo=todo)
        if reports.wrong:
            found = [Finding(one.message, one.place) for one in reports.wrong]
            return failed(*found, todo="uv run app evaluate && uv run app report")
        read = reports.by_file[EVALUATION]
        count = len(reports.numbers(EVALUATION))
        if not count:
            message = "No number of the evaluation says how it follows from rows."
            return failed(Finding(message, EVALUATION), todo="uv run app evaluate")
        return passed(f"{count} numbers follow from {len(read.rows):,} rows", EVALUATION)


class RC104:
    """The evidence is fresh.

    Why: A number that was measured on other code or data is about something else.
    Passes: Reports were measured with everything committed, and code, data and settings at HEAD
        are those that they name. Squashed, rebased and shallow histories can tell that too.
    Can't tell: Without a commit nothing; and not whether somebody edited the ids by hand, unless
        the named commit or the dates contradict them.
    Do: Commit, then `uv run app evaluate`, `uv run app bench` and `uv run app report`.
    """

    family, kind, level = "RC", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ()

    @staticmethod
    def check(reports: Reports, history: History) -> Outcome:
        """Compare what was measured with what is committed."""
        if EVALUATION not in reports.by_file:
            return failed(Finding("There is no report of an evaluation.", EVALUATION), todo=AGAIN)
        stale = [one for read in reports.by_file.values() for one in read.stale]
        certain = [one for one in stale if one.level == "stale"]
        if certain:
            return failed(*(Finding(_without_todo(one), one.place) for one in certain), todo=AGAIN)
        if stale:
            return unknown(_without_todo(stale[0]), AGAIN, stale[0].place)
        for file, read in reports.by_file.items():
            content = read.report.content if read.report else {}
            if problem := _contradicted(content, history):
                return failed(Finding(problem, f"{file}#/inputs"), todo=AGAIN)
        return passed("measured on the code, data and settings of HEAD", EVALUATION)


def _without_todo(one: Wrong) -> str:
    return one.message.removesuffix(AGAIN).rstrip()


def _contradicted(content: dict[str, object], history: History) -> str:
    """Why the recorded ids can't be true; empty where nothing speaks against them."""
    inputs = content.get("inputs")
    if not isinstance(inputs, dict):
        return ""
    commit = history.find(str(inputs.get("commit")))
    if commit is not None:
        there = history.trees(MEASURED, commit.id)
        trees = inputs.get("trees")
        for name in MEASURED:
            if isinstance(trees, dict) and trees.get(name) != there.get(name):
                return f"It names commit {commit.id[:10]}, in which {name} was something else."
    try:
        measured = datetime.datetime.fromisoformat(str(content.get("date")))
        changed = history.changed_at(MEASURED)
        since = datetime.datetime.fromtimestamp(changed or 0, tz=datetime.UTC)
        if changed is not None and measured + _SKEW < since:
            return f"It is of {measured:%Y-%m-%d}, and what it names was committed later."
    except (ValueError, TypeError, OverflowError):
        return "Its date is none."
    return ""


def _sentence(text: str) -> str:
    """A problem as a sentence; a path at its beginning keeps its letters."""
    first = text.partition(" ")[0]
    return text if re.search(r"[/._]", first) else text[:1].upper() + text[1:]
