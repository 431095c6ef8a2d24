"""Gates, checkers and tests that are weaker than the starter's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scaffold.check.facts import checkers, collecting, decisions, guards, statements
from scaffold.check.facts.checkers import CI, at
from scaffold.check.facts.settings import read, section
from scaffold.check.facts.workflows import steps_of
from scaffold.check.finding import Finding, Outcome, failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.code import Files, Test
    from scaffold.check.facts.given import Given
    from scaffold.check.facts.tree import Tree
    from scaffold.check.facts.workflows import Step, Workflows

LARGER_IS_WEAKER = {
    *("drop", "slice_loss", "parity_tolerance", "parity_metric", "calibration_error", "leak"),
    "slice_rows",
}
OF_PROBABILITIES = {"calibration_error"}
IN_UNITS_OF_THE_TARGET = {"gain_over_baseline", "slice_loss"}
"""Of a regression: there these say nothing when they are held against the starter's."""
COVERAGE = re.compile(r"--cov-fail-under=(\d+)")
OTHER_COVERAGE = {".coveragerc": "[", "setup.cfg": "[coverage:", "tox.ini": "[coverage:"}
"""Files that coverage reads as well, and what makes them its own."""
MOST_LOST = 0.1
"""Share of the starter's checks that may go with its data; beyond, a decision is asked."""


class OW103:
    """The guards are not lowered.

    Why: Green is worth what it was worth before.
    Passes: No gate, coverage limit, linter or type check is weaker than the starter's, no test of
        it is newly skipped or left out, the tests of its guard (ST105) stand, at most a tenth of
        its checks went with its data, and no checker is told more often to look away; or a
        decision record of your own names what was lowered, set as code.
    Can't tell: Whether a check that was rewritten checks as much, and whether a gate in another
        unit than the starter's is a strict one.
    Do: Put it back, or write the decision that says why, with its name as code: `gates.drop` or
        `drop`, `coverage`, `pytest`, `ruff`, `mypy`, `tests`, the name of the test, the path of
        the file.
    """

    family, kind, level = "OW", "guard", "static"
    requires: frozenset[str] = frozenset()
    asks = ("CD2",)

    @staticmethod
    def check(  # noqa: PLR0913, PLR0917 - facts
        tree: Tree,
        given: Given,
        settings: dict[str, Any],
        given_settings: dict[str, Any],
        tests: Files,
        given_tests: Files,
        workflows: Workflows,
    ) -> Outcome:
        """Compare guards one by one."""
        lowered = [
            *_gates(settings, given_settings),
            *_checkers(tree, given, workflows),
            *(
                (name, Finding(said, path))
                for name, path, said in checkers.weaker(tree, given, workflows)
            ),
            *_tests(tests, given_tests),
            *_guards(given, tests, given_tests),
            *(
                ("pytest", Finding(f"Tests are left out: {said}.", path))
                for path, said in collecting.narrowed(tree, given, workflows)
            ),
            *_looking_away(tree, given),
        ]
        recorded = decisions.own(tree, given)
        found = [one for name, one in lowered if not any(record.names(name) for record in recorded)]
        if found:
            return failed(*found, todo="Put it back, or record why: scaffold explain OW103")
        return passed("gates, checkers and tests are as strong as the starter's")


_Lowered = tuple[str, Finding]


def _gates(now: dict[str, Any], before: dict[str, Any]) -> Iterator[_Lowered]:
    ours, theirs = section(now, "gates"), section(before, "gates")
    another_task = section(now, "data").get("task") != section(before, "data").get("task")
    for name, default in theirs.items():
        value = ours.get(name)
        if isinstance(default, bool) or not isinstance(default, int | float):
            continue
        if another_task and name in OF_PROBABILITIES:
            continue
        if another_task and name in IN_UNITS_OF_THE_TARGET and isinstance(value, int | float):
            if name == "gain_over_baseline" and value <= 0:
                yield name, Finding("No gain over the baseline is asked.", "project.toml")
            continue
        if not isinstance(value, int | float):
            yield name, Finding(f"The gate {name} is gone.", "project.toml")
        elif (value > default) if name in LARGER_IS_WEAKER else (value < default):
            yield (
                name,
                Finding(f"The gate {name} went from {default:g} to {value:g}.", "project.toml"),
            )


