"""Rate, errors and duration of requests for Prometheus, by route template.

By template (`/items/{id}`) and not by address, so that a scanner can't create a million series.
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

# Seconds. A request that only computes takes under a millisecond, so buckets start well below.
BUCKETS = (
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
)  # fmt: skip


class HttpMetrics:
    """One set of metrics on a registry of its own, so that two apps in one process don't mix.

    Attributes:
        registry: What `/metrics` shows; add the application's own metrics to it.
    """

    def __init__(self) -> None:
        # Else each series has a second one with its birthday, which no query here needs.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._requests = Counter(
            "http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._duration = Histogram(
            "http_request_duration_seconds",
            "Time from the request's arrival to the end of its response.",
            ["method", "route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.in_flight = Gauge(
            "http_requests_in_flight", "Requests being answered now.", registry=self.registry
        )
        self._build = Gauge(
            "app_build_info",
            "Always 1; the labels say what is running.",
            ["git_sha", "template", "template_version"],
            registry=self.registry,
        )

    def describe_build(self, git_sha: str, template: str, template_version: str) -> None:
        """Records what is running."""
        self._build.labels(git_sha, template, template_version).set(1)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Records one answered request."""
        kind = (method, route, status)
        series = self._series.get(kind)
        if series is None:  # looking them up by their labels costs more than counting
            counter = self._requests.labels(method, route, str(status))
            series = self._series[kind] = counter, self._duration.labels(method, route)
        counter, duration = series
        counter.inc()
        duration.observe(seconds)
