"""`ci.yml` carried out as it stands, job by job: green as first pushed, red for each fault."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.containers.engine import docker
from tests.containers.faults import ANYWHERE, REGRESSIONS, Fault, careless
from tests.containers.hosted import MULTI_AGENT, RAG_APP, STARTERS, Starter
from tests.containers.runner import PUSH, STAND_INS, actions, begin, carry_out, commit, jobs

pytestmark = [pytest.mark.container, pytest.mark.usefixtures("runner")]

Push = Callable[[Path, str], subprocess.CompletedProcess[str]]
ON_A_HOST = {"monitoring"}  # a container of theirs reads the workspace


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
    begin(folder)
    return folder


@pytest.fixture
def push(tmp_path: Path) -> Iterator[Push]:
    """Carries out a job of `ci.yml`, and the jobs it needs, as a push to main does."""

    def carry(folder: Path, job: str) -> subprocess.CompletedProcess[str]:
        options = ["--bind"] if job in ON_A_HOST else []
        return carry_out(folder, "ci.yml", PUSH, tmp_path / "act", job=job, options=options)

    yield carry
    docker("rm", "--force", "--volumes", "app", check=False)
    docker("image", "rm", "--force", "app:ci", check=False)


def test_the_table_of_stand_ins_is_what_the_workflows_use(project: Path) -> None:
    files = [file.name for file in (project / ".github/workflows").glob("*.yml")]
    used = {use.partition("@")[0] for file in files for use in actions(project, file)}
    assert used == set(STAND_INS)


def last_jobs(folder: Path) -> set[str]:
    """Return the jobs that no other needs: with what they need, they are all."""
    found = jobs(folder, "ci.yml")
    return set(found) - {job["needs"] for job in found.values() if "needs" in job}


LAST = {"evidence", "quickstart", "monitoring", "container"}
OWN = {"rag-app": {"retrieval"}, "multi-agent": {"tasks"}, "supervised-api": set()}


def test_the_jobs_are_those_that_are_carried_out_here(starter: Starter, project: Path) -> None:
    assert last_jobs(project) == LAST | OWN[starter.template]


@pytest.mark.act
@pytest.mark.parametrize("job", sorted(LAST))
def test_it_is_green_on_the_first_push(pushed: Path, push: Push, job: str) -> None:
    done = push(pushed, job)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert "Job failed" not in done.stdout
    if job == "evidence":  # it needs the checks
        assert "Success - Main Tests, with 90 % of lines and branches covered" in done.stdout
        assert "No report yet" in done.stdout


@pytest.mark.act
@pytest.mark.parametrize("starter", [RAG_APP, MULTI_AGENT], ids=lambda one: one.template)
def test_its_evaluation_is_green_on_the_first_push(
    starter: Starter, pushed: Path, push: Push
) -> None:
    (job,) = OWN[starter.template]
    done = push(pushed, job)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr


def assert_red(pushed: Path, push: Push, fault: Fault) -> None:
    """Plant a fault, push it, and see the job fail in the step that is there to find it."""
    fault.plant(pushed)
    commit(pushed)
    done = push(pushed, fault.job)
    assert done.returncode == 1, done.stdout[-6000:]
    failed = re.findall(r"Failure - Main (.*?)(?: \[|$)", done.stdout, re.MULTILINE)
    assert failed, done.stdout[-6000:] + done.stderr
    assert failed[0].startswith(fault.step), done.stdout[-6000:]


@pytest.mark.act
@pytest.mark.parametrize("fault", ANYWHERE, ids=lambda fault: fault.plant.__name__)
def test_one_fault_turns_its_job_red(pushed: Path, push: Push, fault: Fault) -> None:
    assert_red(pushed, push, fault)


@pytest.mark.act
def test_an_evaluation_that_got_worse_is_red(starter: Starter, pushed: Path, push: Push) -> None:
    assert_red(pushed, push, REGRESSIONS[starter])


def test_the_checks_are_red_after_a_careless_edit(pushed: Path, push: Push) -> None:
    assert_red(pushed, push, Fault(careless, "checks", "Linter"))


def test_nothing_runs_without_a_lock_file(pushed: Path, push: Push) -> None:
    (pushed / "uv.lock").unlink()
    commit(pushed)
    done = push(pushed, "checks")
    assert done.returncode == 1
    assert "Run 'uv lock' and commit uv.lock." in done.stdout
    assert "Lint, types, tests" not in done.stdout
