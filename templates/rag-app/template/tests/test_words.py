"""Word vectors: read from the package's files, the same on each machine and in each company."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from app.embedding import weights, words
from app.embedding.words import WordVectors
from app.service.errors import UserError

TEXTS = [
    "How big should a chunk be?",
    "A chunk should be the smallest piece of text that still answers a question.",
    "Roast the duck for two hours.",
]


@pytest.fixture(scope="module")
def embedder() -> WordVectors:
    return WordVectors()


def test_vectors_have_the_promised_shape_type_and_length(embedder: WordVectors) -> None:
    vectors = embedder.documents(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimensions) == (3, 256)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    assert embedder.documents([]).shape == (0, 256)


def test_the_text_about_the_same_thing_is_nearer(embedder: WordVectors) -> None:
    question, same, other = embedder.documents(TEXTS)
    assert question @ same > question @ other + 0.2


def test_a_vector_is_the_same_to_the_last_bit_in_whatever_company(embedder: WordVectors) -> None:
    many = [f"{text} {number}" for number in range(40) for text in TEXTS]  # two batches
    together = embedder.documents(many)
    for place in (0, 63, 64, 119):
        alone = embedder.documents([many[place]])[0]
        np.testing.assert_array_equal(together[place], alone)


def test_questions_are_embedded_as_documents_are(embedder: WordVectors) -> None:
    np.testing.assert_array_equal(embedder.questions(TEXTS), embedder.documents(TEXTS))


def test_a_text_without_a_word_gives_zeros(embedder: WordVectors) -> None:
    nothing = embedder.documents(["", " \n\t", "... --- |!?", "chunk"])
    assert nothing.any(axis=1).tolist() == [False, False, False, True]


def test_signs_and_layout_do_not_count(embedder: WordVectors) -> None:
    plain, table = embedder.documents(["size of a chunk", "| size |\n| of | a | -- chunk |"])
    np.testing.assert_allclose(plain, table, atol=1e-6)


def test_words_that_the_vocabulary_lacks_still_get_vectors(embedder: WordVectors) -> None:
    vectors = embedder.documents(["Größenordnung", "\u5927\u304d\u3055", "\U0001f986"])
    assert vectors.any(axis=1).all()


def test_threads_that_come_first_at_once_get_the_same_vectors() -> None:
    words._read.cache_clear()
    fresh = WordVectors()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(fresh.documents, [TEXTS] * 16))
    for vectors in found:
        np.testing.assert_array_equal(vectors, found[0])
    assert words._read.cache_info().misses == 1


def test_a_missing_package_is_named_with_its_remedy() -> None:
    with pytest.raises(UserError, match="no_such_weights") as caught:
        weights.package_folder("no_such_weights", "Install it.")
    assert caught.value.remedy == "Install it."


@pytest.mark.parametrize("name", ["TABLE_SHA256", "PIECES_SHA256"])
def test_the_files_are_checked_before_they_are_used(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    words._read.cache_clear()
    monkeypatch.setattr(words, name, "0" * 64)
    with pytest.raises(UserError, match="not the file"):
        WordVectors().documents(["chunk"])


def test_other_weights_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "table"
    file.write_bytes(b"other")
    with pytest.raises(UserError, match="not the file"):
        weights.checked(file, "0" * 64)
    with pytest.raises(UserError, match="can't be read"):
        weights.checked(tmp_path / "none", "0" * 64)
