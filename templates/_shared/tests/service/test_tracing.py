"""Spans reach a collector over the network; a real HTTP server plays the collector."""

import gzip
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from fastapi import FastAPI
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from opentelemetry.trace import get_tracer_provider
from starlette.testclient import TestClient

from app.service.metrics import HttpMetrics
from app.service.middleware import RequestMiddleware
from app.service.tracing import ENDPOINTS, close_tracing, open_tracing, telemetry

ROOT = Path(__file__).parents[2]
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collector:
    """What a collector has received so far."""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                assert self.path == "/v1/traces"
                collector.requests.append(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def spans(self) -> list[Span]:
        return [
            span
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @property
    def resource(self) -> dict[str, str]:
        attributes = self.requests[0].resource_spans[0].resource.attributes
        return {item.key: item.value.string_value for item in attributes}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    collector = Collector()
    for name in (*ENDPOINTS, "OTEL_SERVICE_NAME", "OTEL_TRACES_SAMPLER", "OTEL_SDK_DISABLED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(ENDPOINTS[0], collector.address)
    yield collector
    collector.server.shutdown()
    collector.server.server_close()


def ask(*paths: str, headers: dict[str, str] | None = None) -> None:
    """Asks a small service, which then stops."""
    provider = open_tracing("small", "1.2")
    assert provider
    app = FastAPI(telemetry=telemetry(provider))
    app.add_middleware(RequestMiddleware, metrics=HttpMetrics())

    @app.get("/items/{number}")
    async def item(number: int) -> int:
        with provider.get_tracer("own").start_as_current_span("own work"):
            return number

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("of no use")

    @app.get("/health/live")
    async def live() -> str:
        return "live"

    with TestClient(app, headers=headers or {}) as client:
        for path in paths:
            client.get(path)
    close_tracing(provider)


def attributes(span: Span) -> dict[str, Any]:
    return {item.key: item.value.string_value or item.value.int_value for item in span.attributes}


def test_a_request_is_one_span_with_route_status_and_id(collector: Collector) -> None:
    ask("/items/7", headers={"X-Request-ID": "find-me"})
    own, server = collector.spans
    assert server.name == "GET /items/{number}"
    assert server.kind == Span.SPAN_KIND_SERVER
    told = attributes(server)
    assert told["http.route"] == "/items/{number}"
    assert told["http.request.method"] == "GET"
    assert told["http.response.status_code"] == 200
    assert told["app.request_id"] == "find-me"
    assert own.parent_span_id == server.span_id
    assert collector.resource["service.name"] == "small"
    assert collector.resource["service.version"] == "1.2"


def test_a_fault_of_ours_is_an_error_and_a_wrong_request_is_none(collector: Collector) -> None:
    ask("/broken", "/items/none")
    broken, wrong = collector.spans
    assert broken.status.code == Status.STATUS_CODE_ERROR
    assert attributes(broken)["http.response.status_code"] == 500
    assert attributes(broken)["error.type"]
    assert wrong.status.code == Status.STATUS_CODE_UNSET
    assert attributes(wrong)["http.response.status_code"] == 422


def test_the_trace_of_the_caller_is_continued(collector: Collector) -> None:
    ask("/nowhere", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    (span,) = collector.spans
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
    assert span.name == "GET"


def test_a_caller_who_does_not_record_is_obeyed(collector: Collector) -> None:
    ask("/items/1", headers={"traceparent": f"00-{TRACE}-{PARENT}-00"})
    assert collector.spans == []


def test_nonsense_in_traceparent_begins_a_new_trace(collector: Collector) -> None:
    ask("/nowhere", headers={"traceparent": "nonsense"})
    assert len(collector.spans) == 1


def test_questions_of_machines_make_no_span(collector: Collector) -> None:
    ask("/health/live")
    assert collector.requests == []


def test_the_standard_variables_are_obeyed(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "named by the environment")
    ask("/items/1")
    assert collector.resource["service.name"] == "named by the environment"
    received = len(collector.spans)
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    ask("/items/1")
    monkeypatch.delenv("OTEL_TRACES_SAMPLER")
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    ask("/items/1")
    assert len(collector.spans) == received


def test_a_collector_that_is_away_does_not_hold_up_the_stop(collector: Collector) -> None:
    collector.server.shutdown()
    collector.server.server_close()
    provider = open_tracing("small", "1")
    assert provider
    provider.get_tracer("x").start_span("y").end()
    started = time.monotonic()
    close_tracing(provider, timeout=0.1)
    assert time.monotonic() - started < 3


def test_nobody_else_s_tracing_is_replaced(collector: Collector) -> None:
    before = get_tracer_provider()
    ask("/items/1")
    assert collector.spans
    assert get_tracer_provider() is before


def test_without_an_endpoint_the_sdk_is_not_even_imported() -> None:
    code = (
        "import sys; from app.service.tracing import open_tracing;"
        "assert open_tracing('a', 'b') is None;"
        "sys.exit(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={}, check=False).returncode == 0
    )
