"""Every rule has its page and its line in the table of titles, and both say what the rule says."""

from __future__ import annotations

import re

import pytest

from scaffold.check.rule import FAMILIES, facts, texts
from scaffold.check.rules import catalogue
from scaffold.check.telling import rule_page
from tests.check.growing import ROOT

RULES = catalogue()
PAGES = ROOT / "docs" / "rules"


@pytest.mark.parametrize("name", RULES)
def test_the_page_is_the_rules(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert page == rule_page.page(RULES[name]), "python -m tests.check.test_pages writes it again"


def test_no_page_is_left_without_a_rule() -> None:
    assert {one.stem for one in PAGES.glob("*.md")} == {*RULES, "README"}


def test_the_overview_lists_every_rule() -> None:
    assert (PAGES / "README.md").read_text(encoding="utf-8") == overview()


def test_the_titles_that_were_written_first_are_those_of_the_rules() -> None:
    table = (ROOT / "tests/check/titles.md").read_text(encoding="utf-8")
    titles = dict(re.findall(r"^\| ([A-Z]{2}\d{3}) \| ([^|]+?) \|", table, re.MULTILINE))
    assert titles == {name: texts(rule).title.rstrip(".") for name, rule in RULES.items()}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_what_its_name_says(name: str) -> None:
    rule = RULES[name]
    assert name.startswith(rule.family)
    assert rule.family in FAMILIES
    assert rule.requires <= RULES.keys()
    assert (rule.level == "human") == (rule.kind == "human")


@pytest.mark.parametrize("name", RULES)
def test_a_rule_asks_for_facts_that_there_are(name: str) -> None:
    from scaffold.check.facts.repository import Repository

    known = {one for one in dir(Repository) if not one.startswith("_")} | {"template", "folder"}
    assert set(facts(RULES[name])) <= known


def overview() -> str:
    lines = ["# The rules of `scaffold check`", ""]
    for family, title in FAMILIES.items():
        lines += [f"## {title}", ""]
        lines += [
            f"- [{name}]({name}.md): {texts(rule).title}"
            for name, rule in RULES.items()
            if rule.family == family
        ]
        lines.append("")
    return "\n".join(lines)


def write() -> None:
    PAGES.mkdir(exist_ok=True)
    for name, rule in RULES.items():
        (PAGES / f"{name}.md").write_text(rule_page.page(rule), encoding="utf-8", newline="\n")
    (PAGES / "README.md").write_text(overview(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
