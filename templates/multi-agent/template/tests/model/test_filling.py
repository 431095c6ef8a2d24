"""Templates are filled with what was found, and nothing in it is taken for a template."""

from typing import Any

import pytest

from app.desk.found import Found
from app.model.filling import MissingError, NoColumnError, calls_of, fault, fill

ASKED = {"question": "Who?", "topic": "who"}
ROWS: list[dict[str, Any]] = [{"name": "O'Neill", "size": 0.00001, "gone": None}, {"name": "Swan"}]
RESULTS = {
    "boats": Found(rows=ROWS, row_count=7, truncated=True),
    "none": Found(rows=[], row_count=0, truncated=False),
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{boats.first.name} of {boats.count}", "O'Neill of 7"),
        ("name = {boats.first.name|sql}", "name = 'O''Neill'"),
        ("{question} {topic}", "Who? who"),
        ("{boats.first.gone}", "unknown"),
        ("{boats.first.size} m", "0.00001 m"),
        ("{none.count}", "0"),
    ],
)
def test_a_template_says_what_was_found(template: str, text: str) -> None:
    assert fill(template, ASKED, RESULTS) == text


def test_columns_of_a_row_come_before_the_question() -> None:
    assert fill("{name}, {question}", ASKED, RESULTS, {"name": "Swan"}) == "Swan, Who?"
    assert fill("{question}", ASKED, RESULTS, {"question": 4}) == "4"


def test_braces_in_what_was_found_are_left_alone() -> None:
    row: dict[str, Any] = {"name": "{boats.count} {question}"}
    assert fill("{name}", ASKED, RESULTS, row) == "{boats.count} {question}"


def test_a_quote_in_a_question_does_not_end_the_text_of_sql() -> None:
    asked = {"question": "x' OR '1'='1", "topic": ""}
    assert fill("= {question|sql}", asked, {}) == "= 'x'' OR ''1''=''1'"


@pytest.mark.parametrize("template", ["{other.count}", "{other.first.name}", "{none.first.name}"])
def test_what_was_not_found_is_missing(template: str) -> None:
    with pytest.raises(MissingError) as caught:
        fill(template, ASKED, RESULTS)
    assert not isinstance(caught.value, NoColumnError)


@pytest.mark.parametrize("template", ["{boats.first.nmae}", "{nmae}"])
def test_a_column_that_is_not_there_is_told_apart(template: str) -> None:
    with pytest.raises(NoColumnError):
        fill(template, ASKED, RESULTS, ROWS[0])


@pytest.mark.parametrize(
    ("template", "wrong"),
    [
        ("{Name}", "{Name}"),
        ("{a.b}", "{a.b}"),
        ("{a.first}", "{a.first}"),
        ("{a.first.b.c}", "{a.first.b.c}"),
        ("{a.last.b}", "{a.last.b}"),
        ("{ a.count }", "{ a.count }"),
        ("open {", "{"),
        ("{name}", "{name}"),
    ],
)
def test_what_nothing_could_fill_in_is_found_beforehand(template: str, wrong: str) -> None:
    assert fault(template, has_row=False) == wrong


def test_a_template_for_a_row_may_speak_of_any_column() -> None:
    assert fault("{name} {a.count} {a.first.b|sql} {question}", has_row=True) == ""


def test_the_calls_of_a_template_are_known() -> None:
    assert calls_of("{a.count} {b.first.c|sql} {name} {question}") == {"a", "b"}
