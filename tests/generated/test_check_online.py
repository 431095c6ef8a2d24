"""`scaffold check --online` against each starter as it runs: its own service, and others."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from scaffold import catalog
from scaffold.check.live import asking
from scaffold.project import read_origin
from tests.browser.service import Repository, render
from tests.check import growing
from tests.check.growing import git, outcome, seen, why

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.generated

TEMPLATES = [starter.id for starter in catalog.read(growing.ROOT)]
# All of them take three minutes, so that a change is tried on the quickest.
LIVE = TEMPLATES if os.environ.get("SCAFFOLD_ALL") else ["rag-app"]
LEARNS = {"supervised-api": ("train",), "rag-app": ("ingest",)}
ONLINE = "DP201,DP202,MO103,RC103,RC104"


@pytest.fixture(scope="module", params=LIVE)
def measured(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Repository:
    """A starter with its packages, learned and evaluated, all of it committed."""
    made = render(tmp_path_factory.mktemp("online") / "mine", request.param)
    lock = ("uv", "lock", "--quiet")
    subprocess.run(lock, cwd=made.folder, env=made.environment, check=True)
    git(made.folder, "add", "--all")
    git(made.folder, "commit", "--quiet", "--message", "Begun")
    if words := LEARNS.get(request.param):
        made.run("app", *words)
    made.run("app", "evaluate")
    git(made.folder, "add", "--all")
    git(made.folder, "commit", "--quiet", "--message", "Measured")
    return made


@pytest.fixture(scope="module")
def service(measured: Repository) -> Iterator[str]:
    """Where it runs what is committed; without the slash at the end."""
    with measured.serving(GIT_SHA=git(measured.folder, "rev-parse", "HEAD")) as url:
        yield url.rstrip("/")


def test_its_own_service_is_live_gives_the_recorded_answers_and_counts(
    measured: Repository, service: str
) -> None:
    verdict = seen(measured.folder, url=service, select=ONLINE)
    for rule in ONLINE.split(","):
        assert outcome(verdict, rule) == "pass", f"{rule} {why(verdict, rule)}"


def test_a_repository_with_another_history_is_not_what_runs_there(
    measured: Repository, service: str, tmp_path: Path
) -> None:
    template = template_of(measured.folder)
    other = growing.untouched(tmp_path / "other", template)
    assert "is not of this history" in why(seen(other, url=service, select="DP201"), "DP201")


def test_another_starter_is_another_service(
    measured: Repository, service: str, tmp_path: Path
) -> None:
    template = next(one for one in TEMPLATES if one != template_of(measured.folder))
    other = growing.untouched(tmp_path / "other", template)
    assert "another service" in why(seen(other, url=service, select="DP201"), "DP201")


def test_a_readme_does_not_lead_to_this_machine(
    measured: Repository, service: str, tmp_path: Path
) -> None:
    other = growing.untouched(tmp_path / "other", template_of(measured.folder))
    growing.edit(other, "README.md", "**Live:** _not deployed yet_", f"**Live:** <{service}>")
    verdict = seen(other, online=True, select="DP201")
    assert "is not https on its usual port; --url asks it all the same" in why(verdict, "DP201")


def test_a_service_that_was_stopped_is_dead(
    measured: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "COLD_SECONDS", 1.0)
    with measured.serving() as url:
        pass
    assert "did not answer" in why(seen(measured.folder, url=url, select="DP201"), "DP201")


def template_of(folder: Path) -> str:
    return read_origin(folder).template
