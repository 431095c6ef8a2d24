"""Repositories as plain copier renders them from this checkout."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from scaffold import catalog

REPOSITORY = Path(__file__).parents[2]
PUBLIC_SOURCE = "https://example.org/acme/scaffold.git"

TARGETS = ("render", "none", "cloud-run", "kubernetes")

Render = Callable[..., Path]


@pytest.fixture(scope="session")
def render(tmp_path_factory: pytest.TempPathFactory) -> Render:
    """Render with the given answers, `supervised-api` unless `template` names another one.

    Equal answers are rendered once.
    """
    made: dict[tuple[tuple[str, str], ...], Path] = {}

    def render_once(**answers: str) -> Path:
        key = tuple(sorted(answers.items()))
        if key not in made:
            folder = tmp_path_factory.mktemp("rendered") / "visit-forecast"
            _copy(str(REPOSITORY), folder, answers)
            made[key] = folder
        return made[key]

    return render_once


@pytest.fixture(scope="session", params=[starter.id for starter in catalog.read(REPOSITORY)])
def template(request: pytest.FixtureRequest) -> str:
    """Name each of the starters."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def each(template: str, render: Render) -> Render:
    """Render each of the starters."""
    return partial(render, template=template)


@pytest.fixture(scope="session", params=TARGETS)
def target(request: pytest.FixtureRequest) -> str:
    """Name each place to deploy to."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def everywhere(each: Render, target: str) -> Path:
    """Render each of the starters for each place."""
    return each(deploy_target=target)


@pytest.fixture(scope="session")
def public_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout's HEAD as release v0.1.0 of a bare repository."""
    bare = tmp_path_factory.mktemp("public") / "scaffold.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", str(REPOSITORY), str(bare)], check=True)
    tags = subprocess.run(["git", "tag"], cwd=bare, capture_output=True, text=True, check=True)
    for tag in tags.stdout.split():
        subprocess.run(["git", "tag", "--delete", tag], cwd=bare, check=True, capture_output=True)
    subprocess.run(["git", "tag", "v0.1.0", "HEAD"], cwd=bare, check=True)
    return bare


@pytest.fixture(scope="session")
def public_environment(public_template: Path) -> dict[str, str]:
    """An environment in which git finds the public source in a local folder."""
    return os.environ | {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{public_template}.insteadOf",
        "GIT_CONFIG_VALUE_0": PUBLIC_SOURCE,
    }


@pytest.fixture(scope="session")
def from_public_source(
    template: str, tmp_path_factory: pytest.TempPathFactory, public_environment: dict[str, str]
) -> Path:
    """A repository of each starter whose recorded source is an https address."""
    folder = tmp_path_factory.mktemp("public") / "visit-forecast"
    answers = {"template": template}
    _copy(PUBLIC_SOURCE, folder, answers, ref="v0.1.0", environment=public_environment)
    return folder


def _copy(
    source: str,
    folder: Path,
    answers: dict[str, str],
    *,
    ref: str = "HEAD",
    environment: dict[str, str] | None = None,
) -> None:
    answers = {"template": "supervised-api", **answers}
    given = [f"--data={key}={value}" for key, value in answers.items()]
    command = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults", "--vcs-ref", ref]
    subprocess.run(
        [*command, *given, source, str(folder)],
        check=True,
        env=environment,
    )
