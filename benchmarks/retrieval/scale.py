"""Nearest vectors among many: how fast, and how many of those that brute force finds."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.retrieval import costs, scoring
from benchmarks.retrieval.driving import drive, serving

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.retrieval.environments import Environment

POSTGRES = "rag-app, Postgres"


@dataclass(frozen=True)
class Store:
    """What keeps vectors.

    Attributes:
        name: For people.
        driver: Of its contestant, which is also the way that it names.
        environment: Where the driver runs.
    """

    name: str
    driver: str
    environment: Environment


@dataclass(frozen=True)
class Found:
    """What came of one store at one size.

    Attributes:
        store: Its name.
        passages: How many are in it.
        rounds: Costs of each round.
        recall: Share of the nearest neighbours that it found.
    """

    store: str
    passages: int
    rounds: Sequence[costs.Costs]
    recall: float


def compare(
    stores: Sequence[Store],
    postgres: Environment | None,
    starter: Path,
    folder: Path,
    sizes: Sequence[int],
    rounds: int,
) -> list[Found]:
    """Fill every store with the same passages and vectors, and search them in turn.

    Args:
        stores: Ours, in SQLite, first.
        postgres: Where a server runs; None leaves ours in Postgres out.
        starter: The generated repository.
        folder: To work in.
        sizes: How many made-up sections.
        rounds: How often they are searched, each time by new processes.
    """
    ours, found = stores[0], []
    for size in sizes:
        with ExitStack() as open_now:
            common = folder / "many" / str(size)
            common.mkdir(parents=True)
            drive(ours.environment, starter, ours.driver, "prepare-many", common)
            places = {one.name: _place(common, one.driver) for one in stores}
            taking_part = list(stores)
            if postgres is not None:
                taking_part.append(Store(POSTGRES, ours.driver, ours.environment))
                places[POSTGRES] = _place(common, "postgres")
                url = open_now.enter_context(serving(postgres, starter, places[POSTGRES]))
                (places[POSTGRES] / "postgres.txt").write_text(url, "utf-8")
            found += _in_turn(taking_part, places, starter, rounds)
        shutil.rmtree(common.parent)
    return found


def _place(common: Path, name: str) -> Path:
    place = common / name
    place.mkdir()
    for file in [one for one in common.iterdir() if one.is_file()]:
        (place / file.name).hardlink_to(file)
    return place


def _in_turn(
    stores: Sequence[Store], places: dict[str, Path], starter: Path, rounds: int
) -> list[Found]:
    filled: dict[str, dict[str, Any]] = {}
    spent: dict[str, list[dict[str, float]]] = {one.name: [] for one in stores}
    recall: dict[str, float] = {}
    for one in stores:
        place = places[one.name]
        filled[one.name] = drive(one.environment, starter, one.driver, "fill", place)
    for _ in range(rounds):
        for one in stores:
            place = places[one.name]
            facts = filled[one.name] | drive(one.environment, starter, one.driver, "nearest", place)
            (way,) = facts["ways"]
            spent[one.name].append(costs.of_round(facts, way))
            exact = json.loads((place / "exact.json").read_text("utf-8"))
            recall[one.name] = scoring.agreement(facts["ways"][way]["cosines"], exact)
    # As many as there are: some of the made-up sections are long enough for two passages.
    made = int(filled[stores[0].name]["passages"])
    return [Found(one.name, made, spent[one.name], recall[one.name]) for one in stores]
