"""Problem framing: a baseline on the same rows, and a line that says stop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scaffold.check.facts import decisions, limits, shell
from scaffold.check.facts.reports import EVALUATION, Cited, better, candidate, metric_of, right
from scaffold.check.finding import Finding, Outcome, failed, passed, unknown

if TYPE_CHECKING:
    from scaffold.check.facts.answers import Answers
    from scaffold.check.facts.given import Given
    from scaffold.check.facts.own import Own
    from scaffold.check.facts.reports import Reports
    from scaffold.check.facts.tree import Tree
    from scaffold.check.facts.workflows import Workflows

README = "README.md"
BASELINES = {"supervised-api": "baseline", "rag-app": "lexical", "multi-agent": "single"}
CHECKING = {"evaluate", "train"}
"""Verbs of `app` that end with 1 where a gate does not hold."""
STRICTEST = {"gates.passed": 1.0}
"""Gates that the starter sets as high as they go, about cases that are the author's."""
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)(\s?%)?")


class PF103:
    """It beats a baseline, on the same rows.

    Why: Without the simplest thing beside it a number says nothing.
    Passes: PF2 links two numbers of one metric and the same rows of one report, one of them the
        baseline's (the rule of a person, keyword search, one agent); both follow from those rows,
        were measured on your data, and the one that is served is better, or is the baseline.
    Can't tell: Whether that baseline is what a sensible person would do. What several agents are
        worth is unknown where nobody thinks: the offline playbook makes them equal to one.
    Do: Commit, run `uv run app evaluate` and `uv run app report`, and link both numbers in PF2. If
        the baseline wins, serve the baseline and say so.
    """

    family, kind, level = "PF", "evidence", "static"
    requires = frozenset({"RC103"})
    asks = ("PF2",)

    @staticmethod
    def check(
        answers: Answers, reports: Reports, own: Own, template: str, settings: dict[str, Any]
    ) -> Outcome:
        """Look for a pair of numbers that can be compared."""
        answer = answers.get("PF2")
        todo = "Link the baseline's number and yours in PF2: scaffold explain PF103"

        def no(message: str) -> Outcome:
            return failed(Finding(message, README, answer.line, "PF2"), todo=todo)

        cited = right(map(reports.cite, answer.evidence))
        if len(cited) < 2:  # noqa: PLR2004 - a pair
            what = f"{len(cited)} of {len(answer.evidence)} links" if answer.evidence else "no link"
            return no(f"PF2 has {what} to a number that follows from the rows; it takes two.")
        base = BASELINES.get(template, "baseline")
        ours = [
            one for one in cited if candidate(one) not in {base, ""} and "minus" not in one.recipe
        ]
        theirs = [one for one in cited if candidate(one) == base and "minus" not in one.recipe]
        pairs = [(a, b) for a in ours for b in theirs if _comparable(a, b)]
        if not pairs:
            return no(
                f"PF2 compares nothing with the baseline ({base}) on one metric and the same rows."
            )
        if own.demo_data:
            return no(
                "PF2's numbers were measured on the starter's data: they say nothing of yours."
            )
        served, other = pairs[0]
        if _serves_baseline(base, settings):
            served, other = other, served
        gain = better(metric_of(served)) * ((served.value or 0) - (other.value or 0))
        if gain == 0 and template == "multi-agent" and _offline(reports):
            message = (
                "With the offline playbook nobody thinks, so one agent and several are equal "
                f"({served.link.text}): what several are worth is not measured."
            )
            ask = "Set MODEL in .env, then uv run app evaluate and uv run app report."
            return unknown(message, ask, README, answer.line)
        if gain < 0 or (gain == 0 and candidate(served) != base):
            return no(
                f"What is served is not better than what it is compared with: {served.link.text} "
                f"and {other.link.text}. Serve the simpler one, and say so."
            )
        n = served.number.get("n")
        return passed(
            f"{served.link.text} against {other.link.text}, on the same {n} cases",
            README,
            answer.line,
        )


