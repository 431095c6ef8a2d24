"""`deploy.yml` on a stand-in of a cluster; what it applies is rendered by the real kubectl."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rendered.cloud_run import digest
from tests.rendered.cluster import AUTOSCALER, LOGIN, NAMESPACE, VERSION, Cluster
from tests.rendered.conftest import Render
from tests.rendered.stand_in import serving
from tests.rendered.workflow_jobs import Job, on_path

pytestmark = pytest.mark.kubectl

OLD, NEW = "a" * 40, "b" * 40
ROLL = "Roll it out"
LOOK = "Right commit, one real answer, from every pod"
OUTSIDE = "Right commit, one real answer, where visitors ask"


@pytest.fixture
def repository(render: Render, tmp_path: Path) -> Path:
    """A copy of one starter, because the workflow writes into it; it is the same text in all."""
    return Path(shutil.copytree(render(deploy_target="kubernetes"), tmp_path / "repository"))


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    with serving(made):
        yield made


def job(name: str, repository: Path, temporary: Path, cluster: Cluster, **knows: str) -> Job:
    real = shutil.which("kubectl")
    if real is None:
        pytest.skip("kubectl is not installed")
    known = {
        "secrets.KUBE_CONFIG": LOGIN,
        "secrets.API_KEY": "",
        "vars.KUBE_STORE": "",
        "vars.LIVE_URL": "",
        "inputs.commit": "",
        "github.event.workflow_run.head_sha": NEW,
        "github.sha": "c" * 40,
    }
    known |= knows
    known["steps.image.outputs.digest"] = digest(known["inputs.commit"] or NEW)
    environment = on_path(temporary / "bin", kubectl="") | {
        "POLL_SECONDS": "0",
        "GITHUB_REPOSITORY": "Ada/Visit-Forecast",
    }
    (temporary / "bin/kubectl").write_text(cluster.program(real), encoding="utf-8")
    workflow = repository / ".github/workflows/deploy.yml"
    return Job(workflow, name, repository, temporary, known, environment)


def deploy(repository: Path, temporary: Path, cluster: Cluster, **knows: str) -> tuple[bool, Job]:
    made = job("deploy", repository, temporary, cluster, **knows)
    return made.run(), made


@pytest.fixture
def live(cluster: Cluster) -> Cluster:
    """The cluster, with a commit that is live."""
    cluster.live(OLD)
    return cluster


def test_the_commit_that_passed_ci_is_rolled_out_and_every_pod_is_asked(
    each: Render, tmp_path: Path, live: Cluster
) -> None:
    repository = Path(shutil.copytree(each(deploy_target="kubernetes"), tmp_path / "repository"))
    succeeded, made = deploy(repository, tmp_path, live)
    assert succeeded, made.said
    assert live.did == ["apply ghcr.io/ada/visit-forecast b"]
    assert live.running("pod-1") == NEW
    assert live.probes == ["pod-1 b", "pod-2 b"], "a pod that is ending is not asked"
    assert live.objects["Deployment"]["metadata"]["namespace"] == NAMESPACE
    assert live.objects["Deployment"]["spec"]["selector"] == {
        "matchLabels": {"app.kubernetes.io/name": "app"}
    }, "the version is no part of it: a selector can't be changed"


def test_a_commit_that_answers_wrongly_makes_way_for_the_one_before(
    repository: Path, tmp_path: Path, live: Cluster
) -> None:
    live.answer_wrongly = frozenset({NEW})
    succeeded, made = deploy(repository, tmp_path, live)
    assert not succeeded
    assert (made.outcomes[LOOK], made.outcomes["Go back"]) == ("failure", "success")
    assert live.did == ["apply ghcr.io/ada/visit-forecast b", "back to 1"]
    assert live.running("pod-1") == OLD
    assert "Rolled back" in made.said


def test_who_cancels_the_look_gets_what_was_live_before(
    repository: Path, tmp_path: Path, live: Cluster
) -> None:
    made = job("deploy", repository, tmp_path, live)
    made.cancelled_in = LOOK
    assert not made.run()
    assert made.outcomes["Go back"] == "success", made.said
    assert live.running("pod-1") == OLD


def test_a_commit_that_is_not_of_main_is_refused(
    repository: Path, tmp_path: Path, live: Cluster
) -> None:
    made = job("deploy", repository, tmp_path, live, **{"inputs.commit": "d" * 40})
    made.strange = "d" * 40
    assert not made.run()
    assert "Not a commit of main" in made.said
    assert live.did == []


def test_a_pod_that_the_autoscaler_takes_away_meanwhile_is_none(
    repository: Path, tmp_path: Path, live: Cluster
) -> None:
    live.leaves = "pod-2"
    succeeded, made = deploy(repository, tmp_path, live)
    assert succeeded, made.said
    assert live.probes == ["pod-1 b"]


def test_to_postgres_that_fails_leads_back_to_one_pod_on_its_disk(
    repository: Path, tmp_path: Path, live: Cluster
) -> None:
    live.fail_to_start = frozenset({NEW})
    succeeded, made = deploy(repository, tmp_path, live, **{"vars.KUBE_STORE": "postgres"})
    assert not succeeded
    assert made.outcomes["Go back"] == "success", made.said
    assert live.running("pod-1") == OLD
    assert not set(AUTOSCALER) & set(live.objects), "it would make them two"


def test_to_a_disk_takes_the_autoscaler_away_before_and_a_failure_brings_it_back(
    repository: Path, tmp_path: Path, cluster: Cluster
) -> None:
    cluster.live(OLD, disk=False)
    cluster.objects = {kind: {} for kind in AUTOSCALER}
    cluster.answer_wrongly = frozenset({NEW})
    succeeded, made = deploy(repository, tmp_path, cluster)
    assert not succeeded
    assert made.outcomes[ROLL] == "success", made.said
    assert made.outcomes["Go back"] == "success", made.said
    assert cluster.running("pod-1") == OLD
    assert set(AUTOSCALER) <= set(cluster.objects)


def test_only_a_shared_index_is_brought_back_by_a_start(
    each: Render, template: str, tmp_path: Path, cluster: Cluster
) -> None:
    cluster.live(OLD, disk=False)
    cluster.answer_wrongly = frozenset({NEW})
    repository = Path(shutil.copytree(each(deploy_target="kubernetes"), tmp_path / "repository"))
    succeeded, made = deploy(repository, tmp_path, cluster, **{"vars.KUBE_STORE": "postgres"})
    assert not succeeded
    assert made.outcomes["Go back"] == "success", made.said
    assert cluster.running("pod-1") == OLD
    assert ("restart" in cluster.did) is (template == "rag-app")


def test_one_wrong_pod_is_enough(repository: Path, tmp_path: Path, live: Cluster) -> None:
    live.wrong_pod = "pod-2"
    succeeded, made = deploy(repository, tmp_path, live)
    assert not succeeded
    assert made.outcomes[LOOK] == "failure"
    assert live.running("pod-1") == OLD


def test_a_rollout_that_does_not_end_is_taken_back(
    repository: Path, tmp_path: Path, live: Cluster
) -> None:
    live.fail_to_start = frozenset({NEW})
    succeeded, made = deploy(repository, tmp_path, live)
    assert not succeeded
    assert (made.outcomes[ROLL], made.outcomes[LOOK]) == ("failure", "skipped")
    assert live.did[-1] == "back to 1"
    assert live.running("pod-1") == OLD
    assert "Rolled back" in made.said


def test_the_first_deploy_has_nothing_to_go_back_to(
    repository: Path, tmp_path: Path, cluster: Cluster
) -> None:
    cluster.answer_wrongly = frozenset({NEW})
    succeeded, made = deploy(repository, tmp_path, cluster)
    assert not succeeded
    assert "Nothing to go back to" in made.said
    assert not [did for did in cluster.did if did.startswith("back")]


def test_the_same_commit_again_has_nothing_to_go_back_to(
    repository: Path, tmp_path: Path, live: Cluster
) -> None:
    assert deploy(repository, tmp_path, live, **{"inputs.commit": OLD})[0]
    live.answer_wrongly = frozenset({OLD})
    succeeded, made = deploy(repository, tmp_path, live, **{"inputs.commit": OLD})
    assert not succeeded
    assert "Nothing changed" in made.said
    assert not [did for did in live.did if did.startswith("back")]


def test_what_visitors_see_counts_where_their_address_is_known(
    repository: Path, tmp_path: Path, live: Cluster
) -> None:
    live.wrong_pod = "live"
    succeeded, made = deploy(repository, tmp_path, live, **{"vars.LIVE_URL": f"{live.url}/live"})
    assert not succeeded
    assert (made.outcomes[LOOK], made.outcomes[OUTSIDE]) == ("success", "failure")
    assert live.running("pod-1") == OLD


@pytest.mark.parametrize(
    ("store", "kinds"),
    [
        ("", {"PersistentVolumeClaim"}),
        ("postgres", {"HorizontalPodAutoscaler", "PodDisruptionBudget"}),
    ],
)
def test_the_variable_chooses_how_it_runs(
    repository: Path, tmp_path: Path, cluster: Cluster, store: str, kinds: set[str]
) -> None:
    succeeded, made = deploy(repository, tmp_path, cluster, **{"vars.KUBE_STORE": store})
    assert succeeded, made.said
    common = {"ConfigMap", "Deployment", "NetworkPolicy", "Service", "ServiceAccount"}
    assert set(cluster.objects) == common | kinds
    assert all(one["metadata"]["labels"][VERSION] == NEW for one in cluster.objects.values())


@pytest.mark.parametrize("login", [LOGIN, ""])
def test_without_a_login_nothing_is_deployed_and_nothing_is_red(
    repository: Path, tmp_path: Path, cluster: Cluster, login: str
) -> None:
    made = job("ready", repository, tmp_path, cluster, **{"secrets.KUBE_CONFIG": login})
    assert made.run()
    assert made.knows.get("steps.look.outputs.go", "") == ("yes" if login else "")
    assert ("::notice title=Not deployed from here" in made.said) is (not login)
    assert cluster.did == []


def test_the_login_is_never_printed_and_only_its_owner_may_read_it(
    repository: Path, tmp_path: Path, live: Cluster
) -> None:
    _, made = deploy(repository, tmp_path, live)
    assert LOGIN not in made.said
    assert (tmp_path / "kubeconfig").stat().st_mode & 0o077 == 0
