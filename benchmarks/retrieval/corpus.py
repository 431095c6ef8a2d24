"""The field guide and its golden questions: how well and at what cost each contestant finds."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.retrieval import costs, scoring
from benchmarks.retrieval.driving import drive
from benchmarks.retrieval.sections import Section, Span, spans, touched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from benchmarks.retrieval.environments import Environment

    Quality = Mapping[str, Sequence[float]]

WAYS = {
    "hybrid": "rag-app, hybrid",
    "lexical": "rag-app, lexical",
    "vector": "rag-app, vector",
    "chroma": "Chroma",
    "langchain": "LangChain",
}
"""Ways of searching by the name that drivers have for them; the first is what is compared with."""
OURS = next(iter(WAYS))


@dataclass(frozen=True)
class Outcome:
    """What came of one way of searching.

    Attributes:
        name: For people.
        quality: Each measure, by question; pieces that touch several sections in their best light.
        strictly: The same when a piece counts for the one section that most of it is in; None where
            no piece touches several.
        rounds: Costs of each round.
        megabytes: What its environment weighs.
        passages: In how many pieces it cut the corpus.
    """

    name: str
    quality: Quality
    strictly: Quality | None
    rounds: Sequence[costs.Costs]
    megabytes: float
    passages: int


def compare(
    contestants: Sequence[tuple[str, Environment]], starter: Path, folder: Path, rounds: int
) -> list[Outcome]:
    """Let all ingest and search, in turn.

    Args:
        contestants: The driver of each with its environment; ours first.
        starter: The generated repository.
        folder: To work in.
        rounds: How often; each with new processes and new stores.
    """
    prepared = folder / "prepared"
    prepared.mkdir(parents=True)
    drive(contestants[0][1], starter, contestants[0][0], "prepare", prepared)
    found: dict[str, Any] = {}
    spent: dict[str, list[dict[str, float]]] = {}
    weighed: dict[str, float] = {}
    for number in range(rounds):
        for driver, environment in contestants:
            place = folder / f"{number}-{driver}"
            shutil.copytree(prepared, place)
            facts = drive(environment, starter, driver, "ingest", place)
            facts |= drive(environment, starter, driver, "search", place)
            shutil.rmtree(place)
            for way, said in facts["ways"].items():
                spent.setdefault(way, []).append(costs.of_round(facts, way))
                found[way], weighed[way] = said, environment.megabytes
    measures, relevant = scoring.measures_of(starter), read_relevant(prepared)
    where = spans_of(
        prepared / "corpus", json.loads((prepared / "sources.json").read_text("utf-8"))
    )
    outcomes = []
    for way, name in WAYS.items():
        rankings = pieces(found[way], where)
        quality = scoring.score(measures, rankings, relevant)
        strictly = None
        if any(len(piece) > 1 for ranking in rankings for piece in ranking):
            mostly = [[piece[:1] for piece in ranking] for ranking in rankings]
            strictly = scoring.score(measures, mostly, relevant)
        passages = int(spent[way][0]["passages"])
        outcomes.append(Outcome(name, quality, strictly, spent[way], weighed[way], passages))
    return outcomes


def read_relevant(prepared: Path) -> list[list[Section]]:
    """The golden sections of each question."""
    content = json.loads((prepared / "relevant.json").read_text("utf-8"))
    return [[(source, heading) for source, heading in golden] for golden in content]


def spans_of(corpus: Path, sources: Sequence[str]) -> dict[str, list[Span]]:
    """Where the sections of each file stand."""
    return {one: spans(one, (corpus / one).read_text("utf-8")) for one in sources}


def pieces(said: Any, where: Mapping[str, Sequence[Span]]) -> list[list[list[Section]]]:
    """By question and place in the ranking, the sections that a piece touches.

    Args:
        said: `sections` of each piece, or `chunks`: file, start and end of each.
        where: The sections of each file.
    """
    if "sections" in said:
        return [
            [[(source, heading) for source, heading in piece] for piece in ranking]
            for ranking in said["sections"]
        ]
    return [
        [touched(where[source], start, end) for source, start, end in ranking]
        for ranking in said["chunks"]
    ]
