"""`deploy/kubernetes`, as the real kubectl renders it: valid, careful, and able to stop in time."""

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.rendered.conftest import Render
from tests.rendered.test_linters import rendered

pytestmark = pytest.mark.kubectl

SCHEMAS = "1.37"
Objects = dict[str, dict[str, Any]]


@pytest.fixture
def repository(each: Render) -> Path:
    return each(deploy_target="kubernetes")


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def objects(repository: Path, store: str) -> Objects:
    text = rendered(repository / "deploy/kubernetes" / store)
    return {named(one): one for one in yaml.safe_load_all(text)}


def named(one: dict[str, Any]) -> str:
    """Return its kind; of the monitor's, with its name."""
    kind: str = one["kind"]
    return f"{kind} monitor" if one["metadata"]["name"] == "monitor" else kind


def deployer(repository: Path) -> Objects:
    text = (repository / "deploy/kubernetes/deployer.yaml").read_text(encoding="utf-8")
    return {one["kind"]: one for one in yaml.safe_load_all(text)}


def pod(objects: Objects) -> dict[str, Any]:
    spec: dict[str, Any] = objects["Deployment"]["spec"]["template"]["spec"]
    return spec


def service(objects: Objects) -> dict[str, Any]:
    """Return the container that answers."""
    (found,) = [one for one in pod(objects)["containers"] if one["name"] == "app"]
    return found


def test_every_object_is_what_kubernetes_knows(objects: Objects) -> None:
    for one in objects.values():
        kubernetes_validate.validate(one, SCHEMAS, strict=True)


def test_a_misspelt_field_is_caught(objects: Objects) -> None:
    container = service(objects)
    container["readynessProbe"] = container.pop("readinessProbe")
    with pytest.raises(kubernetes_validate.ValidationError, match="readynessProbe"):
        kubernetes_validate.validate(objects["Deployment"], SCHEMAS, strict=True)


def test_all_is_in_the_namespace_that_the_page_makes(repository: Path, objects: Objects) -> None:
    (made,) = {one["metadata"]["namespace"] for one in objects.values()}
    page = (repository / "docs/deploy.md").read_text(encoding="utf-8")
    assert f"kubectl create namespace {made}\n" in page
    assert {one["metadata"]["namespace"] for one in deployer(repository).values()} == {made}


