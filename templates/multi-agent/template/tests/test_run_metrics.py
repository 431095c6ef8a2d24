"""What is counted of runs."""

import pytest
from prometheus_client import CollectorRegistry

from app.run_metrics import RunMetrics
from app.runs.calls import Asked
from app.runs.observer import Ended

CALLS = "agent_tool_calls_total"


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def counted(registry: CollectorRegistry) -> dict[str, float]:
    samples = [one for metric in registry.collect() for one in metric.samples if one.name == CALLS]
    return {one.labels["tool"]: one.value for one in samples}


def test_tools_that_a_model_invents_are_one_series(registry: CollectorRegistry) -> None:
    metrics = RunMetrics(registry, ("analyst",))
    metrics.tools = {"look"}
    for name in ("look", *(f"invented-{at}" for at in range(50))):
        metrics.ended(Asked("tool", "analyst", name), Ended("done", 0.1, 0, 0.0))
    assert counted(registry) == {"look": 1, "unknown": 50}


def test_a_run_that_an_error_stops_is_counted(registry: CollectorRegistry) -> None:
    metrics = RunMetrics(registry, ())
    assert registry.get_sample_value("agent_runs_broken_off_total") == 0
    metrics.broke_off()
    assert registry.get_sample_value("agent_runs_broken_off_total") == 1
