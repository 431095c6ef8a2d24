"""Chroma with its default settings, our passages and our word vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import chromadb
import numpy as np
from app.embedding.words import WordVectors

from benchmarks.retrieval.drivers import measuring

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAME = "passages"


def _client(folder: Path) -> Any:
    # The one setting that is not the default: nobody's benchmark should call home.
    quiet = chromadb.Settings(anonymized_telemetry=False)
    return chromadb.PersistentClient(str(folder / "chroma"), quiet)


def _fill(client: Any, passages: Sequence[dict[str, str]], vectors: Any) -> int:
    collection, most = client.create_collection(NAME), client.get_max_batch_size()
    for start in range(0, len(passages), most):
        some = passages[start : start + most]
        collection.add(
            ids=[str(start + at) for at in range(len(some))],
            embeddings=vectors[start : start + most],
            documents=[one["text"] for one in some],
            metadatas=[{"source": one["source"], "heading": one["heading"]} for one in some],
        )
    return len(passages)


def ingest(folder: Path) -> None:
    """The corpus, which is cut into passages already."""
    passages = measuring.read(folder, "passages.json")

    def work() -> int:
        texts = [f"{one['breadcrumb']}\n{one['text']}" for one in passages]
        return _fill(_client(folder), passages, WordVectors().documents(texts))

    measuring.tell_ingest(work)


def search(folder: Path) -> None:
    """All questions."""
    questions = measuring.read(folder, "questions.json")
    collection, embedder = _client(folder).get_collection(NAME), WordVectors()

    def ask(question: str, k: int = measuring.SHOWN) -> list[list[tuple[str, str]]]:
        found = collection.query(query_embeddings=embedder.questions([question]), n_results=k)
        return [[(one["source"], one["heading"])] for one in found["metadatas"][0]]

    measuring.tell_ready(lambda: ask(questions[0]))
    measuring.tell_cost("chroma", ask, questions)
    measuring.say(memory_mb=measuring.resident())
    found = [ask(one, measuring.DEPTH) for one in questions]
    measuring.say(way="chroma", sections=found)


def fill(folder: Path) -> None:
    """Many passages, whose vectors are made already."""
    passages, vectors = measuring.read(folder, "passages.json"), np.load(folder / "vectors.npy")
    measuring.tell_ingest(lambda: _fill(_client(folder), passages, vectors))


def nearest(folder: Path) -> None:
    """The passages nearest to given vectors."""
    queries, collection = np.load(folder / "queries.npy"), _client(folder).get_collection(NAME)

    def ask(query: Any) -> list[str]:
        found = collection.query(
            query_embeddings=[query], n_results=measuring.NEAREST, include=["distances"]
        )
        ids: list[str] = found["ids"][0]
        return ids

    measuring.tell_ready(lambda: ask(queries[0]))
    measuring.tell_cost("chroma", ask, queries)
    measuring.say(memory_mb=measuring.resident())
    vectors = np.load(folder / "vectors.npy")
    found = [[float(vectors[int(one)] @ query) for one in ask(query)] for query in queries]
    measuring.say(way="chroma", cosines=found)


if __name__ == "__main__":
    measuring.run({"ingest": ingest, "search": search, "fill": fill, "nearest": nearest})
