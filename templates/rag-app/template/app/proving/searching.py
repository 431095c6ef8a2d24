"""The process that `app bench` watches: `python -m app.proving.searching FILE`.

It opens the index that DATABASE_URL names as every other process would, and searches. What it
prints is JSON, one object a line: that it is ready, then what the searches cost.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil

from app.embedding.choosing import load_embedder
from app.index.index import Hit
from app.index.opening import open_index
from app.project import read_project
from app.retrieval.retriever import Retriever
from app.retrieval.terms import terms
from app.settings import read_settings

NEAREST = 10
WARM = 3  # first searches that don't count


def cost(search: Callable[[str], object], questions: Sequence[str]) -> dict[str, list[float]]:
    """Returns what each search costs, in milliseconds: of the clock, and of the processor.

    Args:
        search: Is measured. What another process does for it is in the first list only.
        questions: Asked one after the other.
    """
    for question in questions[:WARM]:
        search(question)
    latency, cpu = [], []
    for question in questions:
        clock, used = time.perf_counter(), time.process_time()
        search(question)
        cpu.append(1000 * (time.process_time() - used))
        latency.append(1000 * (time.perf_counter() - clock))
    return {"latency_ms": latency, "cpu_ms": cpu}


def main(file: str) -> None:
    """Searches for the questions in a JSON file, a list, and prints what it cost."""
    questions: list[str] = json.loads(Path(file).read_text(encoding="utf-8"))
    settings = read_settings()
    project = read_project(settings.project_file)
    candidates = project.retrieval.candidates
    with closing(open_index(settings.database_url)) as index:
        embedder = load_embedder(settings)
        retriever = Retriever(index, embedder, project)
        retriever.search(questions[0], mode="hybrid")
        print(json.dumps({"ready": True}), flush=True)  # noqa: T201 - its job

        def lexical(question: str) -> list[Hit]:
            return index.lexical(terms(question, project.corpus.language), candidates)

        def vector(question: str, k: int = candidates) -> list[Hit]:
            return index.vector(embedder.questions([question])[0], k)

        found: dict[str, Any] = {
            "lexical": cost(lexical, questions),
            "vector": cost(vector, questions),
            "hybrid": cost(lambda question: retriever.search(question, mode="hybrid"), questions),
        }
        found["memory_mb"] = psutil.Process().memory_info().rss / 1e6
        found["nearest"] = [[hit.score for hit in vector(one, NEAREST)] for one in questions]
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
