"""The tests that hold the guard of each kind of system, and what is weaker of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.check.facts.code import Files, Test

GUARDS = {
    "supervised-api": ("tests/test_columns.py", "tests/test_gates.py", "tests/test_training.py"),
    "rag-app": ("tests/test_attacks.py", "tests/test_suspicion.py", "tests/test_grounding.py"),
    "multi-agent": ("tests/test_attacks.py", "tests/test_durability.py", "tests/test_register.py"),
}


def weakened(test: Test, tests: Files) -> tuple[str, Test] | None:
    """What is weaker of a test that the starter gave, and where; None where nothing is."""
    there = tests.find_test(test.name)
    here = [one for one in there if not one.skipped]
    if not here:
        return f"`{test.name}` {'is skipped' if there else 'is gone'}.", test
    if not test.conditional and all(one.conditional for one in here):
        return f"`{test.name}` runs on some machines only.", here[0]
    if max(one.asserts for one in here) < test.asserts:
        return f"`{test.name}` had {test.asserts} checks, now {here[0].asserts}.", here[0]
    return None
