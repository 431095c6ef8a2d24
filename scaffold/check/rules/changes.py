"""Whether a change can be taken back, and the guard of this kind of system stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.facts import code, collecting, decisions, guards
from scaffold.check.finding import Finding, Outcome, failed, passed

if TYPE_CHECKING:
    from scaffold.check.facts.answers import Answers
    from scaffold.check.facts.code import Files
    from scaffold.check.facts.given import Given
    from scaffold.check.facts.history import History
    from scaffold.check.facts.reports import Reports
    from scaffold.check.facts.tree import Tree
    from scaffold.check.facts.workflows import Workflows

README = "README.md"
DEPLOY = ".github/workflows/deploy.yml"
_BACK = re.compile(r"roll[-_ ]?back|rollout undo|update-traffic|previous|revert", re.IGNORECASE)


class ST104:
    """A change can be taken back.

    Why: Delivery, not code, is the daily job.
    Passes: The deploy workflow asks the live service after deploying and goes back when that fails;
        and ST3 names a commit that changes code or data, links a number of a report, or links a
        page of your own.
    Can't tell: Whether anybody ever went back.
    Do: Keep the steps of `deploy.yml`; measure before and after a change, and name it in ST3.
    """

    family, kind, level = "ST", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ("ST3",)

    @staticmethod
    def check(
        answers: Answers,
        workflows: Workflows,
        tree: Tree,
        given: Given,
        reports: Reports,
        any_history: History | None,
    ) -> Outcome:
        """Read the deploy workflow and ST3."""
        todo = "Name a change that was measured in ST3: scaffold explain ST104"
        steps = [one for one in workflows.steps if one.file == DEPLOY]
        if DEPLOY in given.files and given.text(DEPLOY) != tree.text(DEPLOY):
            looks = [
                i
                for i, one in enumerate(steps)
                if "smoke" in one.run and one.binding and "failure()" not in one.when
            ]
            back = any(
                _BACK.search(one.run) and "failure()" in one.when
                for one in steps[min(looks, default=0) :]
            )
            if not looks or not back:
                missing = "does not ask the live service" if not looks else "never goes back"
                return failed(
                    Finding(f"The deploy workflow {missing}.", DEPLOY, 0, "ST3"), todo=todo
                )
        answer = answers.get("ST3")
        named = decisions.commits_in(answer.text, any_history)
        cited = [one for one in map(reports.cite, answer.evidence) if one.rung != "wrong"]
        pages = [
            path
            for link in answer.links
            if (path := link.target.partition("#")[0]) in tree
            and tree.read(path) not in given.files.values()
            and path not in given.files
        ]
        if not (named or cited or pages):
            message = "ST3 names no commit, number or page of yours that shows a change."
            return failed(Finding(message, README, answer.line, "ST3"), todo=todo)
        what = named[0].id[:10] if named else cited[0].link.text if cited else pages[0]
        return passed(f"ST3 shows {what}", README, answer.line)


class ST105:
    """The guard of this kind of system stands.

    Why: Each kind has a trap: training sees what serving cannot, documents lie, agents act.
    Passes: The tests that hold the starter's guard are there, collected, not skipped
        on some machine, with no fewer checks.
    Can't tell: Whether the checks still mean the same.
    Do: Bring the tests back, or change them so that they check as much of your own code.
    """

    family, kind, level = "ST", "guard", "static"
    requires: frozenset[str] = frozenset()
    asks = ("ST4",)

    @staticmethod
    def check(
        given: Given, tests: Files, given_tests: Files, tree: Tree, workflows: Workflows
    ) -> Outcome:
        """Compare the guard's tests with what the starter gave."""
        todo = "Bring the guard's tests back: scaffold explain ST105"
        files = guards.GUARDS.get(given.template, ())
        changed = [one for one in files if tests.texts.get(one) != given_tests.texts.get(one)]
        for test in (test for file in changed for test in given_tests.tests(file)):
            if weaker := guards.weakened(test, tests):
                message, where = weaker
                return failed(Finding(message, where.path, where.line, "ST4"), todo=todo)
        names = [one.rpartition("/")[2].removesuffix(".py") for one in files]
        for path, said in collecting.narrowed(tree, given, workflows):
            if any(name in said for name in names):
                message = f"The guard's tests are not collected: {said}."
                return failed(Finding(message, path, 0, "ST4"), todo=todo)
        if given.template == "supervised-api" and (problem := _two_schemas(tree)):
            return failed(Finding(problem, "app/schema.py", 0, "ST4"), todo=todo)
        return passed(f"the guard's tests stand: {', '.join(files)}")


def _two_schemas(tree: Tree) -> str:
    """Why training and serving do not share the one schema; empty where they do."""
    users = [path for path in tree.below("app", ".py") if "app.schema" in (tree.text(path) or "")]
    modules = [path for path in users if code.parse(tree.text(path))]
    training = [path for path in modules if path.startswith("app/training/")]
    serving = [path for path in modules if not path.startswith(("app/training/", "app/proving/"))]
    if training and serving:
        return ""
    return "Training and serving do not import the one schema any more."
