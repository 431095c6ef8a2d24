"""What the playbook says of the evidence, and what its reviewer objects to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.agents.grounding import check
from app.agents.memo import Memo
from app.model.composing import memo
from app.model.objecting import objections
from app.model.playbook import Playbook

from .talking import BOOK, LEAKING, PATCHED, ROWS, evidence, model

QUESTION = "Do they leak?"
Json = dict[str, Any]


@pytest.fixture
def book(tmp_path: Path) -> Playbook:
    return model(tmp_path).playbook


def answer(book: Playbook, **rows: list[Json]) -> str:
    given = {LEAKING: rows.get("leaking", []), PATCHED: rows.get("patched", [])}
    return str(memo(book, QUESTION, evidence(given))["answer"])


def test_the_strictest_rule_answers(book: Playbook) -> None:
    patched, leaking = ROWS[PATCHED], ROWS[LEAKING]
    assert answer(book) == "yes"
    assert answer(book, patched=patched) == "conditional"
    assert answer(book, patched=patched, leaking=leaking) == "no"


def test_a_question_without_rules_is_informed_about(tmp_path: Path) -> None:
    plain = BOOK.replace("[play.answer]", "").replace('no_if = ["leaking"]', "")
    book = model(tmp_path, plain.replace('conditional_if = ["patched"]', "")).playbook
    assert answer(book, leaking=ROWS[LEAKING]) == "informative"


def test_what_could_not_be_looked_up_is_never_a_yes(book: Playbook) -> None:
    found = memo(book, QUESTION, evidence({PATCHED: []}))
    assert found["answer"] == "conditional"
    assert found["open_questions"] == ["Leaking boats: leaking could not be looked up."]
    assert found["lines"] == []


def test_nothing_found_at_all_leaves_open_questions(book: Playbook) -> None:
    found = memo(book, "May we sail?", [])
    assert found["title"] == "Leaking boats; the harbour"
    assert len(found["open_questions"]) == 3
    assert check(found | {"lines": [{"text": "x", "cites": []}]}, []) == []


def many(count: int) -> list[Json]:
    return [{"boat": f"boat {chr(97 + at)}", "litres": 1, "how": "-"} for at in range(count)]


def test_many_rows_are_counted_instead_of_told(book: Playbook) -> None:
    rows: dict[str, list[Json]] = {LEAKING: many(20), PATCHED: []}
    found = memo(book, QUESTION, evidence(rows))
    texts = [one["text"] for one in found["lines"]]
    assert len(texts) == 13
    assert texts[-1] == "And more: there are 20 of these."
    assert check(found, evidence(rows)) == []  # type: ignore[arg-type]


def test_a_sentence_may_be_said_of_every_row(tmp_path: Path) -> None:
    every = BOOK.replace('each = "leaking"', 'each = "leaking"\nmost = 50')
    found = memo(model(tmp_path, every).playbook, QUESTION, evidence({LEAKING: many(20)}))
    assert len(found["lines"]) == 20


def test_an_exception_is_asked_for_every_row(book: Playbook) -> None:
    found = memo(book, QUESTION, evidence({LEAKING: [], PATCHED: many(20)}))
    assert len(found["exceptions"]) == 20


def test_what_was_cut_off_is_open(book: Playbook) -> None:
    pieces = evidence({LEAKING: many(3), PATCHED: []})
    pieces[0]["found"] |= {"truncated": True, "row_count": 99}
    found = memo(book, QUESTION, pieces)
    assert "leaking is longer than what was read of it" in found["open_questions"][0]


def test_a_memo_fits_its_form_however_long_the_texts_are(book: Playbook) -> None:
    long = [{"boat": "many words " * 900, "litres": "7" * 5000, "how": "x" * 5000}]
    found = memo(book, QUESTION, evidence({LEAKING: long, PATCHED: long}))
    assert Memo.model_validate(found).lines
    assert found["exceptions"][0]["subject"].endswith(" ...")


def test_lines_in_what_was_found_do_not_break_a_sentence(book: Playbook) -> None:
    found = memo(book, QUESTION, evidence({LEAKING: [{"boat": "a\n\n b", "litres": 1}]}))
    assert found["lines"][0]["text"] == "a b takes in 1 l."


def test_the_reviewer_accepts_what_the_playbook_writes(book: Playbook) -> None:
    few: list[dict[str, list[Json]]] = [ROWS, {LEAKING: [], PATCHED: []}, {}]
    for rows in [*few, {LEAKING: many(20), PATCHED: many(9)}]:
        pieces = evidence(rows)
        assert list(objections(book, QUESTION, memo(book, QUESTION, pieces), pieces)) == []


def without_a_sentence(written: Json) -> None:
    del written["lines"][0]


def with_another(written: Json) -> None:
    written["lines"].append({"text": "Swan takes in 3 l.", "cites": ["analyst.1"]})


def with_another_answer(written: Json) -> None:
    written["answer"] = "yes"


def without_exceptions(written: Json) -> None:
    written["exceptions"] = []


def with_an_exception(written: Json) -> None:
    written["exceptions"].append(written["exceptions"][0] | {"subject": "O'Neill"})


@pytest.mark.parametrize(
    ("alter", "objection"),
    [
        (without_a_sentence, "It leaves out: O'Neill takes in 3 l."),
        (with_another, "The evidence does not say: Swan takes in 3 l."),
        (with_another_answer, "The answer to this evidence is no."),
        (without_exceptions, "It asks for no exception for Swan."),
        (with_an_exception, "No rule allows an exception for O'Neill."),
    ],
)
def test_the_reviewer_finds_what_was_altered(
    book: Playbook, alter: Callable[[Json], None], objection: str
) -> None:
    written = memo(book, QUESTION, evidence())
    alter(written)
    assert list(objections(book, QUESTION, written, evidence())) == [objection]


def test_the_reviewer_finds_what_is_concealed(book: Playbook) -> None:
    pieces = evidence({LEAKING: [], PATCHED: []})[:1]
    written = memo(book, QUESTION, pieces) | {"open_questions": []}
    told = ["It does not tell that this is open: Leaking boats: patched could not be looked up."]
    assert list(objections(book, QUESTION, written, pieces)) == told
