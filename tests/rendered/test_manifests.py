"""What hosts read holds to strict schemas, which catch a misspelt key."""

import copy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.rendered.conftest import Render
from tests.rendered.schemas import CLOUD_RUN, RENDER

REVISION = "visit-forecast-bbbbbbb-17-1"


@pytest.fixture
def render_yaml(each: Render) -> dict[str, Any]:
    return read(each(deploy_target="render") / "render.yaml")


@pytest.fixture
def service(each: Render) -> dict[str, Any]:
    """`deploy/service.yaml`, with what the workflow fills in."""
    made = read(each(deploy_target="cloud-run") / "deploy/service.yaml")
    template = made["spec"]["template"]
    assert (made["spec"]["traffic"], template["metadata"]["name"]) == ("TRAFFIC", "REVISION")
    made["spec"]["traffic"] = [{"revisionName": REVISION, "percent": 100}]
    template["metadata"]["name"] = REVISION
    template["spec"]["serviceAccountName"] = template["spec"]["serviceAccountName"].replace(
        "PROJECT", "ada-project"
    )
    (container,) = template["spec"]["containers"]
    assert container["image"] == "app"
    container["image"] = f"europe-west1-docker.pkg.dev/ada-project/apps/app@sha256:{'0' * 64}"
    return made


def read(at: Path) -> dict[str, Any]:
    text: dict[str, Any] = yaml.safe_load(at.read_text(encoding="utf-8"))
    return text


def test_render_yaml_is_what_render_knows(render_yaml: dict[str, Any]) -> None:
    jsonschema.validate(render_yaml, RENDER)


def test_the_disk_that_the_page_offers_is_what_render_knows(
    each: Render, render_yaml: dict[str, Any]
) -> None:
    page = (each(deploy_target="render") / "docs/deploy.md").read_text(encoding="utf-8")
    offered = page.partition("      disk:\n")[2].partition("  ```")[0]
    render_yaml["services"][0]["disk"] = yaml.safe_load(offered)
    jsonschema.validate(render_yaml, RENDER)


def test_the_service_is_what_cloud_run_knows(service: dict[str, Any]) -> None:
    jsonschema.validate(service, CLOUD_RUN)


def test_the_secret_that_the_page_offers_is_what_cloud_run_knows(
    each: Render, service: dict[str, Any]
) -> None:
    page = (each(deploy_target="cloud-run") / "docs/deploy.md").read_text(encoding="utf-8")
    (offered,) = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])
    service["spec"]["template"]["spec"]["containers"][0]["env"].append(offered)
    jsonschema.validate(service, CLOUD_RUN)


def keys(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every key of a document."""
    found: list[tuple[Any, ...]] = []
    inner = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in inner:
        if isinstance(node, dict):
            found.append((*way, key))
        if isinstance(value, dict | list):
            found += keys(value, (*way, key))
    return found


def test_any_misspelt_key_is_refused(render_yaml: dict[str, Any], service: dict[str, Any]) -> None:
    for document, schema, least in ((render_yaml, RENDER, 12), (service, CLOUD_RUN, 45)):
        ways = keys(document)
        assert len(ways) >= least
        for *way, key in ways:
            wrong = copy.deepcopy(document)
            node: Any = wrong
            for step in way:
                node = node[step]
            node[f"{key}s"] = node.pop(key)
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(wrong, schema)


def test_cloud_run_starts_one_instance_as_long_as_records_are_a_file(
    service: dict[str, Any],
) -> None:
    template = service["spec"]["template"]
    named = {one["name"] for one in template["spec"]["containers"][0]["env"]}
    assert "DATABASE_URL" not in named
    assert template["metadata"]["annotations"]["autoscaling.knative.dev/maxScale"] == "1"


def test_a_run_goes_on_after_its_answer_only_where_runs_do(
    service: dict[str, Any], template: str
) -> None:
    said = service["spec"]["template"]["metadata"]["annotations"]
    throttled = said["run.googleapis.com/cpu-throttling"]
    assert throttled == ("false" if template == "multi-agent" else "true")


def test_the_probes_ask_what_the_service_answers(each: Render, service: dict[str, Any]) -> None:
    (container,) = service["spec"]["template"]["spec"]["containers"]
    health = (each() / "app/service/operations.py").read_text(encoding="utf-8")
    dockerfile = (each() / "Dockerfile").read_text(encoding="utf-8")
    for probe, path in (("startupProbe", "/health/ready"), ("livenessProbe", "/health/live")):
        assert container[probe]["httpGet"] == {"path": path, "port": 8000}
        assert container[probe]["timeoutSeconds"] <= container[probe]["periodSeconds"]
        assert f'"{path}"' in health
    assert f"PORT={container['ports'][0]['containerPort']}" in dockerfile
    startup = container["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] <= 240, "Cloud Run's limit"


@pytest.mark.parametrize("name", ["Прогноз", "-- !", "x" * 200, "9 lives"])
def test_an_odd_project_name_still_gives_a_service_name(render: Render, name: str) -> None:
    folder = render(deploy_target="cloud-run", project_name=name)
    service = read(folder / "deploy/service.yaml")["metadata"]["name"]
    jsonschema.validate(service, CLOUD_RUN["properties"]["metadata"]["properties"]["name"])
    assert len(service) <= 30
