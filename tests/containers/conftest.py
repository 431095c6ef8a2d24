"""What the container tests share: one rendered, locked and built starter."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers import engine

REPOSITORY = Path(__file__).parents[2]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="session", autouse=True)
def _engine() -> None:
    if reason := engine.why_no_engine():
        pytest.skip(reason)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `supervised-api` repository as plain copier renders it, locked."""
    folder = tmp_path_factory.mktemp("rendered") / "visit-forecast"
    render = ["-m", "copier", "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD"]
    answers = ["--data", "template=supervised-api", str(REPOSITORY), str(folder)]
    subprocess.run([sys.executable, *render, *answers], check=True)
    subprocess.run(["uv", "lock", "--quiet"], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="session")
def image(project: Path) -> Iterator[str]:
    """The image of that repository, built as CI builds it."""
    (project / ".env").write_text("SECRET=must-not-travel\n", encoding="utf-8")
    tag = f"scaffold-test:{uuid.uuid4().hex[:12]}"
    engine.build(project, tag, {"GIT_SHA": COMMIT})
    yield tag
    engine.docker("image", "rm", "--force", tag)


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
