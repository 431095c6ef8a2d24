"""`docker compose up` of each starter, without and with its monitoring, which sees it live and die.

The tests run in this order, on three stacks that run at the same time: the services alone; beside
Prometheus and Alertmanager, with traffic; killed. Nothing of the monitoring is made faster than it
is shipped, which is why the stacks wait together.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.containers.engine import until
from tests.containers.hosted import STARTERS, Starter
from tests.containers.stack import KEY, UNAVAILABLE, Stack, call, stack
from tests.containers.traffic import ROUNDS
from tests.monitoring.expressions import check_names, empty_panels
from tests.monitoring.model_server import model_server
from tests.monitoring.test_rules import alerts
from tests.monitoring.watched import Watched

pytestmark = pytest.mark.container

PAUSE = 3.0
SETTINGS = {
    "supervised-api": ["MONITOR_SECONDS=5"],
    # The host, as a container sees it: what the file's `extra_hosts` is for.
    "rag-app": ["MODEL=openai:stand-in", "MODEL_PRICE=1,4", "OPENAI_API_KEY=x"],
    "multi-agent": ["MODEL_PRICE=1,1", f"API_KEY={KEY}"],
}
Stacks = dict[str, Stack]


@pytest.fixture(params=STARTERS, ids=lambda starter: starter.template)
def starter(request: pytest.FixtureRequest) -> Starter:
    """Each of the starters."""
    found: Starter = request.param
    return found


@pytest.fixture(scope="module")
def stacks(
    projects: Callable[[str], Path],
    images: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stacks]:
    """Each starter, as `docker compose up --build --wait` starts it."""
    with ExitStack() as opened:
        model = opened.enter_context(model_server("0.0.0.0"))  # noqa: S104 - containers ask it
        host = f"OPENAI_BASE_URL=http://host.docker.internal:{model.server_address[1]}/v1"
        made = {}
        for template, lines in SETTINGS.items():
            images(template)  # its layers are what compose builds
            settings = [*lines, host, "RATE_LIMIT_PER_MINUTE=0"]
            folder = tmp_path_factory.mktemp("stack") / template
            one = opened.enter_context(stack(projects(template), folder, settings))
            made[template] = one
            one.up()
        yield made


@pytest.fixture(scope="module")
def watched(stacks: Stacks) -> Iterator[dict[str, Watched]]:
    """The same, beside their monitoring, with traffic until the end of the module."""
    over = threading.Event()
    seen = {}
    with ThreadPoolExecutor() as pool:
        try:
            for template, one in stacks.items():
                one.up_with_monitoring()
                ports = {"app": one.port("app", 8000), "prometheus": one.port("prometheus", 9090)}
                seen[template] = Watched(one.folder, one.folder / "unused", ports, {})
                going = pool.submit(keep_asking, one, ROUNDS[template], over)
                going.add_done_callback(tell)
            yield seen
        finally:
            over.set()


@pytest.fixture(scope="module")
def killed(stacks: Stacks, watched: dict[str, Watched]) -> Stacks:
    """The same, when the services were killed."""
    assert set(watched) == set(stacks)
    for one in stacks.values():
        one.compose("kill", "app")
    return stacks


def keep_asking(one: Stack, ask: Callable[[Stack, int], None], over: threading.Event) -> None:
    """Ask again and again, until it is over or the service is gone."""
    port = one.port("app", 8000)
    while not over.wait(PAUSE):
        try:
            ask(one, port)
        except OSError:
            return


def tell(asking: Future[None]) -> None:
    """Print what ended the traffic early: the panels that stay empty do not say it."""
    if error := asking.exception():
        print(f"the traffic ended: {error!r}")  # noqa: T201 - pytest shows it with the failure


def test_alone_the_service_runs_and_answers(starter: Starter, stacks: Stacks) -> None:
    one = stacks[starter.template]
    assert one.running() == {"app"}
    one.smoke()


def test_its_monitoring_runs_beside_it(
    starter: Starter, stacks: Stacks, watched: dict[str, Watched]
) -> None:
    one = stacks[starter.template]
    services = set(one.compose("config", "--services").split())
    assert one.running() == services - UNAVAILABLE
    seen = watched[starter.template]
    jobs = {"app", "monitor"} & services  # a target is unknown until its first scrape
    until(lambda: seen.values("up") == [1] * len(jobs), 60, "every target of Prometheus is up")


def test_prometheus_carries_out_every_rule(starter: Starter, watched: dict[str, Watched]) -> None:
    seen = watched[starter.template]
    until(lambda: {one["health"] for one in rules(seen)} == {"ok"}, 60, "each rule is well")
    assert {one["name"] for one in rules(seen)} == set(alerts(seen.folder))


def rules(seen: Watched) -> list[dict[str, str]]:
    """Return the rules that Prometheus has."""
    return [one for group in seen.ask("rules")["groups"] for one in group["rules"]]


def test_each_panel_of_the_dashboard_shows_something(
    starter: Starter, watched: dict[str, Watched]
) -> None:
    seen = watched[starter.template]
    try:
        until(lambda: not empty_panels(seen), 150, "each panel shows something")
    except AssertionError as error:
        raise AssertionError("\n".join([str(error), *empty_panels(seen)])) from error


def test_each_metric_that_an_alert_or_a_panel_names_is_there(
    starter: Starter, watched: dict[str, Watched]
) -> None:
    check_names(watched[starter.template])


def test_of_a_killed_service_alertmanager_hears(starter: Starter, killed: Stacks) -> None:
    one = killed[starter.template]
    assert "app" not in one.running(), "somebody started it again"
    until(lambda: "AppDown" in heard(one), 240, "AppDown at Alertmanager")


def heard(one: Stack) -> set[str]:
    """Return the names of the alerts that Alertmanager has."""
    status, said = call(one.port("alertmanager", 9093), "/api/v2/alerts")
    assert status == 200, said
    return {alert["labels"]["alertname"] for alert in said}
