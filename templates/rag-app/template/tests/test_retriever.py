"""A search, from the question to ranked passages."""

from collections.abc import Mapping, Sequence
from typing import get_args

import numpy as np
import pytest

from app.index.index import Index, Vector
from app.passages import Passage
from app.project import Project, Retrieval
from app.retrieval.modes import Mode
from app.retrieval.rerank import by_best_sentence
from app.retrieval.retriever import Retriever
from app.service.errors import UserError

from .small_corpus import PASSAGES, indexed, recipe, words
from .small_index import SmallIndex

CHUNK = "How many words should one chunk have?"
DIVIDED = "Which changes can not be explained by chance, grow?"
"""Words find the passage on overlap first, vectors that on drift."""
MODES: tuple[Mode, ...] = get_args(Mode)


def project(**retrieval: object) -> Project:
    return Project(retrieval=Retrieval.model_validate(retrieval))


@pytest.fixture(scope="module")
def index() -> SmallIndex:
    return indexed(words())


@pytest.fixture
def retriever(index: SmallIndex) -> Retriever:
    return Retriever(index, words(), project())


def test_the_small_index_fulfils_the_protocol(index: SmallIndex) -> None:
    promised: Index = index
    assert promised.count() == len(PASSAGES)


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_finds_the_passage_best_first(retriever: Retriever, mode: Mode) -> None:
    result = retriever.search(CHUNK, mode=mode)
    assert result.found[0].passage == PASSAGES[0]
    scores = [found.score for found in result.found]
    assert scores == sorted(scores, reverse=True)
    assert result.question == CHUNK
    assert result.index_version == 1


@pytest.mark.parametrize("mode", MODES)
def test_the_same_question_gets_the_same_result(retriever: Retriever, mode: Mode) -> None:
    first, second = (retriever.search(CHUNK, mode=mode) for _ in range(2))
    assert first.found == second.found
    assert first.similarity == second.similarity


@pytest.mark.parametrize("mode", MODES)
def test_the_similarity_is_the_highest_cosine_in_every_mode(
    retriever: Retriever, index: SmallIndex, mode: Mode
) -> None:
    query = words().questions([CHUNK])[0]
    cosines = {hit.id: hit.score for hit in index.vector(query, 100)}
    result = retriever.search(CHUNK, 1, mode)
    assert result.similarity == pytest.approx(max(cosines.values()))
    assert all(one.similarity == pytest.approx(cosines[one.id]) for one in result.found)


def test_places_tell_why_a_passage_was_found(retriever: Retriever) -> None:
    found = retriever.search("overlap", mode="hybrid").found
    assert (found[0].passage, found[0].lexical, found[0].vector) == (PASSAGES[1], 1, 1)
    assert [one.lexical for one in found[1:]] == [None] * (len(found) - 1)


def test_a_passage_that_words_alone_find_has_its_similarity_too(index: SmallIndex) -> None:
    few = Retriever(index, words(), project(candidates=1))
    (found,) = few.search(DIVIDED, 1, "lexical").found
    assert (found.passage, found.lexical, found.vector) == (PASSAGES[1], 1, None)
    true = {hit.id: hit.score for hit in index.vector(words().questions([DIVIDED])[0], 9)}
    assert found.similarity == pytest.approx(true[found.id], abs=1e-6)


def test_k_wins_over_the_project_even_above_its_candidates(index: SmallIndex) -> None:
    few = Retriever(index, words(), project(candidates=1, passages=2))
    assert len(few.search(CHUNK, mode="vector").found) == 2
    assert len(few.search(CHUNK, k=4, mode="vector").found) == 4


def test_only_sources_under_a_prefix_are_searched(retriever: Retriever) -> None:
    for mode in MODES:
        result = retriever.search(CHUNK, mode=mode, under="ops/")
        assert {one.passage.source for one in result.found} <= {"ops/drift.md", "ops/money.md"}
        assert result.similarity < retriever.search(CHUNK, mode=mode).similarity
    assert retriever.search(CHUNK, under="none/").found == ()


def test_weights_decide_what_comes_first(index: SmallIndex) -> None:
    def first(**weights: float) -> Passage:
        return Retriever(index, words(), project(**weights)).search(DIVIDED).found[0].passage

    assert first(lexical_weight=1.0, vector_weight=0.0) == PASSAGES[1]
    assert first(lexical_weight=0.0, vector_weight=1.0) == PASSAGES[2]


def test_two_weights_of_zero_are_refused(index: SmallIndex) -> None:
    with pytest.raises(UserError, match="weights"):
        Retriever(index, words(), project(lexical_weight=0, vector_weight=0))


def test_an_empty_question_or_index_finds_nothing(retriever: Retriever) -> None:
    assert retriever.search(" \n").found == ()
    empty = Retriever(SmallIndex(), words(), project()).search(CHUNK)
    assert (empty.found, empty.similarity, empty.index_version) == ((), 0.0, 0)


def test_a_question_without_a_known_word_is_near_to_nothing(retriever: Retriever) -> None:
    result = retriever.search("?!")
    assert (result.found, result.similarity) == ((), 0.0)


