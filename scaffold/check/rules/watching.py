"""Monitoring: alerts on what exists, that somebody can act on, at values that were measured."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scaffold.check.facts import answers as answering
from scaffold.check.facts import decisions, limits, markdown, prose
from scaffold.check.facts import monitoring as watching
from scaffold.check.finding import Finding, Outcome, failed, passed

if TYPE_CHECKING:
    from scaffold.check.facts.answers import Answers
    from scaffold.check.facts.code import Files
    from scaffold.check.facts.given import Given
    from scaffold.check.facts.monitoring import Monitoring
    from scaffold.check.facts.reports import Reports
    from scaffold.check.facts.tree import Tree

README = "README.md"
ALERTS = "monitoring/alerts.yml"
LEAST_WORDS = 15
_ABSENT = r'absent\w*\(\s*up\{{[^}}]*job="{}"'
"""A job that is gone has no `up` that could be 0."""


class MO101:
    """It monitors what exists.

    Why: An alert on a metric that nobody makes never fires.
    Passes: Every metric in alerts and dashboards is made in the code of `app`.
    Can't tell: Metrics of other programs.
    Do: Name metrics in `monitoring/` as `/metrics` shows them.
    """

    family, kind, level = "MO", "guard", "static"
    requires: frozenset[str] = frozenset()
    asks = ("ST2",)

    @staticmethod
    def check(monitoring: Monitoring, modules: Files) -> Outcome:
        """Look up every metric."""
        todo = "Ask for metrics that the code makes: scaffold explain MO101"
        if not monitoring.alerts:
            return failed(Finding("There are no alerts.", ALERTS), todo=todo)
        made = watching.made(modules)
        asked = [(one.file, one.line, one.expr, one.name) for one in monitoring.alerts]
        asked += [(file, 0, expr, "A panel") for file, expr in monitoring.panels]
        found = [Finding("It can't be read.", one) for one in monitoring.unreadable]
        names: set[str] = set()
        for file, line, expr, who in asked:
            for name in sorted(watching.asked(expr)):
                names.add(name)
                if not watching.is_made(name, made):
                    found.append(
                        Finding(f"{who} asks for `{name}`, which no code makes.", file, line)
                    )
        if found:
            return failed(*found, todo=todo)
        return passed(f"{len(names)} metrics of alerts and dashboards exist", ALERTS)


class MO102:
    """Alerts are usable.

    Why: At night nobody finds out what an alert means.
    Passes: Each alert leads to an entry of the runbook with some text, has a unit test, and of
        every scrape job some alert tells that it is `absent`.
    Can't tell: Whether the entry helps.
    Do: Give each alert `runbook: docs/runbook.md#...`, an entry there, and a case in *_test.yml.
    """

    family, kind, level = "MO", "guard", "static"
    requires: frozenset[str] = frozenset()
    asks = ("ST2",)

    @staticmethod
    def check(monitoring: Monitoring, tree: Tree) -> Outcome:
        """Follow every alert."""
        found = []
        pages: dict[str, markdown.Document] = {}
        for alert in monitoring.alerts:
            path, _, anchor = alert.runbook.partition("#")
            if not anchor or path not in tree:
                found.append(
                    Finding(f"{alert.name} leads to no runbook entry.", alert.file, alert.line)
                )
            else:
                if path not in pages:
                    pages[path] = markdown.read(path, tree.text(path) or "")
                said = " ".join(block.text for block in pages[path].section(anchor))
                if len(prose.words(said)) < LEAST_WORDS:
                    what = (
                        "has no entry" if anchor not in pages[path].ids else "has next to no entry"
                    )
                    found.append(Finding(f"{alert.name} {what} in {path}.", alert.file, alert.line))
            if alert.name not in monitoring.tested:
                found.append(Finding(f"{alert.name} has no unit test.", alert.file, alert.line))
        silent = [
            job
            for job in sorted(monitoring.jobs - {"prometheus", "alertmanager"})
            if not any(re.search(_ABSENT.format(re.escape(job)), a.expr) for a in monitoring.alerts)
        ]
        found += [Finding(f"Nothing tells when job {job} is silent.", ALERTS) for job in silent]
        if not monitoring.alerts:
            found.append(Finding("There are no alerts.", ALERTS))
        if found:
            return failed(
                *found, todo="Mend the alert, its entry or its test: scaffold explain MO102"
            )
        return passed(f"{len(monitoring.alerts)} alerts have entry and test", ALERTS)


class MO104:
    """Thresholds are measured.

    Why: The starter's numbers are a beginning; what is usual only your own service says.
    Passes: A threshold of an alert, or of drift or refusal in `project.toml`, is not the starter's;
        and ST2, PF4 or a decision record of your own that names its value links a number of a
        report that is as it says.
    Can't tell: Whether it is the right number.
    Do: `uv run app calibrate`, or a week of your own traffic; then write where the value is from.
    """

    family, kind, level = "MO", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ("ST2", "PF4")

    @staticmethod
    def check(  # noqa: PLR0913, PLR0917 - facts
        monitoring: Monitoring,
        given_monitoring: Monitoring,
        settings: dict[str, Any],
        given_settings: dict[str, Any],
        answers: Answers,
        reports: Reports,
        tree: Tree,
        given: Given,
    ) -> Outcome:
        """Look for a threshold of the author's, and where it is from."""
        todo = "Measure a threshold, and write down where it is from: scaffold explain MO104"
        changed = _changed_alerts(monitoring, given_monitoring)
        before = limits.lines(given_settings, given.text(".env.example"))
        now = limits.lines(settings, tree.text(".env.example") or "")
        watched = ("drift.", "refusal.", "DAILY_", "RUN_")
        changed |= {
            name: (f"{value:g}", "project.toml")
            for name, value in now.items()
            if name.startswith(watched) and before.get(name) != value
        }
        if not changed:
            return failed(Finding("Every threshold is the starter's.", ALERTS), todo=todo)
        texts = [(one.path, one.text, one.evidence) for one in decisions.own(tree, given)]
        for question in ("ST2", "PF4"):
            answer = answers.get(question)
            texts.append((README, answer.text, answering.evidence(README, answer.links)))
        for name, (value, file) in changed.items():
            for path, text, evidence in texts:
                said = re.search(rf"(?<![\d.]){re.escape(value)}(?![\d]|\.\d)", text)
                if said and any(reports.cite(one).rung != "wrong" for one in evidence):
                    return passed(f"{name} = {value} follows from a number in {path}", file)
        name, (value, file) = next(iter(changed.items()))
        message = f"{name} = {value} is yours, and nothing links the number that it follows from."
        return failed(Finding(message, file), todo=todo)


def _changed_alerts(now: Monitoring, before: Monitoring) -> dict[str, tuple[str, str]]:
    known = {one.name: one.thresholds for one in before.alerts}
    found = {}
    for alert in now.alerts:
        new = [one for one in alert.thresholds if one not in known.get(alert.name, ())]
        if new:
            found[alert.name] = (new[-1], alert.file)
    return found
