"""`deploy.yml`, `uptime.yml` and `security.yml` carried out whole, as far as this machine reaches.

Render, the live address and GitHub's `gh` are stand-ins here, so one line of a copy is changed:
where Render's API is. What becomes of every other answer of theirs: tests/rendered.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.containers.hosted import STARTERS, Starter
from tests.containers.runner import (
    BY_HAND,
    OWNER,
    PUSH,
    REPOSITORY,
    Event,
    begin,
    carry_out,
    commit,
    jobs,
    push,
)
from tests.rendered.render_host import KEY, SERVICE, Render, serving
from tests.rendered.workflow_jobs import RECORDING_GH

pytestmark = [
    pytest.mark.container,
    pytest.mark.act,
    pytest.mark.usefixtures("runner"),
]
OLD = "a" * 40


def after_ci(commit: str, conclusion: str = "success") -> Event:
    """Return what GitHub tells when the CI of a pushed commit has ended."""
    ended = {
        "conclusion": conclusion,
        "event": "push",
        "head_sha": commit,
        "head_repository": {"full_name": OWNER},
    }
    told = {"repository": REPOSITORY, "workflow_run": ended}
    return Event("workflow_run", told, {"RENDER_API_KEY": KEY}, {"RENDER_SERVICE_ID": SERVICE})


@pytest.fixture(params=STARTERS, ids=lambda starter: starter.template)
def starter(request: pytest.FixtureRequest) -> Starter:
    """Each of the starters."""
    found: Starter = request.param
    return found


@pytest.fixture
def pushed(project: Path, tmp_path: Path) -> Path:
    """The repository as its owner pushed it."""
    folder = tmp_path / "pushed"
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns(".env", ".git", ".venv"))
    begin(folder)
    return folder


@pytest.fixture
def host() -> Iterator[Render]:
    with serving(Render()) as started:
        yield started


def at(host: Render, pushed: Path) -> str:
    """Let the workflow ask the stand-in, and push that; return the commit."""
    workflow = pushed / ".github/workflows/deploy.yml"
    text = workflow.read_text(encoding="utf-8")
    assert text.count("https://api.render.com/v1") == 1
    there = text.replace("https://api.render.com/v1", f"{host.url}/v1").replace('"10"', '"0"')
    workflow.write_text(there, encoding="utf-8")
    commit(pushed)
    return push(pushed)


def test_a_commit_that_passed_ci_goes_live(pushed: Path, tmp_path: Path, host: Render) -> None:
    new = at(host, pushed)
    done = carry_out(pushed, "deploy.yml", after_ci(new), tmp_path / "act")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert host.running == new
    assert host.asked_for == [f'/deploys {{"commitId": "{new}"}}']
    assert host.probes == 1
    assert KEY not in done.stdout


def test_a_commit_that_answers_wrongly_is_taken_back(
    pushed: Path, tmp_path: Path, host: Render
) -> None:
    new = at(host, pushed)
    host.answer_wrongly = frozenset({new})
    done = carry_out(pushed, "deploy.yml", after_ci(new), tmp_path / "act")
    assert done.returncode == 1
    assert "Rolled back" in done.stdout
    assert host.running == OLD


def test_a_commit_that_is_not_of_main_is_refused(
    pushed: Path, tmp_path: Path, host: Render
) -> None:
    at(host, pushed)
    (pushed / "README.md").write_text("Not pushed.\n", encoding="utf-8")
    commit(pushed)
    strange = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=pushed, text=True).strip()
    done = carry_out(pushed, "deploy.yml", after_ci(strange), tmp_path / "act")
    assert done.returncode == 1
    assert "Not a commit of main" in done.stdout
    assert host.asked_for == []


@pytest.mark.parametrize("conclusion", ["failure", "cancelled"])
def test_a_commit_that_did_not_pass_ci_is_not_deployed(
    pushed: Path, tmp_path: Path, host: Render, conclusion: str
) -> None:
    event = after_ci(at(host, pushed), conclusion)
    assert carry_out(pushed, "deploy.yml", event, tmp_path / "act").returncode == 0
    assert host.asked_for == []


def test_without_secrets_nothing_is_deployed_with_a_notice(pushed: Path, tmp_path: Path) -> None:
    done = carry_out(pushed, "deploy.yml", BY_HAND, tmp_path / "act")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert "Not deployed from here" in done.stdout
    assert "Deploy, look, go back if need be" not in done.stdout


def test_without_an_address_nobody_is_asked_whether_it_is_up(pushed: Path, tmp_path: Path) -> None:
    done = carry_out(pushed, "uptime.yml", BY_HAND, tmp_path / "act")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert "Ask for one real answer" not in done.stdout


@pytest.mark.parametrize("well", [True, False], ids=["well", "wrong"])
def test_an_address_that_answers_wrongly_gets_an_issue(
    pushed: Path, tmp_path: Path, host: Render, well: bool
) -> None:
    host.answer_wrongly = frozenset() if well else frozenset({OLD})
    record = tmp_path / "record"
    record.write_text("", encoding="utf-8")
    gh = tmp_path / "gh"
    gh.write_text(f"#!/usr/bin/env bash\nset -euo pipefail\n{RECORDING_GH}\n", encoding="utf-8")
    gh.chmod(0o755)
    mounts = f"--volume={gh}:/usr/local/bin/gh --volume={record}:/record"
    event = replace(BY_HAND, variables={"LIVE_URL": host.url}, secrets={"GITHUB_TOKEN": "x"})
    options = [f"--container-options={mounts}", "--env=RECORD=/record", "--env=OPEN_ISSUE="]
    done = carry_out(pushed, "uptime.yml", event, tmp_path / "act", options=options)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    asked = [line for line in record.read_text(encoding="utf-8").splitlines() if "list" not in line]
    if well:
        assert asked == []
    else:
        assert asked[0].startswith("label create uptime")
        assert asked[1].startswith(
            f"issue create --label uptime --title {host.url} answers wrongly"
        )


def test_of_security_all_but_the_question_to_a_database_is_carried_out(
    pushed: Path, tmp_path: Path
) -> None:
    workflows = carry_out(pushed, "security.yml", PUSH, tmp_path / "act", job="workflows")
    assert workflows.returncode == 0, workflows.stdout[-6000:] + workflows.stderr
    packages = carry_out(pushed, "security.yml", PUSH, tmp_path / "act", job="packages")
    steps = [step["name"] for step in jobs(pushed, "security.yml")["packages"]["steps"]]
    succeeded = {name for name in steps if f"Success - Main {name}" in packages.stdout}
    assert set(steps[:-1]) <= succeeded, packages.stdout[-6000:]
