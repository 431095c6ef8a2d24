"""Which rules read an answer of the README, as the pages of the rules say it.

Searching for "PF4" finds pages that mention it often, which is not the same.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_TITLE = re.compile(r"^# (?P<name>[A-Z]{2}\d{3}): (?P<title>.+)\.$", re.MULTILINE)
_QUESTIONS = re.compile(r"^Questions of the README: (?P<ids>.+)\.$", re.MULTILINE)
_NEEDS = re.compile(r"^Means something once (?P<names>.+) pass(?:es)?\.$", re.MULTILINE)
_PERSON = "A person tells."


@dataclass(frozen=True)
class Rule:
    """A rule, as its page has it.

    Attributes:
        name: Its letters and number.
        title: What it asks for, in a few words.
        questions: Ids of the README's questions whose answers it reads.
        needs: Names of the rules that have to pass first.
        told_by: `person` or `program`.
    """

    name: str
    title: str
    questions: frozenset[str]
    needs: frozenset[str]
    told_by: str


def read_rule(text: str) -> Rule | None:
    """Returns the rule of a page; None where the page is about something else."""
    heading = _TITLE.search(text)
    if heading is None:
        return None
    questions, needs = _QUESTIONS.search(text), _NEEDS.search(text)
    return Rule(
        heading["name"],
        heading["title"],
        frozenset(questions["ids"].split(", ")) if questions else frozenset(),
        frozenset(needs["names"].split(", ")) if needs else frozenset(),
        "person" if _PERSON in text else "program",
    )


def read_rules(folder: Path) -> list[Rule]:
    """Returns the rules of all pages of a folder, by name."""
    pages = (read_rule(page.read_text(encoding="utf-8")) for page in sorted(folder.glob("*.md")))
    return [one for one in pages if one is not None]


def readers(rules: list[Rule], question: str) -> list[Rule]:
    """Returns the rules that read an answer: programs before people, free ones before others."""
    found = [one for one in rules if question in one.questions]
    return sorted(found, key=lambda one: (one.told_by == "person", bool(one.needs), one.name))
