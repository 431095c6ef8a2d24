"""A search from beginning to end."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from app.corpus.document import clean
from app.embedding.embedder import Embedder
from app.index.index import Hit, Index, Recipe, Vector
from app.passages import Passage
from app.project import Project
from app.retrieval.fusion import fuse
from app.retrieval.modes import Mode
from app.retrieval.rerank import FIRST, by_best_sentence
from app.retrieval.result import Found, Result
from app.retrieval.terms import terms
from app.service.errors import UserError

Ranking = list[tuple[int, float]]
"""Ids with the scores by which they are ranked, best first."""


class _Watch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - begin


def _places(hits: Sequence[Hit]) -> dict[int, int]:
    return {hit.id: place for place, hit in enumerate(hits, 1)}


def _check(recipe: Recipe, embedder: str, dimensions: int) -> None:
    if (recipe.embedder, recipe.dimensions) != (embedder, dimensions):
        raise UserError(
            f"The index has vectors of {recipe.embedder} with {recipe.dimensions} numbers; "
            f"EMBEDDINGS means {embedder} with {dimensions}.",
            "Run `uv run app ingest`, which makes the index anew, or set EMBEDDINGS as it was.",
        )


class Retriever:
    """Finds the passages for a question. Safe for threads, as its parts are.

    Args:
        index: Where the passages are.
        embedder: The one that the index was made with.
        project: How to search.

    Raises:
        UserError: Both weights of the project are 0.
    """

    def __init__(self, index: Index, embedder: Embedder, project: Project) -> None:
        self.index = index
        self.embedder = embedder
        self.project = project
        self._weights = (project.retrieval.lexical_weight, project.retrieval.vector_weight)
        if not any(self._weights):
            raise UserError("Both weights of [retrieval] are 0.", "Raise one in project.toml.")

    def search(
        self, question: str, k: int | None = None, mode: Mode | None = None, under: str = ""
    ) -> Result:
        """Returns the passages for a question; none for an empty question or in an empty index.

        The nearest vectors are looked for in every mode, as refusal needs the similarity. A passage
        that is taken out meanwhile is left out.

        Args:
            question: As asked; what can't be shown is taken out of it, as it was out of documents.
            k: How many passages at most; None as the project says.
            mode: How to search; None as the project says.
            under: Only sources whose path begins with this.

        Raises:
            UserError: The index was made with another embedder, or a provider fails.
            StoreAwayError: The database does not work now.
        """
        wanted = self.project.retrieval.passages if k is None else k
        mode = mode or self.project.retrieval.mode
        candidates = max(wanted, self.project.retrieval.candidates)
        watch = _Watch()
        question = clean(question)
        version, recipe = self.index.version(), self.index.recipe()
        if recipe is None or not question.strip():
            return Result(question, (), 0.0, watch.seconds, version)
        with watch.stage("embed"):
            query: Vector = self.embedder.questions([question])[0]
        _check(recipe, self.embedder.name, len(query))
        lexical: list[Hit] = []
        if mode != "vector":
            with watch.stage("lexical"):
                words = terms(question, self.project.corpus.language)
                lexical = self.index.lexical(words, candidates, under)
        with watch.stage("vector"):
            # A vector of zeros, of a question without a known word, is near to nothing.
            vector = self.index.vector(query, candidates, under) if query.any() else []
        with watch.stage("fuse"):
            ranking = self._ranked(lexical, vector, mode)
        if mode == "rerank":
            with watch.stage("rerank"):
                ranking = self._reranked(ranking, query)
        with watch.stage("read"):
            kept = self._read(ranking, wanted)
            cosines = self._cosines(list(kept), vector, query)
        scores, by_words, by_vectors = dict(ranking), _places(lexical), _places(vector)
        found = tuple(
            Found(one, passage, scores[one], by_words.get(one), by_vectors.get(one), cosines[one])
            for one, passage in kept.items()
            if one in cosines
        )
        nearest = max((hit.score for hit in vector), default=0.0)
        return Result(question, found, nearest, watch.seconds, version)

    def _ranked(self, lexical: Sequence[Hit], vector: Sequence[Hit], mode: Mode) -> Ranking:
        if mode in {"lexical", "vector"}:
            return [(hit.id, hit.score) for hit in (lexical if mode == "lexical" else vector)]
        return fuse([[hit.id for hit in hits] for hits in (lexical, vector)], self._weights)

    def _reranked(self, ranking: Ranking, query: Vector) -> Ranking:
        """Puts the order by nearest sentences together with the order that is there."""
        first = self._read(ranking, FIRST)
        ids = list(first)
        again = by_best_sentence(query, list(first.values()), self.embedder)
        return fuse([[one for one, _ in ranking], [ids[place] for place, _ in again]], (1, 1))

    def _read(self, ranking: Ranking, wanted: int) -> dict[int, Passage]:
        """Returns the first passages that are still there, in the order of the ranking."""
        kept: dict[int, Passage] = {}
        for start in range(0, len(ranking), max(wanted, 1)):
            missing = wanted - len(kept)
            if missing <= 0:
                break
            ids = [one for one, _ in ranking[start : start + wanted]]
            there = self.index.passages(ids)
            kept |= {one: there[one] for one in [one for one in ids if one in there][:missing]}
        return kept

    def _cosines(
        self, ids: Sequence[int], vector: Sequence[Hit], query: Vector
    ) -> Mapping[int, float]:
        """Returns the similarity of passages, also of those that words alone found."""
        known = {hit.id: hit.score for hit in vector}
        others = self.index.vectors([one for one in ids if one not in known])
        return known | {one: float(other @ query) for one, other in others.items()}
