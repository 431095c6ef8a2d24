"""The routes that machines ask: health, version, metrics."""

from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.service.health import Health
from app.service.metrics import HttpMetrics
from app.service.problems import documented, problem


def routes(health: Health, metrics: HttpMetrics, version: dict[str, str | None]) -> APIRouter:
    """Returns `/health/live`, `/health/ready`, `/version` and `/metrics`.

    Args:
        health: Asked at each `/health/ready`.
        metrics: What `/metrics` shows.
        version: What `/version` answers; the caller may change it while the service runs.
    """
    router = APIRouter(tags=["operations"])

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        """Answers as long as the process can: restart it when this fails."""
        return {"status": "live"}

    @router.get("/health/ready", responses=documented(503))
    async def ready() -> Any:  # noqa: ANN401 - a body or a problem
        """Tells whether to send traffic: 503 until the service can work, and while it stops."""
        return problem(503, health.obstacle) if health.obstacle else {"status": "ready"}

    @router.get("/version", summary="Version")
    async def show_version() -> dict[str, str | None]:
        """Says exactly what is running."""
        return version

    @router.get("/metrics", summary="Metrics", response_class=Response)
    async def show_metrics() -> Response:
        """Metrics in Prometheus' text format."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router
