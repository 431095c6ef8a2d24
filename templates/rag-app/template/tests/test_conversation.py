"""How many earlier turns count, and what a follow-up is searched for with."""

import json

import pytest

from app.answering.conversation import MOST_OF_ONE, Turn, bounded, leans_back, search_text

from .conftest import ROOT
from .grounding_rates import SHIPPED, corpus_digest

TYRES = Turn("How much air do narrow tyres need?", "Seven bar [1].")
WIDE = Turn("And wide ones?", "Three bar [1].")


def test_the_latest_turns_are_kept_in_their_order() -> None:
    history = [Turn(f"question {number}", "answer") for number in range(5)]
    assert bounded(history, 2) == tuple(history[3:])
    assert bounded(history, 9) == tuple(history)
    assert bounded(history, 0) == ()


def test_long_turns_are_shortened_and_too_many_signs_left_out() -> None:
    long = Turn("why " * 1000, "because " * 1000)
    (kept,) = bounded([long], 3)
    assert len(kept.question) <= MOST_OF_ONE
    assert kept.answer.endswith("...")
    assert bounded([TYRES, long], 3, len(kept.question) + len(kept.answer)) == (kept,)
    assert bounded([long], 3, 100) == ()


@pytest.mark.parametrize(
    "question",
    ["And wide ones?", "Why?", "How does it work?", "What about tyres of a racing bicycle?",
     "Are these prices final for everybody?", "more"],
)  # fmt: skip
def test_some_questions_lean_back(question: str) -> None:
    assert leans_back(question, "english")


@pytest.mark.parametrize(
    "question", ["How much air do narrow tyres need?", "Which wine goes with roasted duck?"]
)
def test_others_stand_by_themselves(question: str) -> None:
    assert not leans_back(question, "english")


def test_a_follow_up_is_searched_for_behind_the_question_it_leans_on() -> None:
    assert search_text("Why?", [TYRES], "english") == f"{TYRES.question}\nWhy?"
    assert search_text("Why?", [TYRES, WIDE], "english") == "\n".join(
        [TYRES.question, WIDE.question, "Why?"]
    )
    assert search_text("Why?", [], "english") == "Why?"


def test_a_new_subject_is_searched_for_alone() -> None:
    wine = "Which wine goes with roasted duck?"
    assert search_text(wine, [TYRES], "english") == wine


@pytest.mark.skipif(corpus_digest() != SHIPPED, reason="about the documents that came with it")
def test_few_golden_questions_seem_to_lean_back() -> None:
    file = ROOT / "data" / "golden" / "questions.jsonl"
    questions = [json.loads(line)["question"] for line in file.read_text("utf-8").splitlines()]
    assert sum(leans_back(one, "english") for one in questions) <= len(questions) * 0.25
