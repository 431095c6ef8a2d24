"""Who reads an answer is what the pages say, and nobody guesses."""

from pathlib import Path

from app.readers import read_rule, read_rules, readers

PAGES = Path(__file__).parents[1] / "data" / "corpus" / "rules"
PAGE = """# ZZ101: The kettle is yours.

Own tea. Files and git tell; nothing is run.

Questions of the README: ST4.

Means something once ZZ102, ZZ103 passes.
"""


def test_a_page_tells_question_and_what_comes_first() -> None:
    rule = read_rule(PAGE)
    assert rule is not None
    assert (rule.name, rule.title, rule.told_by) == ("ZZ101", "The kettle is yours", "program")
    assert rule.questions == {"ST4"}
    assert rule.needs == {"ZZ102", "ZZ103"}


def test_a_page_with_many_questions_is_read_for_each() -> None:
    rule = read_rule(PAGE.replace("ST4.", "PF2, RC2, ST4."))
    assert rule is not None
    assert rule.questions == {"PF2", "RC2", "ST4"}


def test_a_page_about_something_else_is_no_rule() -> None:
    assert read_rule("# Updates that lose nothing\n\nA starter goes on.") is None


def test_people_come_last_and_what_waits_comes_late() -> None:
    person = PAGE.replace("nothing is run.", "A person tells.").replace("ZZ101", "ZZ001")
    free = PAGE.replace("Means something", "Meant").replace("ZZ101", "ZZ109")
    rules = [one for one in map(read_rule, (person, PAGE, free)) if one]
    assert [one.name for one in readers(rules, "ST4")] == ["ZZ109", "ZZ101", "ZZ001"]


def test_the_pages_themselves_know_who_reads_the_worst_case() -> None:
    found = {one.name for one in readers(read_rules(PAGES), "RC3")}
    assert found >= {"CD105", "RC107", "PF101", "PF102"}
    assert readers(read_rules(PAGES), "XX9") == []
