"""`app bench`: what ingest and search cost, and whether what was promised is kept."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.embedding.choosing import load_embedder
from app.embedding.embedder import Embedder
from app.evidence.report import Json, as_lines, describe, write_report
from app.index.index import Vector, Vectors
from app.index.opening import open_index
from app.ingest import ingest
from app.project import Project, read_project
from app.proving import crowd, stores
from app.proving.contents import passages_of
from app.proving.costs import MODES, numbers
from app.proving.demo_data import DEMO_DATA, digest_of
from app.proving.golden import read_golden
from app.proving.searching import NEAREST
from app.service.errors import UserError
from app.service.version import read_template_facts
from app.settings import Settings

FILE = "benchmark.json"
CLOSE = 1e-4  # cosines that differ by less are the same neighbour's, rounded otherwise


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Attributes:
        passages: Sizes of the index.
        rounds: Processes that search, one after the other.
        questions: Searches of each kind in one of them.
    """

    passages: tuple[int, ...]
    rounds: int
    questions: int


WHOLE = Size((1_000, 10_000, 100_000), 3, 100)
QUICK = Size((1_000, 10_000), 3, 30)


class _Recording:
    """An embedder that keeps the vectors it made, to be compared one and all."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self.made: list[Vectors] = []

    def documents(self, texts: Sequence[str]) -> Vectors:
        vectors = self._embedder.documents(texts)
        self.made.append(vectors)
        return vectors

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.questions(texts)


def missed(found: Sequence[float], vectors: Vectors, query: Vector) -> float:
    """Returns the share of the nearest neighbours that a search did not find.

    By cosines and not by names, because of equally near ones any is right.

    Args:
        found: The cosines of what it found.
        vectors: All there are, shape (n, dimensions).
        query: Shape (dimensions,).
    """
    cosines = vectors @ query
    k = min(NEAREST, len(cosines))
    last = np.partition(cosines, len(cosines) - k)[len(cosines) - k]
    return 1 - sum(cosine >= float(last) - CLOSE for cosine in found[:k]) / k


def _search(place: stores.Place, settings: Settings, questions: Path) -> Json:
    """Runs a process that searches; returns what it measured, and `ready_s`."""
    environment = os.environ | {
        "DATABASE_URL": place.url,
        "PROJECT_FILE": str(settings.project_file.resolve()),
        "EMBEDDINGS": settings.embeddings,
        "OMP_NUM_THREADS": "1",  # for single questions, more threads only wait for each other
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "app.proving.searching", str(questions)]
    started = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        process.stdout.readline()
        ready = time.perf_counter() - started
        rest = process.stdout.read()
    if process.returncode:
        raise UserError("A search failed; its error is above.", "Does `uv run app ask` work?")
    found: Json = json.loads(rest)
    return found | {"ready_s": ready}


@dataclass(frozen=True)
class Bench:
    """What all measurements share.

    Attributes:
        settings: Of the project.
        project: How passages are cut and searched.
        embedder: That is configured.
        sentences: Of which documents are made, by real document.
        questions: To search for.
        documents: Digest of all documents that the sentences are from.
    """

    settings: Settings
    project: Project
    embedder: Embedder
    sentences: Sequence[Sequence[str]]
    questions: Sequence[str]
    documents: str

    def measure(self, store: str, passages: int, rounds: int) -> list[Json]:
        """Fills a store of its own and searches in it.

        Returns:
            The rows of the report: what it took to ingest, and one for each round and search.
        """
        recording = _Recording(self.embedder)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            crowd.write_documents(folder / "documents", passages, self.sentences)
            corpus = self.project.corpus.model_copy(update={"folder": folder / "documents"})
            project = self.project.model_copy(update={"corpus": corpus})
            questions = folder / "questions.json"
            questions.write_text(json.dumps(list(self.questions)), encoding="utf-8")
            with stores.empty(store, self.settings.database_url, folder) as place:
                with closing(open_index(place.url)) as index:
                    done = ingest(index, project, recording)
                head = {"store": store, "passages": passages}
                row = head | {"round": 0, "made": done.passages}
                row["ingest_us"] = 1e6 * done.seconds / done.passages
                row["ingest_per_second"] = done.passages / done.seconds
                row["index_mb"] = place.size() / 1e6
                searched = [_search(place, self.settings, questions) for _ in range(rounds)]
        vectors = np.concatenate(recording.made)
        queries = recording.questions(self.questions)
        rows = [row]
        for at, found in enumerate(searched):
            rows.append(head | {"round": at} | {k: found[k] for k in ("ready_s", "memory_mb")})
            rows += [head | {"round": at, "mode": mode} | found[mode] for mode in MODES]
            pairs = zip(found["nearest"], queries, strict=True)
            rows[-2]["missed"] = float(np.mean([missed(near, vectors, q) for near, q in pairs]))
        return rows


def _prepare(settings: Settings, project: Project, questions: int) -> Bench:
    """Reads the documents; asks golden questions, or headings where there are none."""
    embedder = load_embedder(settings)
    with (
        tempfile.TemporaryDirectory() as name,
        stores.sqlite(Path(name)) as place,
        closing(open_index(place.url)) as index,
    ):
        ingest(index, project, embedder)
        passages, digest = passages_of(index), digest_of(sorted(index.digests().items()))
    sentences = crowd.material(passages) or [[one.text] for one in passages]
    asked = [one.heading for one in passages]
    if project.evaluation.golden.exists():
        asked = [one.question for one in read_golden(project.evaluation.golden)]
    return Bench(settings, project, embedder, sentences, asked[:questions], digest)


def bench(
    settings: Settings, say: Callable[[str], None] = print, *, quick: bool, size: Size | None = None
) -> None:
    """Measures, and writes `benchmark.json` with its rows.

    A promise that is not kept is shown and is no failure: the machine may have been busy.

    Args:
        settings: Of the project; a Postgres in DATABASE_URL is measured too.
        say: Gets each line for people.
        quick: Whether to leave out the largest index.
        size: Instead of one of the two.

    Raises:
        UserError: There are no documents, or a store can't be used.
    """
    project = read_project(settings.project_file)
    size = size or (QUICK if quick else WHOLE)
    template = read_template_facts(settings.answers_file)
    folder = settings.project_file.resolve().parent
    work = _prepare(settings, project, size.questions)
    # Before, because the state of the code when it was measured is what counts.
    content = describe("benchmark", folder, template, demo_data=work.documents in DEMO_DATA)
    content["inputs"] |= {"model": work.embedder.name, "data_sha256": work.documents}
    content |= {"quick": quick}
    rows: list[Json] = []
    for store in stores.names(settings.database_url):
        for passages in size.passages:
            say(f"{store}, {passages:,} passages made of the sentences of your documents")
            rows += work.measure(store, passages, size.rounds)
    content |= numbers(rows)
    for line in as_lines(content):
        say(line)
    write_report(settings.reports_dir / FILE, content, rows)
    say(f"{settings.reports_dir / FILE} is written.")
