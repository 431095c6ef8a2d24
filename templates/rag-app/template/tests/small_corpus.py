"""A few passages, indexed in memory with real word vectors."""

from collections.abc import Sequence
from functools import cache

from app.embedding.embedder import Embedder
from app.embedding.words import WordVectors
from app.index.index import Entry, Recipe
from app.passages import Passage

from .small_index import SmallIndex

PASSAGES = (
    Passage(
        "chunking.md",
        ("How big should a chunk be?", "Size"),
        "line 3",
        "Sections of a document are the best pieces. A chunk should hold 150 to 300 words. "
        "Titles help more than size does.",
    ),
    Passage(
        "chunking.md",
        ("How big should a chunk be?", "Overlap"),
        "line 9",
        "Overlap between neighbours makes the index grow. It costs disk and memory.",
    ),
    Passage(
        "ops/drift.md",
        ("When have the inputs changed?",),
        "line 3",
        "Drift is a change of the inputs that chance does not explain. Watch the columns that the "
        "model relies on.",
    ),
    Passage(
        "ops/money.md",
        ("What does an answer cost?",),
        "page 2",
        "Tokens are billed by the million. A cache of frequent answers saves most of the bill.",
    ),
)


@cache
def words() -> WordVectors:
    """The real word vectors, read once for all tests."""
    return WordVectors()


def recipe(embedder: Embedder) -> Recipe:
    return Recipe(embedder.name, embedder.dimensions, "by hand", "english")


def entry(source: str, passages: Sequence[Passage], embedder: Embedder) -> Entry:
    vectors = embedder.documents([f"{one.breadcrumb}\n{one.text}" for one in passages])
    return Entry(source, "digest", passages, vectors)


def indexed(embedder: Embedder, passages: Sequence[Passage] = PASSAGES) -> SmallIndex:
    """Returns an index of the passages."""
    index = SmallIndex()
    sources = dict.fromkeys(one.source for one in passages)
    entries = [
        entry(source, [one for one in passages if one.source == source], embedder)
        for source in sources
    ]
    index.replace(entries, (), recipe(embedder))
    return index
