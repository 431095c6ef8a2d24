"""docs/check.md says which rules each repository that tries to fool them passes."""

from __future__ import annotations

import os
import re

import pytest

from tests.check.adversaries import FRESH, LATER
from tests.check.measured import FROZEN, KNOWN, PAGE, fooled, look

# All of them take seven minutes; of the others those that once passed.
LOOKED_AT = (
    set(KNOWN)
    if os.environ.get("SCAFFOLD_ALL")
    else FRESH.keys() | LATER.keys() | {name for names in FROZEN.values() for name in names}
)


def told() -> dict[str, set[str]]:
    """The rules that each of them passes and ought not to, by its name."""
    page = PAGE.read_text(encoding="utf-8")
    found: dict[str, set[str]] = {name: set() for name in KNOWN}
    for rule, names in re.findall(r"^\| ([A-Z]{2}\d+) \|[^|]*\|[^|]*\| (.*?) ?\|$", page, re.M):
        for name in filter(None, names.split(", ")):
            found[name].add(rule)
    for name in LATER:
        (rules,) = re.findall(rf"^\| {name} \|[^|]*\|[^|]*\| (.*?) ?\|$", page, re.M)
        found[name] = set(filter(None, rules.split(", ")))
    return found


@pytest.mark.parametrize("name", sorted(LOOKED_AT))
def test_the_page_says_what_an_adversary_passes(name: str) -> None:
    verdict = look(KNOWN[name])
    assert set(fooled(KNOWN[name], verdict)) == told()[name]
    assert not verdict.good


def test_every_adversary_is_about_rules_that_there_are() -> None:
    from scaffold.check.rules import catalogue

    assert all(one.caught <= catalogue().keys() for one in KNOWN.values())
