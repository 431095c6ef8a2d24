"""Homes, repositories and engines for the matrix, made once."""

from __future__ import annotations

import os
import shutil
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.conftest import copied_package
from tests.updates.matrix.ahead import Ahead
from tests.updates.matrix.bases import Base, Home, make_base, make_home
from tests.updates.matrix.cells import ALL, Cell, Outcome, make
from tests.updates.matrix.engines import Scaffold
from tests.updates.matrix.journeys import Journey, bundles
from tests.updates.matrix.warm import WarmScaffold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.updates.matrix.engines import Engine


@pytest.fixture(scope="session")
def home_of(
    copier_executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Home]:
    """A user's home for a pack, given its name."""

    @cache
    def made(pack: str) -> Home:
        return make_home(pack, copier_executable, tmp_path_factory.mktemp(f"home-{pack}"))

    return made


@pytest.fixture(scope="session")
def base_of(
    home_of: Callable[[str], Home], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Journey], Base]:
    """A repository to copy, given a journey."""

    @cache
    def made(journey: Journey) -> Base:
        return make_base(journey, home_of(journey.pack), tmp_path_factory.mktemp(journey.name))

    return made


@pytest.fixture(scope="session")
def scaffold_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Scaffold]:
    """The command that carries a pack, given the pack's name."""

    @cache
    def made(pack: str) -> Scaffold:
        work = tmp_path_factory.mktemp(f"site-{pack}")
        releases = work / "releases"
        releases.mkdir()
        (work / "made").mkdir()
        for bundle in bundles(pack, work / "made"):
            shutil.copy(bundle, releases)
        return Scaffold(copied_package(work / "site", releases))

    return made


@pytest.fixture(scope="session")
def warm_scaffold_of(
    scaffold_of: Callable[[str], Scaffold],
) -> Iterator[Callable[[str], Engine]]:
    """The same, each run forked from a process that has imported everything."""
    started: list[WarmScaffold] = []

    @cache
    def made(pack: str) -> Engine:
        cold = scaffold_of(pack)
        if not hasattr(os, "fork"):
            return cold
        started.append(WarmScaffold(cold))
        return started[-1]

    yield made
    for one in started:
        one.stop()


@pytest.fixture(scope="session")
def engine_of(
    scaffold_of: Callable[[str], Scaffold], warm_scaffold_of: Callable[[str], Engine]
) -> Callable[[str], Engine]:
    """What updates the cells of a pack: forked processes, or real ones where time is no matter."""
    return scaffold_of if ALL else warm_scaffold_of


@pytest.fixture(scope="session")
def ahead(
    request: pytest.FixtureRequest,
    base_of: Callable[[Journey], Base],
    engine_of: Callable[[str], Engine],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Ahead]:
    """The outcomes of all cells whose tests were asked for."""
    tests = [item for item in request.session.items if isinstance(item, pytest.Function)]
    asked = [item.callspec.params.get("cell") for item in tests if "ahead" in item.fixturenames]
    wanted = [cell for cell in asked if isinstance(cell, Cell)]
    for journey in dict.fromkeys(cell.journey for cell in wanted):
        base_of(journey)
        engine_of(journey.pack)
    folder = tmp_path_factory.mktemp("cells")

    def make_cell(cell: Cell) -> Outcome:
        engine = engine_of(cell.journey.pack)
        return make(cell.state, base_of(cell.journey), engine, folder / cell.name)

    at_work = Ahead(wanted, make_cell)
    yield at_work
    at_work.stop()
