"""One client can't use up the service, and others don't notice."""

import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient

from app.service import rate_limit
from app.service.rate_limit import RateLimitMiddleware, client_of


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(rate_limit, "monotonic", clock)
    return clock


def small_app(per_minute: int, registry: CollectorRegistry | None = None) -> FastAPI:
    app = FastAPI()
    app.add_middleware(
        RateLimitMiddleware, per_minute=per_minute, registry=registry or CollectorRegistry()
    )

    @app.get("/{path:path}")
    async def anything() -> str:
        return "fine"

    return app


def client(app: FastAPI, address: str = "192.0.2.1") -> TestClient:
    return TestClient(app, client=(address, 50000))


def statuses(caller: TestClient, n: int, path: str = "/items") -> list[int]:
    return [caller.get(path).status_code for _ in range(n)]


@pytest.mark.usefixtures("clock")
def test_the_limit_is_reached_exactly() -> None:
    registry = CollectorRegistry()
    caller = client(small_app(3, registry))
    assert statuses(caller, 5) == [200, 200, 200, 429, 429]
    assert registry.get_sample_value("http_requests_limited_total") == 2


def test_a_refusal_says_when_to_come_back_and_then_it_works(clock: Clock) -> None:
    caller = client(small_app(3))
    statuses(caller, 3)
    refusal = caller.get("/items")
    assert refusal.headers["content-type"] == "application/problem+json"
    assert refusal.headers["retry-after"] == "20"
    clock.now += 19.5
    assert caller.get("/items").headers["retry-after"] == "1"
    clock.now += 0.5
    assert statuses(caller, 2) == [200, 429]


def test_a_long_pause_gives_no_more_than_a_full_bucket(clock: Clock) -> None:
    caller = client(small_app(2))
    statuses(caller, 2)
    clock.now += 3600
    assert statuses(caller, 3) == [200, 200, 429]


def test_being_refused_costs_nothing_more(clock: Clock) -> None:
    caller = client(small_app(60))
    statuses(caller, 60)
    for _ in range(10):
        clock.now += 0.25
        statuses(caller, 1)
    assert statuses(caller, 1) == [429]
    clock.now += 1
    assert statuses(caller, 2) == [200, 429]


@pytest.mark.usefixtures("clock")
def test_each_client_has_a_bucket_of_its_own() -> None:
    app = small_app(1)
    assert statuses(client(app, "192.0.2.1"), 2) == [200, 429]
    assert statuses(client(app, "192.0.2.2"), 2) == [200, 429]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    "path", ["/health/live", "/metrics", "/static/page.css", "/docs-assets/x.js"]
)
def test_what_machines_and_pages_load_is_not_limited(path: str) -> None:
    assert statuses(client(small_app(1)), 3, path) == [200, 200, 200]


def test_zero_means_no_limit() -> None:
    assert set(statuses(client(small_app(0)), 50)) == {200}


@pytest.mark.usefixtures("clock")
def test_memory_is_bounded_and_the_longest_unseen_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rate_limit, "CLIENTS", 2)
    app = small_app(1)
    first, second, third = (client(app, f"192.0.2.{k}") for k in range(3))
    assert [statuses(caller, 1) for caller in (first, second, first, third)] == [
        [200], [200], [429], [200],
    ]  # fmt: skip
    assert statuses(first, 1) == [429]  # seen more recently than the second
    assert statuses(second, 1) == [200]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("", "", True),
    ],
)
def test_a_network_of_ipv6_is_one_client(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert (client_of(one) == client_of(other)) is same
