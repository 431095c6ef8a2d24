"""`ci.yml` carried out as it stands, job by job, on a runner of its own."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.containers.hosted import STARTERS, Starter

pytestmark = pytest.mark.container

RUNNER = "catthehacker/ubuntu:act-latest"
# Stands in for an action that fetches what the runner already has.
NOTHING_TO_DO = """name: stand-in
description: The runner has it already.
inputs: {version: {description: Which one, required: false}}
runs: {using: composite, steps: [{run: uv --version, shell: bash}]}
"""


@pytest.fixture(scope="module", autouse=True)
def _runner() -> None:
    if shutil.which("act") is None:
        pytest.skip("act is not installed")
    found = subprocess.run(["docker", "image", "inspect", RUNNER], capture_output=True, check=False)
    if found.returncode:
        pytest.skip(f"{RUNNER} is not there: WITH_RUNNER=1 .ci/container-engine up")


@pytest.fixture(params=STARTERS, ids=lambda starter: starter.template)
def starter(request: pytest.FixtureRequest) -> Starter:
    """Each of the starters."""
    found: Starter = request.param
    return found


@pytest.fixture
def pushed(project: Path, tmp_path: Path) -> Path:
    """The repository as its owner pushes it for the first time."""
    folder = tmp_path / "pushed"
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns(".env", ".git", ".venv"))
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main"], cwd=folder, check=True)
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    """Commit everything."""
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    subprocess.run(["git", *who, "commit", "--quiet", "--message=x"], cwd=folder, check=True)


def push(folder: Path, job: str, stand_in: Path) -> subprocess.CompletedProcess[str]:
    """Run a job, and the jobs it needs, as a push to main does."""
    workflow = folder / ".github/workflows/ci.yml"
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    stand_in.mkdir()
    (stand_in / "action.yml").write_text(NOTHING_TO_DO, encoding="utf-8")
    used = {step["uses"] for step in jobs[job]["steps"] if "uses" in step}
    instead = [f"--local-repository={one}={stand_in}" for one in used if "checkout" not in one]
    command = ["act", "push", "--rm", "--pull=false", f"--platform={jobs[job]['runs-on']}={RUNNER}"]
    where = [f"--container-daemon-socket={os.environ['DOCKER_HOST']}", f"--job={job}"]
    return subprocess.run(
        [*command, *where, *instead, "--workflows=.github/workflows/ci.yml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.act
def test_the_checks_are_green_on_the_first_push(pushed: Path, tmp_path: Path) -> None:
    done = push(pushed, "checks", tmp_path / "stand-in")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert "Success - Main Tests, with 90 % of lines and branches covered" in done.stdout


def test_the_checks_are_red_after_a_careless_edit(pushed: Path, tmp_path: Path) -> None:
    own = pushed / "app/cli.py"
    own.write_text(f"{own.read_text(encoding='utf-8')}\nimport os\n", encoding="utf-8")
    commit(pushed)
    done = push(pushed, "checks", tmp_path / "stand-in")
    assert done.returncode == 1
    assert "Failure - Main Linter" in done.stdout


def test_nothing_runs_without_a_lock_file(pushed: Path, tmp_path: Path) -> None:
    (pushed / "uv.lock").unlink()
    commit(pushed)
    done = push(pushed, "checks", tmp_path / "stand-in")
    assert done.returncode == 1
    assert "Run 'uv lock' and commit uv.lock." in done.stdout
    assert "Lint, types, tests" not in done.stdout
