"""What the container tests share: starters that are rendered, locked and built once."""

import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.containers import engine, hosted
from tests.containers.engine import Container
from tests.containers.hosted import Starter
from tests.containers.runner import RUNNER

REPOSITORY = Path(__file__).parents[2]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="session", autouse=True)
def _engine() -> None:
    if reason := engine.why_no_engine():
        pytest.skip(reason)


@pytest.fixture(scope="session")
def runner() -> None:
    """What carries out workflows."""
    if shutil.which("act") is None:
        pytest.skip("act is not installed")
    found = subprocess.run(["docker", "image", "inspect", RUNNER], capture_output=True, check=False)
    if found.returncode:
        pytest.skip(f"{RUNNER} is not there: WITH_RUNNER=1 .ci/container-engine up")


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Repositories of the starters by name, as plain copier renders them, locked."""

    @cache
    def make(template: str) -> Path:
        folder = tmp_path_factory.mktemp("rendered") / "visit-forecast"
        render = ["-m", "copier", "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD"]
        answers = ["--data", f"template={template}", str(REPOSITORY), str(folder)]
        subprocess.run([sys.executable, *render, *answers], check=True)
        subprocess.run(["uv", "lock", "--quiet"], cwd=folder, check=True)
        (folder / ".env").write_text("SECRET=must-not-travel\n", encoding="utf-8")
        return folder

    return make


@pytest.fixture(scope="session")
def images(projects: Callable[[str], Path]) -> Iterator[Callable[[str], str]]:
    """The images of those repositories, built as CI builds them."""
    tags = []

    @cache
    def make(template: str) -> str:
        tags.append(f"scaffold-test:{uuid.uuid4().hex[:12]}")
        engine.build(projects(template), tags[-1], {"GIT_SHA": COMMIT})
        return tags[-1]

    yield make
    for tag in tags:
        engine.docker("image", "rm", "--force", tag, check=False)


@pytest.fixture
def project(projects: Callable[[str], Path], starter: Starter) -> Path:
    """The repository of the module's starter. Not to be changed."""
    return projects(starter.template)


@pytest.fixture
def image(images: Callable[[str], str], starter: Starter) -> str:
    """Its image."""
    return images(starter.template)


@pytest.fixture
def service(image: str, volume: str, name: str) -> Container:
    """The service, with a volume for its records."""
    return hosted.start(image, name, hosted.keeping(volume))


@pytest.fixture
def name() -> Iterator[str]:
    """A container name; whatever runs under it afterwards is removed."""
    chosen = f"scaffold-test-{uuid.uuid4().hex[:12]}"
    yield chosen
    engine.docker("rm", "--force", "--volumes", chosen, check=False)


@pytest.fixture
def volume() -> Iterator[str]:
    """A volume that outlives containers, for what a service remembers."""
    chosen = f"scaffold-test-{uuid.uuid4().hex[:12]}"
    yield chosen
    engine.docker("volume", "rm", "--force", chosen, check=False)
