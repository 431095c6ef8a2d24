"""What of a question is searched for by words."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from app.project import Language
from app.retrieval.terms import STOP_WORDS, terms


def test_words_that_any_question_holds_are_left_out() -> None:
    found = terms("How big should a chunk be, and why is that?", "english")
    assert found == ["big", "chunk"]


def test_words_come_once_in_lower_case_and_in_their_order() -> None:
    assert terms("Drift or DRIFT: model drift?", "english") == ["drift", "model"]


def test_signs_separate_words_and_numbers_stay() -> None:
    assert terms("p99 of snake_case (recall@5)?", "english") == [
        "p99",
        "snake",
        "case",
        "recall",
        "5",
    ]


def test_short_forms_are_taken_apart() -> None:
    asked = "What's the model's drift, doesn't it matter, O'Reilly?"
    assert terms(asked, "english") == ["model", "drift", "matter", "o", "reilly"]
    assert terms("don\u2019t drift", "english") == ["drift"]


def test_a_question_of_common_words_only_keeps_them() -> None:
    assert terms("What is it?", "english") == ["what", "is", "it"]


def test_without_a_language_every_word_stays() -> None:
    assert terms("Was ist an der Größe so schwer?", "none") == [
        "was",
        "ist",
        "an",
        "der",
        "größe",
        "so",
        "schwer",
    ]


def test_nothing_gives_nothing() -> None:
    assert terms(" ?! ", "english") == terms("", "none") == []


@given(st.text(st.sampled_from("aTé\u5927'\u2019_ ?1-"), max_size=40))
def test_any_text_gives_plain_words(text: str) -> None:
    for language in get_args(Language):
        found = terms(text, language)
        assert len(found) == len(set(found))
        assert all(word.isalnum() for word in found)


def test_every_stop_word_can_be_met() -> None:
    assert all(terms(f"{word} drift", "english") == ["drift"] for word in STOP_WORDS)
