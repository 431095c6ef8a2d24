"""`deploy.yml` on a stand-in of Cloud Run: nobody is sent to a commit before it answered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rendered.cloud_run import PROJECT, REGION, SERVICE, CloudRun, digest
from tests.rendered.conftest import Render
from tests.rendered.stand_in import serving
from tests.rendered.workflow_jobs import Job, on_path

OLD, NEW = "a" * 40, "b" * 40
IMAGE = f"{REGION}-docker.pkg.dev/{PROJECT}/apps/{SERVICE}"
BESIDE = "Right commit, one real answer, where nobody else asks"
START = "Start it beside the live one"
VISITORS = "Right commit, one real answer, where visitors ask"
BEFORE = f"{SERVICE}-{OLD[:7]}-16-1"


@pytest.fixture
def repository(render: Render) -> Path:
    """One starter: the workflow is the same text in all."""
    return render(deploy_target="cloud-run")


@pytest.fixture
def cloud() -> Iterator[CloudRun]:
    made = CloudRun()
    made.live(BEFORE, OLD)
    with serving(made):
        yield made


def job(name: str, repository: Path, temporary: Path, cloud: CloudRun, **knows: str) -> Job:
    commit = knows.get("inputs.commit") or NEW
    known = {
        "vars.GCP_PROJECT": PROJECT,
        "vars.GCP_PROVIDER": "projects/1/locations/global/workloadIdentityPools/github/providers/x",
        "vars.GCP_DEPLOYER": f"deployer@{PROJECT}.iam.gserviceaccount.com",
        "secrets.API_KEY": "",
        "inputs.commit": "",
        "github.event.workflow_run.head_sha": NEW,
        "github.sha": "c" * 40,
        "steps.image.outputs.digest": digest(commit),
    }
    environment = on_path(temporary / "bin", gcloud="") | {
        "POLL_SECONDS": "0",
        "GITHUB_RUN_ID": "17",
        "GITHUB_RUN_ATTEMPT": "1",
    }
    (temporary / "bin/gcloud").write_text(cloud.program(), encoding="utf-8")
    workflow = repository / ".github/workflows/deploy.yml"
    return Job(workflow, name, repository, temporary, known | knows, environment)


def deploy(repository: Path, temporary: Path, cloud: CloudRun, **knows: str) -> tuple[bool, Job]:
    made = job("deploy", repository, temporary, cloud, **knows)
    return made.run(), made


def test_a_commit_answers_where_nobody_asks_before_it_gets_the_visitors(
    each: Render, tmp_path: Path, cloud: CloudRun
) -> None:
    succeeded, made = deploy(each(deploy_target="cloud-run"), tmp_path, cloud)
    assert succeeded, made.said
    revision = f"{SERVICE}-{NEW[:7]}-17-1"
    assert cloud.did == [
        f"log in to {REGION}-docker.pkg.dev",
        f"start {IMAGE} b",
        f"visitors to {revision}=100",
    ]
    assert cloud.probes == [f"{revision} b", "live b"]
    assert made.knows["steps.before.outputs.url"] == f"{cloud.url}/live"


def test_nobody_is_sent_to_a_commit_that_answers_wrongly(
    repository: Path, tmp_path: Path, cloud: CloudRun
) -> None:
    cloud.answer_wrongly = frozenset({NEW})
    succeeded, made = deploy(repository, tmp_path, cloud)
    assert not succeeded
    assert (made.outcomes[BESIDE], made.outcomes["Go back"]) == ("failure", "skipped")
    assert "Not live" in made.said
    assert not [did for did in cloud.did if did.startswith("visitors")]
    assert cloud.running("live") == OLD


def test_a_commit_that_fails_visitors_makes_way_for_the_one_before(
    repository: Path, tmp_path: Path, cloud: CloudRun
) -> None:
    cloud.wrong_for_visitors = frozenset({NEW})
    succeeded, made = deploy(repository, tmp_path, cloud)
    assert not succeeded
    assert made.outcomes["Go back"] == "success", made.said
    assert cloud.did[-1] == f"visitors to {BEFORE}=100"
    assert cloud.running("live") == OLD
    assert "Rolled back" in made.said


def test_google_s_own_page_of_before_the_first_deploy_is_not_asked(
    repository: Path, tmp_path: Path, cloud: CloudRun
) -> None:
    cloud.live(f"{SERVICE}-00001-abc", "e" * 40)
    cloud.answer_wrongly = frozenset({"e" * 40})
    cloud.wrong_for_visitors = frozenset({NEW})
    succeeded, made = deploy(repository, tmp_path, cloud)
    assert not succeeded
    assert made.outcomes["Go back"] == "success", made.said
    assert cloud.did[-1] == f"visitors to {SERVICE}-00001-abc=100"
    assert not [probe for probe in cloud.probes if probe.endswith(" e")]


def test_who_cancels_the_look_sends_the_visitors_back(
    repository: Path, tmp_path: Path, cloud: CloudRun
) -> None:
    made = job("deploy", repository, tmp_path, cloud)
    made.cancelled_in = VISITORS
    assert not made.run()
    assert made.outcomes["Go back"] == "success", made.said
    assert cloud.running("live") == OLD


def test_a_commit_that_is_not_of_main_is_refused(
    repository: Path, tmp_path: Path, cloud: CloudRun
) -> None:
    made = job("deploy", repository, tmp_path, cloud, **{"inputs.commit": "d" * 40})
    made.strange = "d" * 40
    assert not made.run()
    assert "Not a commit of main" in made.said
    assert cloud.did == []


def test_visitors_who_were_shared_out_are_shared_out_again(
    repository: Path, tmp_path: Path, cloud: CloudRun
) -> None:
    cloud.commits["other"] = "d" * 40
    cloud.traffic = [
        {"revisionName": "other", "percent": 70},
        {"revisionName": BEFORE, "percent": 30},
    ]
    cloud.wrong_for_visitors = frozenset({NEW})
    succeeded, made = deploy(repository, tmp_path, cloud)
    assert not succeeded
    assert made.outcomes["Go back"] == "success", made.said
    assert cloud.did[-1] == f"visitors to other=70,{BEFORE}=30"


def test_a_commit_that_does_not_start_leaves_the_live_one_alone(
    repository: Path, tmp_path: Path, cloud: CloudRun
) -> None:
    cloud.fail_to_start = frozenset({NEW})
    succeeded, made = deploy(repository, tmp_path, cloud)
    assert not succeeded
    assert (made.outcomes[START], made.outcomes["Go back"]) == ("failure", "skipped")
    assert "Not started" in made.said
    assert cloud.running("live") == OLD


def test_a_service_that_is_not_there_is_named(
    repository: Path, tmp_path: Path, cloud: CloudRun
) -> None:
    cloud.exists = False
    succeeded, made = deploy(repository, tmp_path, cloud)
    assert not succeeded
    assert f"{SERVICE} is not there" in made.said
    assert made.outcomes[START] == "skipped"


def test_a_commit_chosen_by_hand_wins(repository: Path, tmp_path: Path, cloud: CloudRun) -> None:
    succeeded, made = deploy(repository, tmp_path, cloud, **{"inputs.commit": "d" * 40})
    assert succeeded, made.said
    assert cloud.running("live") == "d" * 40


@pytest.mark.parametrize("missing", ["", "GCP_PROJECT", "GCP_PROVIDER", "GCP_DEPLOYER"])
def test_without_a_variable_nothing_is_deployed_and_nothing_is_red(
    repository: Path, tmp_path: Path, cloud: CloudRun, missing: str
) -> None:
    made = job("ready", repository, tmp_path, cloud, **({f"vars.{missing}": ""} if missing else {}))
    assert made.run()
    assert made.knows.get("steps.look.outputs.go", "") == ("" if missing else "yes")
    assert ("::notice title=Not deployed from here" in made.said) is bool(missing)
    assert cloud.did == []