def test_what_cannot_be_shown_is_not_searched_for(retriever: Retriever) -> None:
    # Half a character comes from a terminal in another encoding, or from JSON.
    plain, odd = (retriever.search(f"drift{more}") for more in ("", "\udcff\0\x1b"))
    assert [one.id for one in odd.found] == [one.id for one in plain.found]
    assert odd.question.strip() == plain.question


def test_each_stage_is_measured(retriever: Retriever) -> None:
    stages = {mode: set(retriever.search(CHUNK, mode=mode).seconds) for mode in MODES}
    assert stages["hybrid"] == {"embed", "lexical", "vector", "fuse", "read"}
    assert stages["rerank"] == stages["hybrid"] | {"rerank"}
    assert stages["vector"] == stages["hybrid"] - {"lexical"}
    assert all(second >= 0 for second in retriever.search(CHUNK).seconds.values())


class Renamed:
    """Word vectors under another name, or cut off."""

    def __init__(self, name: str, dimensions: int) -> None:
        self.name = name
        self.dimensions = dimensions

    def documents(
        self, texts: Sequence[str]
    ) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        return words().documents(texts)[:, : self.dimensions]

    questions = documents


@pytest.mark.parametrize("other", [Renamed("other", 256), Renamed(words().name, 128)])
def test_an_index_of_another_embedder_is_refused(index: SmallIndex, other: Renamed) -> None:
    with pytest.raises(UserError, match=f"EMBEDDINGS means {other.name}") as caught:
        Retriever(index, other, project()).search(CHUNK)
    assert "app ingest" in caught.value.remedy


class Vanishing(SmallIndex):
    """An index in which an ingest takes passages out in the middle of a search."""

    when = ""
    gone: tuple[int, ...] = ()

    def passages(self, ids: Sequence[int]) -> Mapping[int, Passage]:
        found = super().passages(ids)
        return {one: p for one, p in found.items() if self.when != "read" or one not in self.gone}

    def vectors(self, ids: Sequence[int]) -> Mapping[int, Vector]:
        found = super().vectors(ids)
        return {one: v for one, v in found.items() if self.when != "late" or one not in self.gone}


@pytest.fixture
def vanishing(index: SmallIndex) -> Vanishing:
    found = Vanishing()
    found.__dict__.update(index.__dict__)
    return found


@pytest.mark.parametrize("mode", MODES)
def test_a_passage_that_is_gone_meanwhile_leaves_its_place_to_the_next(
    vanishing: Vanishing, mode: Mode
) -> None:
    asked = "How many words should a chunk have, overlap and drift?"
    retriever = Retriever(vanishing, words(), project())
    before = [one.id for one in retriever.search(asked, 3, mode).found]
    vanishing.when, vanishing.gone = "read", (before[0],)
    after = [one.id for one in retriever.search(asked, 2, mode).found]
    assert len(after) == 2
    assert before[0] not in after


def test_a_passage_that_is_gone_before_its_vector_is_read_is_left_out(
    vanishing: Vanishing,
) -> None:
    retriever = Retriever(vanishing, words(), project(candidates=1))
    (found,) = retriever.search(DIVIDED, 1, "lexical").found
    vanishing.when, vanishing.gone = "late", (found.id,)
    assert retriever.search(DIVIDED, 1, "lexical").found == ()


def test_rerank_looks_at_the_nearest_sentence() -> None:
    lost = "Tokens are billed by the million. " * 9 + "A chunk should hold 150 to 300 words."
    question = words().questions([CHUNK])[0]
    passages = [PASSAGES[3], Passage("long.md", ("Money",), "line 1", lost), PASSAGES[2]]
    places = by_best_sentence(question, passages, words())
    assert places[0][0] == 1
    similarity = words().documents(["A chunk should hold 150 to 300 words."])[0] @ question
    assert places[0][1] == pytest.approx(float(similarity))


def test_rerank_puts_a_passage_without_a_sentence_last() -> None:
    question = words().questions([CHUNK])[0]
    empty = Passage("empty.md", ("Empty",), "line 1", "")
    places = by_best_sentence(question, [empty, *PASSAGES], words())
    assert places[-1] == (0, -1.0)
    assert by_best_sentence(question, [], words()) == []


def test_rerank_keeps_all_candidates_and_moves_the_telling_one_up() -> None:
    sentence = "A chunk should hold 150 to 300 words."
    lost = Passage("lost.md", ("Money",), "line 1", "Tokens are billed. " * 60 + sentence)
    noise = [
        Passage(f"{n}.md", ("Hold on",), "line 1", f"Chunks may hold words. Number {n} does.")
        for n in range(30)
    ]
    retriever = Retriever(indexed(words(), [*noise[:10], lost, *noise[10:]]), words(), project())

    def place(mode: Mode) -> int:
        found = retriever.search("Should a chunk hold 150 to 300 words?", 31, mode).found
        assert len({one.id for one in found}) == 31
        return [one.passage.source for one in found].index("lost.md")

    assert place("rerank") < place("hybrid") < 20


def test_the_recipe_is_read_anew_for_each_search() -> None:
    changing = indexed(words())
    retriever = Retriever(changing, words(), project())
    assert retriever.search(CHUNK).found
    changing.replace((), (), recipe(Renamed("other", 256)))
    with pytest.raises(UserError, match="other"):
        retriever.search(CHUNK)
