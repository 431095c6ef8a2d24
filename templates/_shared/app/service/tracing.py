"""Traces by OpenTelemetry: a span per request, sent to where the standard variables say.

FastAPI makes the spans: route, status, error, the caller's `traceparent`. This says where they go.
Off, and the SDK not even imported, until OTEL_EXPORTER_OTLP_ENDPOINT (or ..._TRACES_ENDPOINT) is
set in the environment. The SDK itself reads the other variables, such as OTEL_SERVICE_NAME,
OTEL_TRACES_SAMPLER and OTEL_EXPORTER_OTLP_HEADERS; it does not read `.env`. The protocol is
http/protobuf.
"""

import os
from threading import Thread
from typing import TYPE_CHECKING

from fastapi.telemetry import TelemetryConfig

from app.service.middleware import QUIET_ROUTES

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
CLOSE_SECONDS = 5.0  # else a collector that is away would hold up the stop


def open_tracing(service: str, version: str) -> "TracerProvider | None":
    """Returns what makes spans and sends them in the background; None when it is off.

    Args:
        service: Name of the service, unless the environment gives one.
        version: What is running.
    """
    if not any(os.environ.get(name) for name in ENDPOINTS):
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource({"service.version": version}).merge(Resource.create())
    if str(resource.attributes["service.name"]).startswith("unknown_service"):
        resource = resource.merge(Resource({"service.name": service}))
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def close_tracing(provider: "TracerProvider", timeout: float = CLOSE_SECONDS) -> None:
    """Sends the spans that still wait, and gives up after some seconds."""
    closing = Thread(target=provider.shutdown, daemon=True)
    closing.start()
    closing.join(timeout)


def telemetry(provider: "TracerProvider | None") -> TelemetryConfig:
    """Returns what `FastAPI(telemetry=...)` takes: a span per request and nothing else.

    What machines ask every few seconds makes no span. Metrics and logs we have already.
    """
    return {
        "tracer_provider": provider,
        "tracing": provider is not None,
        "metrics": False,
        "logs": False,
        "operation_spans": False,
        "auto_configure": False,
        "exclude": lambda scope: scope["path"] in QUIET_ROUTES,
    }
