"""What every request gets, whatever the application is about."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from starlette.testclient import TestClient

from app.service import problems
from app.service.body_limit import BodyLimitMiddleware
from app.service.logs import JsonLines
from app.service.metrics import HttpMetrics
from app.service.middleware import RequestMiddleware
from app.service.request_id import current_request_id


def small_app(metrics: HttpMetrics | None = None) -> FastAPI:
    app = FastAPI()
    app.add_middleware(BodyLimitMiddleware, max_bytes=10)
    app.add_middleware(RequestMiddleware, metrics=metrics or HttpMetrics())
    problems.install(app)

    @app.get("/items/{number}")
    async def item(number: int) -> dict[str, str]:
        await asyncio.sleep(0)
        return {"id": current_request_id(), "number": str(number)}

    @app.post("/length")
    async def length(request: Request) -> int:
        return len(await request.body())

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a secret detail")

    @app.get("/half")
    async def half() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"begun"
            raise RuntimeError("too late")

        return StreamingResponse(parts())

    return app


def test_the_caller_s_id_is_kept_where_it_is_harmless() -> None:
    client = TestClient(small_app())
    kept = client.get("/items/1", headers={"X-Request-ID": "order-7.a_B"})
    assert kept.headers["x-request-id"] == kept.json()["id"] == "order-7.a_B"


@pytest.mark.parametrize("sent", ["", "a b", "x" * 65, 'quote"', "line\\n"])
def test_an_id_that_could_do_harm_in_a_log_is_replaced(sent: str) -> None:
    answer = TestClient(small_app()).get("/items/1", headers={"X-Request-ID": sent})
    assert answer.headers["x-request-id"] != sent
    assert len(answer.headers["x-request-id"]) == 32


def test_each_request_has_an_id_of_its_own() -> None:
    client = TestClient(small_app())
    assert len({client.get("/items/1").json()["id"] for _ in range(5)}) == 5


def test_a_fault_of_ours_is_a_problem_without_details(caplog: pytest.LogCaptureFixture) -> None:
    answer = TestClient(small_app()).get("/broken", headers={"X-Request-ID": "find-me"})
    assert answer.status_code == 500
    assert answer.json()["request_id"] == "find-me"
    assert "secret" not in answer.text
    assert any(record.exc_info for record in caplog.records)


def test_a_response_that_breaks_half_way_is_not_dressed_up_as_complete() -> None:
    with pytest.raises(RuntimeError, match="too late"):
        TestClient(small_app()).get("/half")


def test_requests_are_counted_by_template_and_status() -> None:
    metrics = HttpMetrics()
    client = TestClient(small_app(metrics))
    for path in ("/items/1", "/items/2", "/broken", "/nowhere"):
        client.get(path)

    def count(route: str, status: str) -> float | None:
        labels = {"method": "GET", "route": route, "status": status}
        return metrics.registry.get_sample_value("http_requests_total", labels)

    assert count("/items/{number}", "200") == 2
    assert count("/broken", "500") == 1
    assert count("other", "404") == 1
    assert metrics.registry.get_sample_value("http_requests_in_flight") == 0


def test_methods_that_nobody_knows_share_one_label() -> None:
    metrics = HttpMetrics()
    TestClient(small_app(metrics)).request("BREW", "/items/1")
    labels = {"method": "other", "route": "/items/{number}", "status": "405"}
    assert metrics.registry.get_sample_value("http_requests_total", labels) == 1


def test_every_response_forbids_foreign_content() -> None:
    headers = TestClient(small_app()).get("/nowhere").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]  # nothing inline
    assert headers["x-content-type-options"] == "nosniff"


def test_a_body_at_the_limit_passes_and_one_above_does_not() -> None:
    client = TestClient(small_app())
    assert client.request("GET", "/items/1", content=b"x" * 10).status_code == 200
    assert client.request("GET", "/items/1", content=b"x" * 11).status_code == 413
    # Without a length, as it is sent in pieces.
    assert client.post("/length", content=iter([b"x" * 5, b"x" * 5])).json() == 10
    refused = client.post("/length", content=iter([b"x" * 6, b"x" * 5]))
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"


def test_start_and_stop_pass_through() -> None:
    with TestClient(small_app()) as client:
        assert client.get("/items/1").status_code == 200


def test_a_log_line_is_one_json_object_with_its_extras(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "app.http")
    TestClient(small_app()).get("/items/7")
    line = json.loads(JsonLines().format(caplog.records[-1]))
    assert line["route"] == "/items/{number}"
    assert line["status"] == 200
    assert line["level"] == "INFO"
    assert line["time"].endswith("+00:00")


def test_a_log_line_shows_where_an_exception_came_from(caplog: pytest.LogCaptureFixture) -> None:
    TestClient(small_app()).get("/broken")
    record = next(record for record in caplog.records if record.exc_info)
    text = JsonLines().format(record)
    assert "\n" not in text
    assert "RuntimeError" in json.loads(text)["exception"]
