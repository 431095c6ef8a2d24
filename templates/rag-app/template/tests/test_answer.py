"""Answers quote the closest passages with their places, or say no and why."""

import json

import pytest

from app.answering.answer import MOST_NEAREST, Answer, answer
from app.answering.extract import GAP, excerpts
from app.answering.refusal import Why, refusal
from app.passages import Passage
from app.project import Project
from app.retrieval.result import Found, Result
from app.retrieval.retriever import Retriever

from .small_corpus import PASSAGES, indexed, words

CHUNK = "How many words should a chunk hold?"
DUCK = "Which wine goes with roasted duck?"


@pytest.fixture(scope="module")
def retriever() -> Retriever:
    return Retriever(indexed(words()), words(), Project())


def answered(retriever: Retriever, question: str, threshold: float = 0.3) -> Answer:
    return answer(retriever.search(question), words(), threshold)


def test_an_answer_cites_passages_by_number_best_first(retriever: Retriever) -> None:
    result = retriever.search(CHUNK)
    found = answer(result, words(), 0.3)
    assert found.refusal is None
    assert [one.number for one in found.citations] == [1, 2, 3, 4]
    assert [one.id for one in found.citations] == [one.id for one in result.found]
    first = found.citations[0]
    assert (first.source, first.place) == ("chunking.md", "line 3")
    assert first.breadcrumb == "How big should a chunk be? > Size"
    assert "A chunk should hold 150 to 300 words." in first.excerpt.splitlines()


def test_what_is_quoted_stands_in_the_passage(retriever: Retriever) -> None:
    texts = {found.id: found.passage.text for found in retriever.search(CHUNK).found}
    for one in answered(retriever, CHUNK).citations:
        assert one.excerpt
        assert all(line in texts[one.id] for line in one.excerpt.splitlines() if line != GAP)


def test_the_text_says_that_these_are_passages_and_where_they_stand(retriever: Retriever) -> None:
    text = answered(retriever, CHUNK).as_text()
    assert text.startswith("Closest passages:\n\n[1] How big should a chunk be? > Size\n    ")
    assert "\n    (chunking.md, line 3)\n" in text
    assert "(ops/money.md, page 2)" in text


def test_a_refusal_says_why_and_quotes_nothing(retriever: Retriever) -> None:
    found = answered(retriever, DUCK)
    assert found.refusal is not None
    assert found.refusal.why == "too far"
    assert len(found.citations) == MOST_NEAREST
    assert not any(one.excerpt for one in found.citations)
    similarities = [one.similarity for one in found.citations]
    assert similarities == sorted(similarities, reverse=True)
    text = found.as_text()
    assert text.startswith("No answer. No passage is near enough")
    assert "not near enough to quote" in text
    assert "Closest" not in text
    assert not any(passage.text[:30] in text for passage in PASSAGES)


def test_a_refusal_without_passages_is_one_line(retriever: Retriever) -> None:
    assert answered(retriever, " ").as_text() == "No answer. The question is empty."


def test_the_json_form_says_the_same(retriever: Retriever) -> None:
    for question in (CHUNK, DUCK):
        found = answered(retriever, question)
        read = json.loads(json.dumps(found.as_json()))
        assert read["question"] == question
        assert read["refused"] is (question == DUCK)
        assert (read["refusal"] is None) is (question == CHUNK)
        assert [one["source"] for one in read["citations"]] == [
            one.source for one in found.citations
        ]
        assert read["similarity"] == pytest.approx(found.similarity)
        assert set(read["seconds"]) >= {"embed", "vector"}


def test_the_text_holds_nothing_that_steers_a_terminal() -> None:
    evil = Passage("evil\x1b[2J.md", ("Chunk\x07",), "line 1", "Chunk \x1b[31mred\x9b0m words.")
    retriever = Retriever(indexed(words(), [evil]), words(), Project())
    text = answered(retriever, "chunk words", -1).as_text()
    assert "red" in text
    assert all(sign.isprintable() or sign == "\n" for sign in text)


def result(similarity: float, question: str = CHUNK, version: int = 1, found: int = 1) -> Result:
    one = Found(1, PASSAGES[0], 1.0, 1, 1, similarity)
    return Result(question, (one,) * found, similarity, {}, version)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (result(0.29), "too far"),
        (result(0.9, question=" \n"), "empty question"),
        (result(0.0, version=0, found=0), "empty index"),
        (result(0.9, found=0), "nothing found"),
        (result(0.3), None),
        (result(0.31), None),
    ],
)
def test_when_there_is_no_answer(given: Result, why: Why | None) -> None:
    no = refusal(given, 0.3)
    assert (no.why if no else None) == why
    assert no is None or no.reason.endswith(".")


def test_the_threshold_decides() -> None:
    assert refusal(result(-0.5), -1) is None
    assert refusal(result(0.99), 1) is not None


def test_sentences_stand_in_their_order_with_a_sign_where_some_are_left_out() -> None:
    text = "A chunk holds words. Ducks swim. Geese fly. Chunks of 200 words are usual."
    (found,) = excerpts("How many words has a chunk?", [text], words())
    assert found.splitlines() == [
        "A chunk holds words.",
        GAP,
        "Chunks of 200 words are usual.",
    ]


def test_what_announces_a_list_brings_its_first_item_and_code_stays_whole() -> None:
    code = "```\nchunk --words 200\n\nduck\n```"
    text = f"Ducks swim.\n\nTo cut a chunk of 200 words:\n\n{code}\n\nGeese fly."
    (found,) = excerpts("cut a chunk of 200 words", [text], words())
    assert f"To cut a chunk of 200 words:\n{code}" in found


ITEMS = "- Geese fly.\n- A chunk of 200 words is cut.\n- Cut a chunk of 200."


@pytest.mark.parametrize(
    ("above", "brought"), [("What birds do:", ["What birds do:", GAP]), ("Ducks swim.", [])]
)
def test_an_item_brings_what_announces_its_list(above: str, brought: list[str]) -> None:
    (found,) = excerpts("cut a chunk of 200 words", [f"Rain.\n\n{above}\n\n{ITEMS}"], words())
    assert found.splitlines() == [*brought, *ITEMS.splitlines()[1:]]


def test_passages_without_text_and_no_passages_give_nothing() -> None:
    assert excerpts(CHUNK, ["", "A chunk."], words()) == ["", "A chunk."]
    assert excerpts(CHUNK, [], words()) == []
