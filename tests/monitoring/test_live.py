"""What Prometheus sees of a starter that is served and watched for real.

The tests run in this order, on one starter: quiet traffic, then other traffic, then deaths.
"""

import json
import math
import re
import time

from tests.monitoring.conftest import Watched, until
from tests.monitoring.test_rules import alerts

# Words of the query language. What else stands in an expression outside of braces is a metric.
LANGUAGE = frozenset(
    ["absent", "and", "by", "histogram_quantile", "increase", "max", "offset", "on", "or", "rate"]
    + ["sum", "time", "topk", "vector"]
)


def metrics_of(expression: str) -> set[str]:
    """Return the metrics that an expression names."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(by|on) \([^)]*\)|offset \w+", " ", expression)
    return set(re.findall(r"[a-z_]{2,}", bare)) - LANGUAGE


def panels(watched: Watched) -> dict[str, str]:
    """Return each expression of the dashboard, with the title of its panel."""
    file = watched.folder / "monitoring" / "grafana" / "dashboards" / "service.json"
    return {
        target["expr"].replace("$__rate_interval", "1m"): panel["title"]
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]
        for target in panel["targets"]
    }


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

    def empty() -> list[str]:
        return [
            f"{title}: {expression}"
            for expression, title in panels(watched).items()
            if not any(map(math.isfinite, watched.values(expression)))
        ]

    until(lambda: not empty(), "each panel shows something", 30)
    assert empty() == []


def test_each_metric_that_an_alert_or_a_panel_names_is_there(watched: Watched) -> None:
    there = set(watched.ask("label/__name__/values"))
    rules = {rule["expr"]: name for name, rule in alerts(watched.folder).items()}
    for expression, where in (panels(watched) | rules).items():
        named = metrics_of(expression)
        assert named <= there, f"{where}: {named - there}"
        assert named or "time()" in expression
        watched.values(expression)  # a wrong one is refused


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
