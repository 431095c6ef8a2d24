"""What Prometheus sees of `supervised-api` that is served and watched for real.

The tests run in this order, on one starter: quiet traffic, then other traffic, then deaths.
"""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.monitoring.expressions import check_names, empty_panels
from tests.monitoring.watched import Watched, until, wait_until_up, watching


@pytest.fixture(scope="module")
def watched(
    starters: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    """Everything running, before the first prediction."""
    starter, folder = starters("supervised-api"), tmp_path_factory.mktemp("watched")
    with watching(starter, folder, ("app", "monitor"), {"MONITOR_SECONDS": "1"}) as running:
        running.app("train")
        app = starter / ".venv" / "bin" / "app"
        running.start("app", app, "serve")
        running.start("monitor", app, "monitor")
        wait_until_up(running)
        yield running


def test_before_the_first_prediction_only_the_services_health_is_known(watched: Watched) -> None:
    until(lambda: watched.values("drift_window_rows") == [0], "the monitor has looked")
    assert watched.values("drift_psi") == []
    until(lambda: watched.firing() == set(), "what fired before both were up is over")


def test_with_traffic_each_panel_of_the_dashboard_shows_something(watched: Watched) -> None:
    said = watched.app("replay", watched.address, "--rows", "800", "--labels")
    assert "800 outcomes told" in said
    until(lambda: watched.values("max(live_labels)") == [800], "the monitor has seen the labels")
    for _ in range(4):
        watched.app("smoke", watched.address)
        assert watched.post("/predict", {"unknown": 1}) == 422
        time.sleep(1.5)

    until(lambda: not empty_panels(watched), "each panel shows something", 30)


def test_each_metric_that_an_alert_or_a_panel_names_is_there(watched: Watched) -> None:
    check_names(watched)


def test_rows_of_the_models_test_are_no_drift(watched: Watched) -> None:
    assert watched.values("count(drift_psi_limit)")[0] > 5
    time.sleep(3)  # for: 1s, and a second for each of scrape, evaluation and look
    assert watched.firing() <= {"ManyRefusals"}


def test_rows_of_another_kind_raise_the_alert(watched: Watched) -> None:
    said = watched.app("replay", watched.address, "--rows", "3000", "--drift")
    assert re.search(r"3000 rows from \w+=", said)
    until(lambda: "Drift" in watched.firing(), "Drift fires")
    assert watched.values("max(drift_psi - on (column) drift_psi_limit)")[0] > 0


def test_a_dead_monitor_raises_an_alert(watched: Watched) -> None:
    watched.stop("monitor")
    until(lambda: "MonitorDown" in watched.firing(), "MonitorDown fires")
    assert "AppDown" not in watched.firing()


def test_a_dead_service_raises_an_alert(watched: Watched) -> None:
    watched.stop("app")
    until(lambda: "AppDown" in watched.firing(), "AppDown fires")
