"""What Prometheus sees of `multi-agent` that is served for real, with its offline model.

The tests run in this order, on one starter: runs that are decided, one that waits, runs that are
stopped by a limit, death.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.monitoring.expressions import check_names, empty_panels
from tests.monitoring.watched import Watched, until, wait_until_up, watching

SMALL = "Who pulls in certifi?"
LARGE = (
    "Can we ship this under our licence policy and size budget? Which packages break the rules, "
    "who pulls them in, and what do we do?"
)
UNKNOWN = "Which of our suppliers will still exist in five years?"


@pytest.fixture(scope="module")
def watched(
    starters: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    """Everything running, before the first question."""
    starter, folder = starters("multi-agent"), tmp_path_factory.mktemp("watched")
    # Enough for the small question, and not for the large one. A token costs a millionth.
    settings = {"RUN_MODEL_CALLS": "7", "MODEL_PRICE": "1,1"}
    with watching(starter, folder, ("app",), settings) as running:
        running.start("app", starter / ".venv" / "bin" / "app", "serve")
        wait_until_up(running)
        yield running


def ask(watched: Watched, question: str) -> tuple[str, str]:
    """Ask a question; return the run's id, and its outcome or what it does now."""
    status, body = watched.post_json("/runs", {"question": question, "wait": 8})
    assert status == 202, body
    run = json.loads(body)
    return str(run["run_id"]), str(run["outcome"] or run["status"])


def test_before_the_first_question_nothing_is_wrong(watched: Watched) -> None:
    assert watched.values("agent_runs_waiting") == [0]
    assert watched.values("agent_budget_left_dollars") == [5]
    until(lambda: watched.firing() == set(), "what fired before it was up is over")


def test_with_traffic_each_panel_of_the_dashboard_shows_something(watched: Watched) -> None:
    for _ in range(4):
        run_id, state = ask(watched, SMALL)
        assert state == "waiting"
        assert watched.post(f"/runs/{run_id}/decision", {"type": "approve"}) == 200
        assert watched.post("/feedback", {"run_id": run_id, "thumb": "up"}) == 200
        assert watched.post("/runs", {"unknown": 1}) == 422
        time.sleep(1.5)
    assert ask(watched, UNKNOWN)[1] == "refused"
    until(lambda: not empty_panels(watched), "each panel shows something", 30)


def test_each_metric_that_an_alert_or_a_panel_names_is_there(watched: Watched) -> None:
    check_names(watched)


def test_what_runs_cost_is_known(watched: Watched) -> None:
    tokens = watched.values("sum(agent_tokens_total)")[0]
    assert tokens > 4000
    assert watched.values("sum(agent_dollars_total)")[0] == pytest.approx(tokens / 1e6)
    whole = "max(agent_budget_left_dollars) + sum(agent_dollars_total)"
    until(lambda: watched.values(whole) == [pytest.approx(5)], "what is left is shown")


def test_a_run_that_nobody_decides_about_raises_an_alert(watched: Watched) -> None:
    time.sleep(2)
    assert watched.firing() == set()
    run_id, state = ask(watched, SMALL)
    assert state == "waiting"
    until(lambda: "RunsWaiting" in watched.firing(), "RunsWaiting fires")
    assert watched.post(f"/runs/{run_id}/decision", {"type": "reject", "reason": "No."}) == 200
    until(lambda: "RunsWaiting" not in watched.firing(), "RunsWaiting is over")


def test_runs_that_a_limit_stops_raise_alerts(watched: Watched) -> None:
    for _ in range(4):
        assert ask(watched, LARGE)[1] == "partial"
        time.sleep(1.5)
    until(lambda: {"LimitHit", "ManyPartial"} <= watched.firing(), "both fire")
    assert watched.values("agent_limits_hit_total{limit='model_calls'}")[0] >= 4


def test_a_dead_service_raises_an_alert(watched: Watched) -> None:
    watched.stop("app")
    until(lambda: "AppDown" in watched.firing(), "AppDown fires")
