"""Rules, dashboard and compose file, as far as they can be judged without running the starter."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold import catalog
from tests.monitoring.conftest import ROOT


@pytest.fixture(params=[one.id for one in catalog.read(ROOT)])
def starter(request: pytest.FixtureRequest, starters: Callable[[str], Path]) -> Path:
    """Each of the starters."""
    return starters(request.param)


def promtool(*words: str, folder: Path) -> str:
    done = subprocess.run(
        ["promtool", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def alerts(starter: Path) -> dict[str, dict[str, Any]]:
    """Return the rules of all alerts by name."""
    found = {}
    for file in (starter / "monitoring").glob("*alerts.yml"):
        for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]:
            found |= {rule["alert"]: rule for rule in group["rules"]}
    return found


def test_promtool_accepts_the_configuration_and_its_rules(starter: Path) -> None:
    said = promtool("check", "config", "prometheus.yml", folder=starter / "monitoring")
    assert len(re.findall("rules found", said)) == 2


@pytest.mark.parametrize("name", ["alerts_test.yml", "service_alerts_test.yml"])
def test_the_unit_tests_of_the_alerts_pass(starter: Path, name: str) -> None:
    assert "SUCCESS" in promtool("test", "rules", name, folder=starter / "monitoring")


def test_each_alert_is_tested_firing_and_not_firing(starter: Path) -> None:
    firing, silent = set(), set()
    for file in (starter / "monitoring").glob("*alerts_test.yml"):
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]:
            for test in case["alert_rule_test"]:
                (firing if test.get("exp_alerts") else silent).add(test["alertname"])
    assert firing == set(alerts(starter))
    assert silent == set(alerts(starter))


def test_each_alert_links_its_entry_in_the_runbook(starter: Path) -> None:
    runbook = (starter / "docs" / "runbook.md").read_text(encoding="utf-8")
    chapter = runbook.partition("\n## Alerts\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^### (\w+)$", chapter, re.MULTILINE)) == set(alerts(starter))
    for name, rule in alerts(starter).items():
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in {"critical", "warning"}


def test_alertmanager_accepts_its_configuration(starter: Path) -> None:
    if not shutil.which("amtool"):
        pytest.skip("needs amtool (Debian: apt-get install prometheus-alertmanager)")
    subprocess.run(
        ["amtool", "check-config", starter / "monitoring" / "alertmanager.yml"], check=True
    )


def test_the_dashboard_is_whole(starter: Path) -> None:
    folder = starter / "monitoring" / "grafana"
    dashboard = json.loads((folder / "dashboards" / "service.json").read_text(encoding="utf-8"))
    source = yaml.safe_load((folder / "datasources" / "prometheus.yml").read_text())
    (uid,) = (one["uid"] for one in source["datasources"])
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) >= 10
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}
    assert len(places) == len(panels)
    for panel in panels:
        assert panel["title"]
        assert panel["description"]
        assert panel["targets"]
        used = {target["datasource"]["uid"] for target in panel["targets"]}
        assert used == {panel["datasource"]["uid"]} == {uid}


def test_the_compose_file_fits_its_schema(starter: Path) -> None:
    command = ["check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
    files = sorted(file.name for file in starter.glob("compose*.yaml"))
    subprocess.run([*command, *files], cwd=starter, check=True)


def test_compose_starts_the_service_alone_and_listens_on_this_machine_only(starter: Path) -> None:
    services = yaml.safe_load((starter / "compose.yaml").read_text())["services"]
    assert [name for name, one in services.items() if "profiles" not in one] == ["app"]
    for name, one in services.items():
        assert all(port.startswith("127.0.0.1:") for port in one.get("ports", [])), name
        assert one["read_only"]
        assert one["cap_drop"] == ["ALL"]
        image = one["image"]
        # An `app` of one project would be taken by the next one on this machine.
        own = image == "${COMPOSE_PROJECT_NAME}-app"
        assert own or re.search(r":v?\d+\.\d+\.\d+$", image), f"{image} is not exact"
