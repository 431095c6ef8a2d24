"""What many tests need: a small pack, its bundles, and a machine on which scaffold carries them.

And the rule that in CI a skipped test is a failed one.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import scaffold
from scaffold.releases import join, shipped
from tests.chromium import browser
from tests.machine import Machine
from tests.small_pack import bundles, small_pack

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["browser"]  # a fixture
STRICT = bool(os.environ.get("SCAFFOLD_NO_SKIPS"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that should run and was skipped is a failure."""
    report = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        reason: Any = report.longrepr
        report.longrepr = f"{item.nodeid} was skipped, which counts as failed here: {reason}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print which files took longest: CI has an hour for everything."""
    seconds: dict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for one in reports:
            if isinstance(one, pytest.TestReport):
                seconds[one.nodeid.partition("::")[0]] += one.duration
    for file, took in sorted(seconds.items(), key=lambda one: -one[1])[:25]:
        terminalreporter.write_line(f"{took:7.0f} s  {file}")


# The interpreter of these tests, wherever one locks or installs a starter: the one that a starter
# names need not be on this machine.
os.environ.setdefault("UV_PYTHON", sys.executable)


@pytest.fixture(scope="session", autouse=True)
def _tests_of_starters_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the pytest of a generated repository out of this one's folder.

    As it starts it takes all but the owner's rights from the folder that all runs share. In one of
    them another starter's Postgres may be running as another user, who must pass through.
    """
    os.environ["PYTEST_DEBUG_TEMPROOT"] = os.fspath(tmp_path_factory.mktemp("starters"))


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of templates with releases v0.1.0 and v0.1.1. Not to be changed."""
    return small_pack(tmp_path_factory.mktemp("small") / "pack")


@pytest.fixture(scope="session")
def releases(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundles of both releases. Not to be changed."""
    return bundles(pack, tmp_path_factory.mktemp("releases") / "releases")


@pytest.fixture(scope="session")
def site(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package that carries the small pack. Not to be changed."""
    return copied_package(tmp_path_factory.mktemp("site"), releases)


@pytest.fixture(scope="session")
def joined(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded source, as the first command leaves it. Not to be changed."""
    bundle = tmp_path_factory.mktemp("joined") / "templates.bundle"
    join(shipped(releases), bundle)
    return bundle


@pytest.fixture
def fresh(tmp_path: Path, site: Path) -> Machine:
    """A machine of the test's own on which scaffold was never used."""
    return Machine(tmp_path / "machine", site)


@pytest.fixture
def machine(fresh: Machine, joined: Path) -> Machine:
    """A machine of the test's own on which scaffold was used before."""
    fresh.embedded.parent.mkdir(parents=True)
    shutil.copy(joined, fresh.embedded)
    return fresh


def copied_package(site: Path, releases: Path | None) -> Path:
    """Copy the package into `site`, with the given releases instead of its own."""
    shutil.copytree(
        Path(scaffold.__file__).parent,
        site / "scaffold",
        ignore=shutil.ignore_patterns("__pycache__", "releases"),
    )
    if releases is not None:
        shutil.copytree(releases, site / "scaffold" / "releases")
    return site
