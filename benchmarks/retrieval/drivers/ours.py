"""The generated repository; and what it prepares for all contestants, once."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from app.corpus import chunks
from app.corpus.folder import walk
from app.corpus.loading import load
from app.embedding.words import WordVectors
from app.index.index import Entry, Recipe
from app.index.opening import open_index
from app.ingest import ingest as bring_in
from app.passages import Passage
from app.project import read_project
from app.proving import crowd
from app.proving.golden import read_golden
from app.retrieval.retriever import Retriever
from app.settings import read_settings

from benchmarks.retrieval.drivers import measuring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.project import Project

WAYS = ("lexical", "vector", "hybrid")
QUERIES = 100


def _project() -> Project:
    return read_project(read_settings().project_file)


def _index(folder: Path) -> Any:
    """In SQLite, unless the folder says where a Postgres is."""
    named = folder / "postgres.txt"
    if named.exists():
        return open_index(named.read_text(encoding="utf-8"))
    return open_index(f"sqlite:///{(folder / 'ours.db').as_posix()}")


def _write(folder: Path, name: str, content: object) -> None:
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


def _cut(where: Path, project: Project) -> Iterator[Passage]:
    for source in walk(where, project.corpus.exclude):
        document = load(source.name, source.file.read_bytes())
        yield from chunks.cut(source.name, document, project.chunks.words)


def _as_json(passages: list[Passage]) -> list[dict[str, str]]:
    return [
        {"source": p.source, "heading": p.heading, "breadcrumb": p.breadcrumb, "text": p.text}
        for p in passages
    ]


def prepare(folder: Path) -> None:
    """The corpus, its passages, and the golden questions."""
    project = _project()
    golden = read_golden(project.evaluation.golden)
    shutil.copytree(project.corpus.folder, folder / "corpus")
    sources = [one.name for one in walk(folder / "corpus", project.corpus.exclude)]
    _write(folder, "sources.json", sources)
    _write(folder, "passages.json", _as_json(list(_cut(folder / "corpus", project))))
    _write(folder, "questions.json", [one.question for one in golden])
    relevant = [[(one.source, one.heading) for one in q.relevant] for q in golden]
    _write(folder, "relevant.json", relevant)


def ingest(folder: Path) -> None:
    """The corpus, file by file."""
    project = _project()

    def work() -> int:
        with closing(_index(folder)) as index:
            return int(bring_in(index, project, WordVectors()).passages)

    measuring.tell_ingest(work)


def search(folder: Path) -> None:
    """All questions, in every way."""
    questions, project = measuring.read(folder, "questions.json"), _project()
    with closing(_index(folder)) as index:
        retriever = Retriever(index, WordVectors(), project)

        def ask(question: str, way: Any, k: int = measuring.SHOWN) -> list[list[tuple[str, str]]]:
            found = retriever.search(question, k, way).found
            return [[(one.passage.source, one.passage.heading)] for one in found]

        measuring.tell_ready(lambda: ask(questions[0], "hybrid"))
        for way in WAYS:
            measuring.tell_cost(way, partial(ask, way=way), questions)
        measuring.say(memory_mb=measuring.resident())
        for way in WAYS:
            found = [ask(one, way, measuring.DEPTH) for one in questions]
            measuring.say(way=way, sections=found)


def prepare_many(folder: Path) -> None:
    """As many made-up sections as the folder is named for, as passages, with vectors and the truth.

    A long section becomes two passages, so there are some more.
    """
    project = _project()
    real = list(_cut(project.corpus.folder, project))
    crowd.write_documents(folder / "documents", int(folder.name), crowd.material(real))
    passages = list(_cut(folder / "documents", project))
    shutil.rmtree(folder / "documents")
    embedder = WordVectors()
    vectors = embedder.documents([f"{one.breadcrumb}\n{one.text}" for one in passages])
    golden = read_golden(project.evaluation.golden)[:QUERIES]
    queries = embedder.questions([one.question for one in golden])
    _write(folder, "passages.json", _as_json(passages))
    np.save(folder / "vectors.npy", vectors)
    np.save(folder / "queries.npy", queries)
    best = np.sort(queries @ vectors.T, axis=1)[:, -measuring.NEAREST :]
    _write(folder, "exact.json", best[:, ::-1].tolist())


def fill(folder: Path) -> None:
    """Many passages, whose vectors are made already."""
    project = _project()
    passages = list(map(_passage, measuring.read(folder, "passages.json")))
    vectors = np.load(folder / "vectors.npy")
    recipe = Recipe(WordVectors.name, vectors.shape[1], "made up", project.corpus.language)

    def entries() -> Iterator[Entry]:
        start = 0
        for source, group in groupby(passages, key=lambda one: one.source):
            some = list(group)
            yield Entry(source, source, some, vectors[start : start + len(some)])
            start += len(some)

    def work() -> int:
        with closing(_index(folder)) as index:
            index.replace(entries(), (), recipe)
        return len(passages)

    measuring.tell_ingest(work)


def _passage(one: dict[str, str]) -> Passage:
    return Passage(one["source"], (one["heading"],), "line 1", one["text"])


def nearest(folder: Path) -> None:
    """The passages nearest to given vectors."""
    queries = np.load(folder / "queries.npy")
    with closing(_index(folder)) as index:

        def ask(query: Any) -> list[float]:
            return [hit.score for hit in index.vector(query, measuring.NEAREST)]

        measuring.tell_ready(lambda: ask(queries[0]))
        measuring.tell_cost("ours", ask, queries)
        measuring.say(memory_mb=measuring.resident())
        measuring.say(way="ours", cosines=[ask(query) for query in queries])


if __name__ == "__main__":
    verbs = {"prepare": prepare, "ingest": ingest, "search": search}
    many = {"prepare-many": prepare_many, "fill": fill, "nearest": nearest}
    measuring.run(verbs | many)
