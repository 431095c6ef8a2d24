"""The expressions of alerts and dashboards, and the metrics that they name."""

import json
import math
import re

from tests.monitoring.test_rules import alerts
from tests.monitoring.watched import Watched

# Words of the query language. What else stands in an expression outside of braces is a metric.
LANGUAGE = {
    "absent", "and", "by", "clamp_max", "group_left", "histogram_quantile", "hour", "increase",
    "max", "min", "minute", "offset", "on", "or", "rate", "scalar", "sum", "time", "topk", "vector",
}  # fmt: skip


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


def empty_panels(watched: Watched) -> list[str]:
    """Return the expressions of the dashboard that have no value now."""
    return [
        f"{title}: {expression}"
        for expression, title in panels(watched).items()
        if not any(map(math.isfinite, watched.values(expression)))
    ]


def check_names(watched: Watched) -> None:
    """Check that each metric that an alert or a panel names is there.

    Raises:
        AssertionError: One is not, or Prometheus refuses an expression.
    """
    there = set(watched.ask("label/__name__/values"))
    rules = {rule["expr"]: name for name, rule in alerts(watched.folder).items()}
    for expression, where in (panels(watched) | rules).items():
        named = metrics_of(expression)
        assert named <= there, f"{where}: {named - there}"
        assert named or "time()" in expression
        watched.values(expression)  # a wrong one is refused
