"""What only a person can tell; a program shows where to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check import interview
from scaffold.check.finding import Finding, Outcome, human

if TYPE_CHECKING:
    from scaffold.check.facts.answers import Answers
    from scaffold.check.facts.own import Own
    from scaffold.check.facts.reports import Reports

README = "README.md"


class PF901:
    """Is the problem real?

    Why: Whether somebody would miss it is what no program can tell.
    Passes: Nothing; a reviewer reads PF1 and PF3.
    Can't tell: It does not try.
    Do: Ask somebody who has the problem to read PF1.
    """

    family, kind, level = "PF", "human", "human"
    requires: frozenset[str] = frozenset()
    asks = ("PF1", "PF3")

    @staticmethod
    def check(answers: Answers) -> Outcome:
        """Show where to read."""
        return human(
            Finding("Who would miss this if it were gone?", README, answers.get("PF1").line, "PF1"),
            Finding("Are these costs honest?", README, answers.get("PF3").line, "PF3"),
        )


class RC901:
    """Are the trade-offs sound?

    Why: Each choice has a price; whether it was worth it depends on things that no report holds.
    Passes: Nothing; a reviewer reads RC2 and RC3.
    Can't tell: It does not try.
    Do: Let a colleague argue for what you rejected.
    """

    family, kind, level = "RC", "human", "human"
    requires: frozenset[str] = frozenset()
    asks = ("RC2", "RC3")

    @staticmethod
    def check(answers: Answers) -> Outcome:
        """Show where to read."""
        return human(
            Finding("Would a reasonable engineer agree?", README, answers.get("RC2").line, "RC2"),
            Finding("Which group or harm is missing?", README, answers.get("RC3").line, "RC3"),
        )


class CD107:
    """A stranger can start it.

    Why: Step two that needs a key which step one does not mention is only found by a stranger.
    Passes: Nothing; a person follows the quickstart on a machine that has never seen it.
    Can't tell: It does not try: nothing of a repository is run.
    Do: Give the address to a friend, and watch without speaking.
    """

    family, kind, level = "CD", "human", "human"
    requires: frozenset[str] = frozenset()
    asks = ("CD1",)

    @staticmethod
    def check(answers: Answers) -> Outcome:
        """Show where to begin."""
        message = "Does the quickstart give the first answer within ten minutes?"
        return human(Finding(message, README, answers.get("CD1").line, "CD1"))


class OW901:
    """Can the author explain it?

    Why: Who can explain a number has understood it, whoever wrote the text.
    Passes: Nothing; a person asks. `scaffold check --questions` makes questions from the evidence.
    Can't tell: It does not try.
    Do: Practise: `scaffold check --questions`.
    """

    family, kind, level = "OW", "human", "human"
    requires: frozenset[str] = frozenset()
    asks = ("CD2", "CD3")

    @staticmethod
    def check(answers: Answers, reports: Reports, own: Own) -> Outcome:
        """Make the questions."""
        return human(*interview.questions(answers, reports, own))
