"""What every index promises, on SQLite and on a real Postgres with pgvector alike."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.index.index import Entry, Index, Recipe, Vectors
from app.index.opening import open_index
from app.index.rarity import rarest
from app.passages import Passage
from app.service.errors import UserError
from app.service.store import open_store

from .hashing import HashingEmbedder
from .service.stores import Postgres

EMBEDDER = HashingEmbedder()
RECIPE = Recipe("hashing", EMBEDDER.dimensions, "sections-1, 200 words", "english")
PLAIN = replace(RECIPE, language="none")


@pytest.fixture
def index(store_url: str) -> Iterator[Index]:
    opened = open_index(store_url)
    yield opened
    opened.close()


def entry(
    source: str, *texts: str, heading: str = "Section", vectors: Vectors | None = None
) -> Entry:
    passages = [
        Passage(source, ("Title", heading), f"line {n}", text) for n, text in enumerate(texts)
    ]
    made = EMBEDDER.documents(texts) if vectors is None else vectors
    return Entry(source, f"digest of {texts}", passages, made)


def texts(index: Index, terms: Sequence[str], k: int = 10, under: str = "") -> list[str]:
    hits = index.lexical(terms, k, under)
    found = index.passages([hit.id for hit in hits])
    return [found[hit.id].text for hit in hits]


def near(index: Index, question: str, k: int = 10, under: str = "") -> list[str]:
    hits = index.vector(EMBEDDER.questions([question])[0], k, under)
    found = index.passages([hit.id for hit in hits])
    return [found[hit.id].text for hit in hits]


def units(rng: np.random.Generator, n: int, dimensions: int = 32) -> Vectors:
    vectors = rng.normal(size=(n, dimensions)).astype(np.float32)
    scaled: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def test_a_new_index_is_empty(index: Index) -> None:
    assert (index.version(), index.recipe(), index.count()) == (0, None, 0)
    assert index.digests() == {}
    assert texts(index, ["word"]) == near(index, "word") == []


def test_what_was_put_in_is_given_back_as_it_was(index: Index) -> None:
    passage = Passage(
        "a/Ü b.md", ('Titel, "1"', "C:\\new > {x}", "漢字 ?"), "page 3", "a\n\n$1 % ?\tñ"
    )
    vectors = units(np.random.default_rng(1), 1)
    index.replace([Entry(passage.source, "abc", [passage], vectors)], (), RECIPE)
    (hit,) = index.vector(vectors[0], 5)
    assert index.passages([hit.id]) == {hit.id: passage}
    assert hit.score == pytest.approx(1)
    np.testing.assert_array_equal(index.vectors([hit.id])[hit.id], vectors[0])
    assert index.recipe() == RECIPE
    assert index.digests() == {passage.source: "abc"}


def test_one_replace_puts_in_changes_and_takes_out(index: Index) -> None:
    index.replace([entry(name, f"old {name}") for name in ("a", "b", "c")], (), RECIPE)
    index.replace([entry("b", "new b", "more b"), entry("d", "new d")], ["c", "unknown"], RECIPE)
    assert sorted(near(index, "x")) == ["more b", "new b", "new d", "old a"]
    assert sorted(texts(index, ["old"])) == ["old a"]
    assert sorted(texts(index, ["new"])) == ["new b", "new d"]
    assert sorted(index.digests()) == ["a", "b", "d"]
    assert index.count() == 4


def test_the_version_rises_with_each_change_and_only_then(index: Index) -> None:
    first = index.replace([entry("a", "x")], (), RECIPE)
    assert first == index.version() > 0
    assert index.replace((), ["unknown"], RECIPE) == first == index.version()
    second = index.replace([entry("a", "y")], (), RECIPE)
    third = index.replace((), ["a"], RECIPE)
    assert first < second < third == index.version()
    index.clear()
    assert index.version() > third


def test_an_id_is_never_given_again(index: Index) -> None:
    seen: set[int] = set()

    def ids() -> set[int]:
        return {hit.id for hit in index.vector(EMBEDDER.questions(["x"])[0], 100)}

    for n, recipe in enumerate((RECIPE, RECIPE, PLAIN)):
        index.replace([entry("a", "x", "y", f"z{n}")], (), recipe)
        assert len(ids()) == 3
        assert not ids() & seen
        seen |= ids()
    index.clear()
    index.replace([entry("a", "x")], (), RECIPE)
    assert not ids() & seen


def test_a_passage_that_is_gone_is_left_out(index: Index) -> None:
    index.replace([entry("a", "x"), entry("b", "y")], (), RECIPE)
    ids = [hit.id for hit in index.vector(EMBEDDER.questions(["x"])[0], 9)]
    index.replace((), ["a"], RECIPE)
    assert [one.text for one in index.passages(ids).values()] == ["y"]
    assert len(index.vectors(ids)) == 1
    assert index.passages([]) == index.vectors([]) == {}


def test_another_recipe_takes_out_everything_that_was_there(index: Index) -> None:
    index.replace([entry("a", "old words"), entry("b", "old words")], (), RECIPE)
    wider = HashingEmbedder(48)
    made = Entry(
        "a", "d", [Passage("a", ("T",), "line 1", "new words")], wider.documents(["new words"])
    )
    recipe = replace(RECIPE, dimensions=48, embedder="wider")
    index.replace([made], (), recipe)
    assert (index.recipe(), index.count(), list(index.digests())) == (recipe, 1, ["a"])
    assert texts(index, ["old", "words"]) == ["new words"]
    (hit,) = index.vector(wider.questions(["new words"])[0], 5)
    assert index.vectors([hit.id])[hit.id].shape == (48,)


def test_what_another_process_brought_meanwhile_keeps_its_ids(index: Index) -> None:
    made = [entry("a", "one"), entry("b", "two")]
    version = index.replace(made, (), RECIPE)
    ids = {hit.id for hit in index.lexical(["one", "two"], 5)}
    assert index.replace(made, (), RECIPE) == version
    assert index.replace([*made, entry("c", "three")], (), RECIPE) == version + 1
    assert {hit.id for hit in index.lexical(["one", "two"], 5)} == ids
    assert index.count() == 3
    assert index.replace([entry("a", "four")], ["b"], RECIPE) == version + 2
    assert sorted(texts(index, ["one", "two", "three", "four"])) == ["four", "three"]


def test_the_language_decides_whether_endings_matter(index: Index) -> None:
    index.replace([entry("a", "chunking documents")], (), RECIPE)
    assert texts(index, ["document"]) == ["chunking documents"]
    index.replace([entry("a", "chunking documents")], (), PLAIN)
    assert texts(index, ["document"]) == []
    assert texts(index, ["documents"]) == ["chunking documents"]


def test_a_passage_need_not_hold_all_words_and_is_better_with_rarer_ones(index: Index) -> None:
    common = [f"number {n} tells about search" for n in range(20)]
    index.replace([entry("a", *common, "this tells about quantisation")], (), RECIPE)
    found = texts(index, ["search", "quantisation"], k=5)
    assert found[0] == "this tells about quantisation"
    assert len(found) == 5


def test_a_word_in_a_heading_counts_more_than_one_in_the_text(index: Index) -> None:
    text, filler = "drift is here and nothing else", "something and nothing else at all"
    index.replace(
        [entry("a", text), entry("b", filler, heading="Drift"), entry("c", *["filler"] * 9)],
        (),
        RECIPE,
    )
    assert texts(index, ["drift"]) == [filler, text]


def test_scores_fall_and_are_positive(index: Index) -> None:
    index.replace(
        [entry("a", *(f"drift {'drift ' * n} and {n}" for n in range(9)), *"bcdefghijk" * 3)],
        (),
        RECIPE,
    )
    for hits in (index.lexical(["drift"], 9), index.vector(EMBEDDER.questions(["drift"])[0], 9)):
        scores = [hit.score for hit in hits]
        assert scores == sorted(scores, reverse=True)
        assert scores[-1] > 0


ODD = (
    *(
        '"',
        '""',
        "'",
        "*",
        "a*",
        "NEAR(a b)",
        "AND",
        "OR",
        "NOT",
        "-",
        "a:b",
        "headings : x",
        "(",
        ")",
    ),
    *("^x", "\\", "\0", "a\0b", "'; DROP TABLE passages; --", "&", "|", "!", "<->", ":*", "%", "?"),
    *("$1", "", " ", "\ud800", "🦆", "漢字", "{", "x" * 5000, "\n", "a'b\"c\\"),
)


def test_no_sign_in_a_term_is_an_operator(index: Index) -> None:
    index.replace([entry("a", "a plain passage", "one more about ducks")], (), RECIPE)
    for term in ODD:
        assert texts(index, [term, "passage"])[0] == "a plain passage", term
        assert "one more about ducks" not in texts(index, [term]), term
    assert index.count() == 2


def test_words_that_very_many_passages_hold_are_left_out() -> None:
    held = [("the", 90_000), ("drift", 15_000), ("absent", 0), ("gold", 60), ("model", 10_000)]
    assert rarest(held, 50) == [("gold", 60), ("model", 10_000)]
    assert rarest(held, 20_000) == [("gold", 60), ("model", 10_000), ("drift", 15_000)]
    assert rarest(held[:1], 50) == held[:1]  # there is nothing rarer
    assert rarest([("absent", 0)], 50) == []


def test_a_search_that_leaves_words_out_finds_what_it_would_find_with_them(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.index.sqlite_tables.COMMON", 5)
    common = [f"search of number{n}" for n in range(30)]
    index.replace([entry("a", *common, "search of gold")], (), RECIPE)
    monkeypatch.setattr("app.index.rarity.MOST_MATCHES", 20)
    assert texts(index, ["search", "gold", "absent"], 1) == ["search of gold"]
    assert len(texts(index, ["search", "number3", "gold"], 2)) == 2
    for term in ODD:
        assert texts(index, [term, "search", "gold"], 1) == ["search of gold"], term
    # Where the rare ones are too few, and be it that they are no neighbours, the others count.
    assert len(texts(index, ["search"], 50)) == 31
    assert len(texts(index, ["search gold", "search"], 50)) == 31
    index.replace((), ["a"], RECIPE)
    index.replace([entry("b", "search of gold")], (), RECIPE)
    assert texts(index, ["search", "gold"], 1) == ["search of gold"]


def test_signs_within_a_term_separate_words(index: Index) -> None:
    index.replace(
        [entry("a", "see app/index/sqlite.py for it", "a state-of-the-art index")], (), RECIPE
    )
    assert texts(index, ["sqlite.py"]) == ["see app/index/sqlite.py for it"]
    assert texts(index, ["state-of-the-art"]) == ["a state-of-the-art index"]
    assert texts(index, ["art"]) == ["a state-of-the-art index"]


def test_the_nearest_vectors_are_found_in_their_order(index: Index) -> None:
    rng = np.random.default_rng(3)
    vectors, questions = units(rng, 500), units(rng, 10)
    index.replace([entry("a", *map(str, range(500)), vectors=vectors)], (), RECIPE)
    right = 0
    for question in questions:
        best = list(map(str, np.argsort(-(vectors @ question))[:10]))
        hits = index.vector(question, 10)
        found = index.passages([hit.id for hit in hits])
        right += len(set(best) & {found[hit.id].text for hit in hits})
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert right >= 95  # of 100; SQLite has all, as the next module shows


def test_a_search_below_a_folder_finds_only_what_is_there(index: Index) -> None:
    names = ("docs/a.md", "docs/b/c.md", "docs2/a.md", "doc", "docs_x", "DOCS/a.md", "docsß")
    index.replace([entry(name, f"words of {name}") for name in names], (), RECIPE)
    for under, expected in {
        "docs/": {"docs/a.md", "docs/b/c.md"},
        "docs/b": {"docs/b/c.md"},
        "docs_": {"docs_x"},
        "docsß": {"docsß"},
        "d%": set(),
        "none": set(),
    }.items():
        wanted = {f"words of {name}" for name in expected}
        assert set(texts(index, ["words"], under=under)) == wanted
        assert set(near(index, "words", under=under)) == wanted


def test_a_filter_that_leaves_one_in_a_hundred_still_gives_k(index: Index) -> None:
    rng = np.random.default_rng(5)
    size, few = 3000, 30
    away = units(rng, 1)[0]
    rare = -away + 0.1 * units(rng, few)  # as far from the question as can be
    rare /= np.linalg.norm(rare, axis=1, keepdims=True)
    index.replace(
        [
            entry("common.md", *(f"common {n}" for n in range(size)), vectors=units(rng, size)),
            entry(
                "rare/a.md",
                *(f"common rare {n}" for n in range(few)),
                vectors=rare.astype(np.float32),
            ),
        ],
        (),
        RECIPE,
    )
    hits = index.vector(away, 10, "rare/")
    best = np.argsort(-(rare @ away))[:10]
    found = index.passages([hit.id for hit in hits])
    assert [found[hit.id].text for hit in hits] == [f"common rare {n}" for n in best]
    assert len(index.lexical(["common"], 10, "rare/")) == 10
    assert len(index.vector(away, few + 5, "rare/")) == few


def test_more_than_there_is_can_be_asked_for(index: Index) -> None:
    index.replace([entry("a", "x y", "x z")], (), RECIPE)
    assert len(index.vector(EMBEDDER.questions(["x"])[0], 1000)) == 2
    assert len(index.lexical(["x"], 1000)) == 2
    assert index.vector(EMBEDDER.questions(["x"])[0], 0) == index.lexical(["x"], 0) == []
    assert index.lexical([], 5) == []


def test_a_text_without_a_known_word_has_no_direction_and_does_no_harm(index: Index) -> None:
    vectors = np.vstack([np.zeros((1, 32), np.float32), units(np.random.default_rng(2), 2)])
    index.replace([entry("a", "none", "one", "two", vectors=vectors)], (), RECIPE)
    hits = index.vector(vectors[1], 3)
    assert len(hits) == 3
    assert sorted(hit.score for hit in hits)[-1] == pytest.approx(1)
    assert len(index.vector(vectors[0], 3)) == 3


def test_vectors_too_long_for_an_index_are_compared_all_the_same(index: Index) -> None:
    vectors = units(np.random.default_rng(4), 5, 2100)
    recipe = replace(RECIPE, dimensions=2100)
    index.replace([entry("a", *"abcde", vectors=vectors)], (), recipe)
    (hit,) = index.vector(vectors[3], 1)
    assert index.passages([hit.id])[hit.id].text == "d"


def test_a_document_without_passages_is_remembered(index: Index) -> None:
    index.replace([Entry("a", "d", [], np.zeros((0, 32), np.float32))], (), RECIPE)
    assert index.digests() == {"a": "d"}
    assert index.count() == 0
    assert near(index, "x") == []


def test_a_very_long_passage_is_kept_and_found(index: Index) -> None:
    text = " ".join(f"word{n}" for n in range(200_000))
    index.replace([entry("a", text, "short")], (), RECIPE)
    assert texts(index, ["word77"]) == [text]


def test_what_fails_half_way_leaves_the_old_index(index: Index) -> None:
    version = index.replace([entry("a", "old")], (), RECIPE)

    def entries() -> Iterator[Entry]:
        yield entry("a", "new")
        raise UserError("the provider is away", "wait")

    for recipe in (RECIPE, PLAIN):
        with pytest.raises(UserError, match="away"):
            index.replace(entries(), (), recipe)
    with pytest.raises(ValueError, match=r"shorter|longer"):
        index.replace([entry("b", "one", "two", vectors=np.zeros((1, 32), np.float32))], (), RECIPE)
    assert near(index, "x") == texts(index, ["old"]) == ["old"]
    assert (index.version(), index.recipe()) == (version, RECIPE)


def test_clearing_takes_out_everything_and_the_index_goes_on(index: Index) -> None:
    assert index.clear() == 0
    index.replace([entry("a", "x", "y")], (), RECIPE)
    assert index.clear() == 2
    assert (index.count(), index.recipe(), dict(index.digests())) == (0, None, {})
    assert near(index, "x") == texts(index, ["x"]) == []
    index.replace([entry("a", "z")], (), RECIPE)
    assert near(index, "x") == texts(index, ["z"]) == ["z"]


def test_an_open_index_sees_what_another_one_writes(index: Index, store_url: str) -> None:
    index.replace([entry("a", "old")], (), RECIPE)
    assert near(index, "x") == ["old"]
    other = open_index(store_url)
    other.replace([entry("a", "new")], (), RECIPE)
    other.close()
    assert near(index, "x") == texts(index, ["new"]) == ["new"]


def test_many_threads_search_one_index(index: Index) -> None:
    index.replace([entry("a", *(f"word {n}" for n in range(50)))], (), RECIPE)

    def search(n: int) -> int:
        return len(near(index, f"{n}", 5)) + len(texts(index, ["word"], 5))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(search, range(40))) == {10}


def test_the_place_names_the_store(index: Index, store_url: str) -> None:
    assert index.place.startswith(
        "postgresql://" if "postgresql" in store_url else "/"
    ) or index.place.endswith("app.db")


def test_what_is_taken_out_is_not_left_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    index = open_index(f"sqlite:///{file}")
    index.replace(
        [entry("a", *(f"secretword{n} of mine" for n in range(99))), entry("b", "x")], (), RECIPE
    )
    index.replace((), ["a"], RECIPE)
    index.close()
    assert b"secretword" not in file.read_bytes()
    assert not file.with_name("app.db-wal").exists()


def test_sqlite_searches_while_another_connection_writes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'app.db'}"
    index = open_index(url)
    index.replace([entry("a", "old")], (), RECIPE)
    writer = open_store(url)

    def work(cursor: object) -> None:
        cursor.execute("BEGIN IMMEDIATE")  # type: ignore[attr-defined]
        other = open_index(url)  # opening waits for nobody either
        assert near(other, "x") == near(index, "x") == texts(index, ["old"]) == ["old"]

    writer.session(work)


@pytest.mark.postgres
def test_a_postgres_with_an_old_pgvector_is_refused(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.index.postgres.OLDEST", (99, 0))
    with pytest.raises(UserError, match="pgvector"):
        open_index(postgres.new_database())


@pytest.mark.postgres
def test_a_postgres_that_may_not_have_pgvector_is_refused(postgres: Postgres) -> None:
    url = postgres.new_database().replace("%2Cpublic", "").replace(",public", "")
    open_index(postgres.new_database()).close()  # so that it is in `public`, out of reach
    with pytest.raises(UserError, match="can't keep vectors") as refused:
        open_index(url)
    assert "pgvector" in refused.value.remedy
