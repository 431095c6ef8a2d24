"""What is the author's, and what was lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.finding import Finding, Outcome, failed, passed

if TYPE_CHECKING:
    from scaffold.check.facts.own import Own

MOST_OF_OURS = {"rows": 0.5, "paragraphs": 0.5, "questions": 0.4, "tasks": 0.4}
LEAST_LINES = 10


class OW101:
    """The data is yours.

    Why: A template's data with a template's code is a template.
    Passes: Less than half of rows or paragraphs, and less than 40 % of the questions or tasks, are
        the starter's: by content, whatever they are called and in whatever order they stand.
    Can't tell: Whose the other data is, and noise that was added to the starter's.
    Do: "Make it yours" in the README: put your data in place of ours, step by step.
    """

    family, kind, level = "OW", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ("CD2",)

    @staticmethod
    def check(own: Own) -> Outcome:
        """Compare shares."""
        todo = 'Put your data in place of the starter\'s: "Make it yours" in the README.'
        found = []
        for one in own.data:
            if one.what not in MOST_OF_OURS:
                continue
            if not one.n:
                found.append(Finding(f"There are no {one.what}.", one.file))
            elif one.share >= MOST_OF_OURS[one.what]:
                found.append(
                    Finding(f"{one.share:.0%} of its {one.what} are the starter's.", one.file)
                )
        if found:
            return failed(*found, todo=todo)
        shares = ", ".join(f"{one.n:,} {one.what}" for one in own.data if one.what in MOST_OF_OURS)
        return passed(
            f"{shares}, next to none of them the starter's", own.data[0].file if own.data else ""
        )


class OW102:
    """The code is yours, too.

    Why: What the author did has to be told apart from what was given.
    Passes: At least ten lines of code or tests differ from the starter's when names, texts, format
        and comments do not count. The lines are counted by kind, and more is not better. A new
        module that nothing imports is not counted.
    Can't tell: Whether the difference is worth anything.
    Do: Build the one thing that your problem needs and the starter does not have, with its test.
    """

    family, kind, level = "OW", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ("CD2",)

    @staticmethod
    def check(own: Own) -> Outcome:
        """Count."""
        lines, tests = own.lines.get("code", 0), own.lines.get("tests", 0)
        files = [path for path in own.files if path.endswith(".py")]
        if lines + tests < LEAST_LINES:
            what = (
                f"{lines + tests} lines differ" if lines + tests else "Everything is the starter's"
            )
            message = f"{what} under app/ and tests/, when names and format do not count."
            return failed(
                Finding(message, files[0] if files else "app"), todo="scaffold explain OW102"
            )
        return passed(f"{lines} lines of code and {tests} of tests are the author's", files[0])