def test_the_pod_may_do_nothing_but_serve(objects: Objects) -> None:
    spec = pod(objects)
    assert spec["automountServiceAccountToken"] is False
    assert spec["nodeSelector"] == {"kubernetes.io/arch": "amd64"}
    assert objects["ServiceAccount"]["automountServiceAccountToken"] is False
    assert spec["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "fsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    for container in spec["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert set(container["resources"]) == {"requests", "limits"}


def test_it_may_write_where_the_image_says_and_nowhere_else(
    repository: Path, objects: Objects
) -> None:
    (mounted,) = [
        dict(one)
        for one in {
            tuple(sorted((at["mountPath"], at["name"]) for at in container["volumeMounts"]))
            for container in pod(objects)["containers"]
        }
    ]
    volume = re.search(r"^VOLUME (\S+)$", (repository / "Dockerfile").read_text("utf-8"), re.M)
    assert volume
    assert mounted == {"/tmp": "tmp", volume[1]: "records"}  # noqa: S108 - in the container
    assert {one["name"] for one in pod(objects)["volumes"]} == set(mounted.values())


def test_it_has_the_time_to_stop_that_the_service_takes(
    repository: Path, objects: Objects, store: str
) -> None:
    def seconds(file: str, name: str) -> float:
        text = (repository / "app/service" / file).read_text(encoding="utf-8")
        found = re.search(rf"^{name} = ([\d.]+)", text, re.M)
        assert found
        return float(found[1])

    drain = float(objects["ConfigMap"]["data"]["DRAIN_SECONDS"])
    needed = drain + seconds("server.py", "FINISH_SECONDS") + seconds("writer.py", "CLOSE_SECONDS")
    assert pod(objects)["terminationGracePeriodSeconds"] >= needed + 5
    readiness = service(objects)["readinessProbe"]
    if store == "sqlite":
        assert drain == 0, "there is no other pod that could answer"
    else:
        assert readiness["periodSeconds"] <= drain


def monitors(objects: Objects) -> list[dict[str, Any]]:
    """Return the containers that watch what was answered."""
    found = [
        one["spec"]["template"]["spec"] for one in objects.values() if "Deployment" in named(one)
    ]
    return [one for spec in found for one in spec["containers"] if one["name"] == "monitor"]


def test_supervised_api_has_one_monitor_of_the_same_records(
    template: str, store: str, objects: Objects
) -> None:
    if template != "supervised-api":
        assert monitors(objects) == []
        return
    (monitor,) = monitors(objects)
    assert monitor["args"] == ["python", "-m", "app", "monitor"]
    served = service(objects)
    assert monitor["image"] == served["image"]
    assert monitor.get("env") == served.get("env")
    port = monitor["ports"][0]["containerPort"]
    open_to = objects["NetworkPolicy"]["spec"]["ingress"][0]["ports"]
    assert port in {one["port"] for one in open_to}
    if store == "postgres":
        labels = objects["Deployment monitor"]["spec"]["template"]["metadata"]["labels"]
        assert not objects["Service"]["spec"]["selector"].items() <= labels.items()


def test_two_pods_never_write_to_one_file(store: str, objects: Objects) -> None:
    spec = objects["Deployment"]["spec"]
    variables = {one["name"]: one for one in service(objects).get("env", [])}
    if store == "sqlite":
        assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
        assert objects["PersistentVolumeClaim"]["spec"]["accessModes"] == ["ReadWriteOnce"]
        assert "HorizontalPodAutoscaler" not in objects
        assert "DATABASE_URL" not in variables
    else:
        assert "replicas" not in spec, "each deploy would set the autoscaler's number back"
        assert objects["HorizontalPodAutoscaler"]["spec"]["minReplicas"] >= 2
        database = variables["DATABASE_URL"]["valueFrom"]["secretKeyRef"]
        assert database["name"] not in str(service(objects)["envFrom"])
        assert not database.get("optional", False)
        assert "PersistentVolumeClaim" not in objects


def test_selectors_find_the_pod(objects: Objects) -> None:
    labels = objects["Deployment"]["spec"]["template"]["metadata"]["labels"]
    chosen = [
        objects["Service"]["spec"]["selector"],
    ]
    if "PodDisruptionBudget" in objects:
        chosen.append(objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"])
    assert all(selector.items() <= labels.items() for selector in chosen)
    assert objects["NetworkPolicy"]["spec"]["podSelector"] == {}, "no pod goes unwatched"
    port = objects["Service"]["spec"]["ports"][0]["targetPort"]
    assert port in {one["name"] for one in service(objects)["ports"]}


def test_settings_are_named_by_what_they_say(repository: Path, objects: Objects) -> None:
    named = service(objects)["envFrom"][0]["configMapRef"]["name"]
    assert named == objects["ConfigMap"]["metadata"]["name"] != "settings"
    example = (repository / ".env.example").read_text(encoding="utf-8")
    assert all(f"\n{name}=" in example for name in objects["ConfigMap"]["data"])


# What the workflow does in the cluster besides `apply`.
ASKED = [
    ("apps", "deployments", "update"),
    ("apps", "deployments", "watch"),
    ("apps", "replicasets", "list"),
    ("", "pods", "list"),
    ("autoscaling", "horizontalpodautoscalers", "delete"),
    ("policy", "poddisruptionbudgets", "delete"),
    ("", "pods/exec", "create"),
]


def test_who_deploys_may_do_that_and_no_more(repository: Path, objects: Objects) -> None:
    mine = deployer(repository)
    for one in mine.values():
        kubernetes_validate.validate(one, SCHEMAS, strict=True)
    allowed = {
        (group, resource, verb)
        for rule in mine["Role"]["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    applied = {
        (one["apiVersion"].rpartition("/")[0], plural(one["kind"]), verb)
        for one in objects.values()
        for verb in ("get", "create", "patch")
    }
    assert applied | set(ASKED) <= allowed
    assert not [one for one in allowed if "*" in one or one[1] == "secrets"]
    deleting = [rule for rule in mine["Role"]["rules"] if "delete" in rule["verbs"]]
    assert all(rule["resourceNames"] and rule["verbs"] == ["delete"] for rule in deleting)


def plural(kind: str) -> str:
    return f"{kind.lower()[:-1]}ies" if kind.endswith("y") else f"{kind.lower()}s"