def _checks_gate(run: str) -> bool | None:
    """Whether a script fails where the gate does not hold; None where it does not ask."""
    if "evaluate" not in run and "train" not in run:
        return None
    asked = [fails for verb, fails in shell.app_verbs(run).items() if verb in CHECKING]
    return any(asked) if asked else None


def _offline(reports: Reports) -> bool:
    read = reports.get(EVALUATION)
    inputs = read.report.content.get("inputs") if read and read.report else None
    return isinstance(inputs, dict) and inputs.get("model") == "offline"


def _comparable(one: Cited, other: Cited) -> bool:
    return (
        one.link.file == other.link.file
        and metric_of(one) == metric_of(other)
        and one.recipe.get("where") == other.recipe.get("where")
        and one.number.get("n") == other.number.get("n")
    )


def _serves_baseline(base: str, settings: dict[str, Any]) -> bool:
    retrieval = settings.get("retrieval")
    return isinstance(retrieval, dict) and retrieval.get("mode") == base


class PF104:
    """The stop line bites.

    Why: A line that nothing enforces is a wish.
    Passes: A number in PF4 is a gate of `project.toml` (or a budget of the settings); CI runs what
        checks it, and its failure is not ignored; the gate is not just the starter's (or
        can't be stricter, and the tasks are yours), or a decision record of yours says why it
        stays.
    Can't tell: Whether it is the right line.
    Do: Set the gate in `project.toml` to what you promise in PF4, and leave the step in `ci.yml`
        that runs `uv run app evaluate`.
    """

    family, kind, level = "PF", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ("PF4",)

    @staticmethod
    def check(  # noqa: PLR0913, PLR0917 - facts
        answers: Answers,
        given: Given,
        settings: dict[str, Any],
        given_settings: dict[str, Any],
        workflows: Workflows,
        tree: Tree,
        own: Own,
    ) -> Outcome:
        """Hold the promise against the configuration and CI."""
        answer = answers.get("PF4")
        todo = "Promise in PF4 what `project.toml` enforces: scaffold explain PF104"
        said = {
            round(float(match[0].rstrip(" %")) / (100 if match[1] else 1), 9)
            for match in _NUMBER.finditer(answer.text)
        }
        gates = limits.lines(settings, tree.text(".env.example") or "")
        default = limits.lines(given_settings, given.text(".env.example"))
        kept = {name: value for name, value in gates.items() if round(abs(value), 9) in said}
        if not kept:
            some = ", ".join(f"{name} = {value:g}" for name, value in list(gates.items())[:3])
            message = (
                f"PF4 promises no number that is enforced ({some or 'there is no gate'}, ...)."
            )
            return failed(Finding(message, README, answer.line, "PF4"), todo=todo)
        runs = {one: _checks_gate(one.run) for one in workflows.steps}
        steps = [one for one, runs_it in runs.items() if runs_it is not None]
        bound = [
            one
            for one in steps
            if runs[one] and one.binding and one.events & {"push", "pull_request"}
        ]
        if not bound:
            step = next(iter(steps), None)
            message = (
                "CI ignores it when the gate fails." if step else "No step of CI runs the gate."
            )
            file = step.file if step else ".github/workflows/ci.yml"
            return failed(Finding(message, file, step.line if step else 0, "PF4"), todo=todo)
        changed = [
            name
            for name in kept
            if default.get(name) != gates[name]
            or (name in STRICTEST and gates[name] == STRICTEST[name] and not own.demo_data)
        ]
        recorded = decisions.own(tree, given)
        explained = [
            name for name in kept if any(one.names(name.rpartition(".")[2]) for one in recorded)
        ]
        if not changed and not explained:
            name = next(iter(kept))
            message = (
                f"{name} = {gates[name]:g} is the starter's, and no decision of yours says why."
            )
            return failed(Finding(message, "project.toml", 0, "PF4"), todo=todo)
        name = (changed or explained)[0]
        return passed(
            f"{name} = {gates[name]:g} is promised, enforced and checked in CI", bound[0].file
        )