def _checkers(tree: Tree, given: Given, workflows: Workflows) -> Iterator[_Lowered]:
    now, before = (
        read(text) for text in (tree.text("pyproject.toml"), given.text("pyproject.toml"))
    )
    file = "pyproject.toml"
    if (
        at(now, "tool", "mypy", "strict") is not True
        and at(before, "tool", "mypy", "strict") is True
    ):
        yield "strict", Finding("mypy is not strict any more.", file)
    lost = _listed(before, "tool", "ruff", "lint", "select") - _listed(
        now, "tool", "ruff", "lint", "select"
    )
    if lost and "ALL" not in _listed(now, "tool", "ruff", "lint", "select"):
        yield "ruff", Finding(f"ruff no longer selects {', '.join(sorted(lost))}.", file)
    yield from _covered(tree, given, workflows, now, before)


def _covered(
    tree: Tree, given: Given, workflows: Workflows, now: dict[str, Any], before: dict[str, Any]
) -> Iterator[_Lowered]:
    file = "pyproject.toml"
    least, given_least = (
        at(one, "tool", "coverage", "report", "fail_under") for one in (now, before)
    )
    if isinstance(given_least, int) and not (
        isinstance(least, int | float) and least >= given_least
    ):
        yield "coverage", Finding(f"Coverage must be {least}, not {given_least} any more.", file)
    for table, key in (
        ("run", "omit"),
        ("report", "omit"),
        ("report", "exclude_also"),
        ("report", "exclude_lines"),
    ):
        out, old = (_listed(one, "tool", "coverage", table, key) for one in (now, before))
        if more := out - old:
            some = ", ".join(sorted(more))[:80]
            yield "coverage", Finding(f"Coverage leaves out {some} as well.", file)
    was = _listed(before, "tool", "coverage", "run", "source")
    if was - _listed(now, "tool", "coverage", "run", "source"):
        yield "coverage", Finding("Coverage does not look at all of the code any more.", file)
    for path, head in OTHER_COVERAGE.items():
        if path not in given.files and head in (tree.text(path) or ""):
            yield "coverage", Finding("Coverage is configured here too.", path)
    given_ci = COVERAGE.search(given.text(CI))
    steps = [one for one in workflows.steps if COVERAGE.search(one.run)]
    whens = {one.when for one in steps_of(CI, given.text(CI)) or () if COVERAGE.search(one.run)}
    bound = [
        one
        for one in steps
        if one.binding and one.events & {"push", "pull_request"} and one.when in whens
    ]
    if given_ci and not any(_coverage(one) >= int(given_ci[1]) for one in bound):
        line = steps[0].line if steps else 0
        message = f"CI does not insist on {given_ci[1]} % coverage any more."
        yield "coverage", Finding(message, CI, line)


def _coverage(step: Step) -> int:
    found = COVERAGE.search(step.run)
    return int(found[1]) if found else 0


def _tests(now: Files, before: Files) -> Iterator[_Lowered]:
    """Newly skipped tests, and checks that are gone; only files that differ are parsed."""
    files = now.texts.keys() | before.texts.keys()
    changed = sorted(one for one in files if now.texts.get(one) != before.texts.get(one))
    ran = {one.name: one for file in changed for one in before.tests(file) if not one.skipped}
    for test in (test for file in changed for test in now.tests(file)):
        old = ran.get(test.name)
        if old and (test.skipped or (test.conditional and not old.conditional)):
            where = "is skipped now" if test.skipped else "is skipped on some machines now"
            yield test.name, Finding(f"`{test.name}` {where}.", test.path, test.line)
    lost = sum(_checks(before.tests(file)) - _checks(now.tests(file)) for file in changed)
    all_of_them = sum(text.count("assert ") for text in before.texts.values())
    if lost > MOST_LOST * all_of_them:
        yield (
            "tests",
            Finding(f"{lost} of some {all_of_them} checks of the tests are gone.", "tests"),
        )


def _guards(given: Given, now: Files, before: Files) -> Iterator[_Lowered]:
    """Of the guard of this kind of system no test goes with the data."""
    for path in guards.GUARDS.get(given.template, ()):
        if now.texts.get(path) != before.texts.get(path):
            for test in before.tests(path):
                if weaker := guards.weakened(test, now):
                    yield test.name, Finding(weaker[0], weaker[1].path, weaker[1].line)


def _checks(tests: tuple[Test, ...]) -> int:
    return sum(one.asserts for one in tests if not one.skipped)


def _looking_away(tree: Tree, given: Given) -> Iterator[_Lowered]:
    for path, content in given.files.items():
        if not path.endswith(".py") or tree.read(path) in {content, None}:
            continue
        before, now = (
            statements.markers(given.text(path)),
            statements.markers(tree.text(path) or ""),
        )
        if now > before:
            message = f"Checkers are told to look away {now} times, {before} before."
            yield path, Finding(message, path)


def _listed(content: Any, *keys: str) -> set[str]:
    found = at(content, *keys)
    return {one for one in found if isinstance(one, str)} if isinstance(found, list) else set()
