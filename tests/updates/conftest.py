"""What the update tests share: a plain copier, and a project from an old release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.updates.plain import Plain, find_or_install
from tests.updates.releases import PAIRS, ReleasePair, Started, start

if TYPE_CHECKING:
    from pathlib import Path

collect_ignore = ["mini"]  # a template's own files, not tests of ours


@pytest.fixture(scope="session")
def copier_executable(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A copier installed apart from the interpreter that runs the tests, kept between runs."""
    cache: pytest.Cache | None = getattr(pytestconfig, "cache", None)
    try:
        return find_or_install(
            cache.mkdir("plain-copier") if cache else tmp_path_factory.mktemp("plain-copier")
        )
    except RuntimeError as problem:
        pytest.fail(str(problem), pytrace=False)


@pytest.fixture
def plain(copier_executable: Path, tmp_path: Path) -> Plain:
    """Plain copier with an empty home folder."""
    return Plain.at(copier_executable, tmp_path / "home")


@pytest.fixture(scope="session", params=PAIRS, ids=lambda pair: pair.name)
def pair(request: pytest.FixtureRequest) -> ReleasePair:
    """Two releases between which an update runs."""
    chosen: ReleasePair = request.param
    return chosen


@pytest.fixture(scope="session")
def started(
    pair: ReleasePair, copier_executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> Started:
    """A project from the old release; `made_mine` gives a copy of it to update."""
    return start(pair, copier_executable, tmp_path_factory.mktemp(pair.name))
