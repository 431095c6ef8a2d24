"""System thinking: what breaks, what tells, and how to go back."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from scaffold.check.facts import markdown
from scaffold.check.facts.own import shapes
from scaffold.check.finding import Finding, Outcome, failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.check.facts.answers import Answers
    from scaffold.check.facts.code import Files, Test
    from scaffold.check.facts.given import Given
    from scaffold.check.facts.monitoring import Monitoring
    from scaffold.check.facts.own import Own
    from scaffold.check.facts.tree import Tree

README = "README.md"
RUNBOOK = "docs/runbook.md"
LEAST_NAMED = 3
MOST_NAMED = 50
_TEST = re.compile(r"\btest_\w+")


class ST102:
    """Failures are covered.

    Why: Launch reviews ask of each failure what shows it and what is done.
    Passes: ST2 names at least three of: a test that exists, is not skipped and checks something of
        the code; an alert; an entry of the runbook. Each exists, and at least one is not the
        starter's.
    Can't tell: Whether these are the likely failures.
    Do: Write a test, an alert or a runbook entry for the failure that you fear, and name it in ST2.
    """

    family, kind, level = "ST", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ("ST2",)

    @staticmethod
    def check(  # noqa: C901, PLR0913, PLR0917 - facts
        answers: Answers,
        tests: Files,
        monitoring: Monitoring,
        given_monitoring: Monitoring,
        tree: Tree,
        given: Given,
        own: Own,
    ) -> Outcome:
        """Look up what ST2 names."""
        answer = answers.get("ST2")
        said = " ".join((answer.text, *(link.target for link in answer.links)))
        found: dict[str, bool] = {}
        bad: list[Finding] = []
        for name in list(dict.fromkeys(_TEST.findall(said)))[:MOST_NAMED]:
            there = tests.find_test(name)
            if not there:
                if f"tests/{name}.py" not in tree and not tree.below("tests", f"/{name}.py"):
                    bad.append(_named(f"`{name}` is no test here.", answer.line))
                continue
            standing = [one for one in there if one.asserts and not one.skipped and one.uses]
            if not standing:
                one = there[0]
                why = "is skipped" if one.skipped else "checks nothing of the code"
                bad.append(Finding(f"`{name}` {why}.", one.path, one.line, "ST2"))
                continue
            found[name] = _is_own(standing[0], tests, given, own)
        theirs = {one.name: one.expr for one in given_monitoring.alerts}
        for alert in monitoring.alerts:
            if re.search(rf"\b{re.escape(alert.name)}\b", said):
                found[alert.name] = theirs.get(alert.name) != alert.expr
        before = markdown.read(RUNBOOK, given.text(RUNBOOK)).ids
        now = markdown.read(RUNBOOK, tree.text(RUNBOOK) or "").ids
        for anchor in re.findall(r"docs/runbook\.md#([\w-]+)", said):
            if anchor in now:
                found[f"{RUNBOOK}#{anchor}"] = anchor not in before
            else:
                bad.append(_named(f"`{RUNBOOK}#{anchor}` is not there.", answer.line))
        todo = "Name tests, alerts and runbook entries in ST2: scaffold explain ST102"
        if bad:
            return failed(*bad, todo=todo)
        if len(found) < LEAST_NAMED:
            have = ", ".join(found) or "nothing"
            message = f"ST2 names {have}; three of tests, alerts and runbook entries are asked."
            return failed(_named(message, answer.line), todo=todo)
        if not any(found.values()):
            message = "Every test, alert and entry that ST2 names is the starter's."
            return failed(_named(message, answer.line), todo=todo)
        mine = next(name for name, is_own in found.items() if is_own)
        return passed(f"{len(found)} named, `{mine}` is your own", README, answer.line)


def _is_own(test: Test, tests: Files, given: Given, own: Own) -> bool:
    """Whether a test is the author's: by its statements, or as it checks code of the author's."""
    if given.text(test.path) == tests.texts[test.path]:
        return False
    if not test.shapes <= shapes(given):
        return True
    mine = {path.removesuffix(".py").replace("/", ".") for path in own.files}
    return bool(test.modules & mine)


def _named(message: str, line: int) -> Finding:
    return Finding(message, README, line, "ST2")


class ST103:
    """Ready means usable.

    Why: A service that is always ready sends visitors to a wall.
    Passes: The route `/health/ready` can answer 503 and depends on something; a test that is not
        skipped asks it.
    Can't tell: Whether it says no when the model or the index is gone: nothing is run.
    Do: Let `/health/ready` answer 503 until the model or the index is there.
    """

    family, kind, level = "ST", "guard", "static"
    requires: frozenset[str] = frozenset()
    asks = ("ST2",)

    @staticmethod
    def check(modules: Files, tests: Files) -> Outcome:
        """Find the route, its 503, and its test."""
        todo = "Let /health/ready depend on the model or index: scaffold explain ST103"
        routes = [
            (path, node)
            for path in modules.containing("/health/ready")
            if not path.startswith("app/proving/") and (module := modules.tree(path))
            for node in ast.walk(module)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_ready(node)
        ]
        if not routes:
            return failed(Finding("There is no route /health/ready.", "app"), todo=todo)
        path, node = routes[0]
        reached = list(_reached(node.body))
        refuses = any(
            (isinstance(one, ast.Constant) and one.value == 503)  # noqa: PLR2004
            or ((isinstance(one, ast.Attribute) and "503" in one.attr) or _unavailable(one))
            for one in reached
        )
        depends = any(isinstance(one, ast.If | ast.IfExp | ast.Try | ast.Match) for one in reached)
        if not (refuses and depends):
            message = "/health/ready never says no: it has no 503 that hangs on anything."
            return failed(Finding(message, path, node.lineno), todo=todo)
        asking = [
            one
            for file in tests.containing("/health/ready")
            for one in tests.tests(file)
            if not one.skipped and one.asserts
        ]
        if not asking:
            return failed(Finding("No test asks /health/ready.", "tests"), todo=todo)
        return passed("/health/ready can say no, and is tested", path, node.lineno)


def _is_ready(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(one, ast.Constant) and one.value == "/health/ready"
        for decorator in node.decorator_list
        for one in ast.walk(decorator)
    )


def _reached(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Nodes below some, without conditions that depend on nothing and what they guard."""
    waiting = list(body)
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.If | ast.IfExp) and not _depends(one.test):
            continue
        yield one
        waiting += ast.iter_child_nodes(one)


def _depends(test: ast.expr) -> bool:
    return any(isinstance(one, ast.Name | ast.Attribute | ast.Call) for one in ast.walk(test))


def _unavailable(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "SERVICE_UNAVAILABLE"
