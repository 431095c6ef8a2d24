"""Choices and failures that left a trail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.facts import decisions, prose
from scaffold.check.facts.history import SHORT_ID
from scaffold.check.finding import Finding, Outcome, failed, passed, unknown

if TYPE_CHECKING:
    from scaffold.check.facts.answers import Answers
    from scaffold.check.facts.given import Given
    from scaffold.check.facts.history import History
    from scaffold.check.facts.reports import Reports
    from scaffold.check.facts.tree import Tree

README = "README.md"
_DATE = re.compile(r"\b20\d\d-[01]\d-[0-3]\d\b")
FETCH = "git fetch --unshallow"


class RC106:
    """Something was rejected, for a reason.

    Why: Judgement is choosing against something.
    Passes: A decision record of your own in `docs/decisions`, linked in RC2, that links a number of
        a report as it is, or names a commit of this history that changes code, data or tests.
    Can't tell: Whether the choice was sound; that is a question for a reviewer.
    Do: Write the decision that you argued about, with the numbers, and link it in RC2.
    """

    family, kind, level = "RC", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ("RC2",)

    @staticmethod
    def check(
        answers: Answers, tree: Tree, given: Given, reports: Reports, any_history: History | None
    ) -> Outcome:
        """Look for a record behind RC2."""
        answer = answers.get("RC2")
        todo = "Write the decision that you argued about: docs/decisions/README.md says how"
        own = {one.path: one for one in decisions.own(tree, given)}
        if not own:
            message = "Every decision record is the starter's."
            return failed(Finding(message, decisions.FOLDER, 0, "RC2"), todo=todo)
        linked = [
            own[path] for link in answer.links if (path := link.target.partition("#")[0]) in own
        ]
        if not linked:
            message = f"RC2 links no decision of yours, such as {next(iter(own))}."
            return failed(Finding(message, README, answer.line, "RC2"), todo=todo)
        for one in linked:
            shown = [cited for cited in map(reports.cite, one.evidence) if cited.rung != "wrong"]
            if shown or decisions.commits_in(one.text, any_history):
                return passed("a record of your own, with its evidence", one.path)
        message = "It links no number that stands in a report and names no commit of this history."
        if any_history is not None and any_history.shallow and SHORT_ID.search(linked[0].text):
            return unknown(
                "The commit it names may be older than this clone.", FETCH, linked[0].path
            )
        return failed(Finding(message, linked[0].path, 0, "RC2"), todo=todo)


class CD106:
    """A failure with a trail.

    Why: An honest failure is the most credible evidence there is.
    Passes: CD3 names a commit of this history, not its first, that changes code, data or tests; or
        links a page of yours about the incident, with its date.
    Can't tell: Whether the story fits the commit.
    Do: Name the commit that mended it in CD3, or write docs/incidents/<date>.md and link it.
    """

    family, kind, level = "CD", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ("CD3",)

    @staticmethod
    def check(answers: Answers, tree: Tree, given: Given, any_history: History | None) -> Outcome:
        """Look for the trail."""
        answer = answers.get("CD3")
        names = " ".join((answer.text, *(link.target.rpartition("/")[2] for link in answer.links)))
        found = decisions.commits_in(names, any_history)
        if found:
            return passed(
                f"commit {found[0].id[:10]} changes what it is about", README, answer.line
            )
        for link in answer.links:
            path = link.target.partition("#")[0]
            text = tree.text(path) if path.endswith(".md") and path not in given.files else None
            if (
                text
                and _DATE.search(text)
                and len(set(prose.words(text))) >= decisions.LEAST_WORDS // 2
            ):
                return passed("a page of your own about it, with its date", path)
        if any_history is not None and any_history.shallow and SHORT_ID.search(names):
            return unknown("The commit may be older than this clone.", FETCH, README, answer.line)
        message = "There is no commit and no page behind the story in CD3."
        return failed(
            Finding(message, README, answer.line, "CD3"),
            todo="Name the commit that mended it: scaffold explain CD106",
        )
