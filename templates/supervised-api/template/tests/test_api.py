"""What a caller gets."""

import asyncio
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api import _kept, create_app
from app.columns import Column, columns, example
from app.metadata import Metadata
from app.predictor import load_champion
from app.project import Project
from app.schema import Features
from app.settings import Settings
from app.training.table import Table


def output_of(answer: dict[str, Any]) -> float:
    return float(answer["probability"] if "probability" in answer else answer["value"])


def test_a_prediction_has_all_that_is_promised(client: TestClient, trained: Metadata) -> None:
    response = client.post("/predict", json=example())
    assert response.status_code == 200
    answer = response.json()
    if trained.threshold is None:
        assert isinstance(answer["value"], float)
    else:
        assert 0 <= answer["probability"] <= 1
        assert answer["decision"] == (answer["probability"] >= answer["threshold"])
        assert answer["threshold"] == trained.threshold
    assert answer["model_version"] == trained.version
    assert answer["request_id"] == response.headers["x-request-id"]


def test_the_service_answers_like_the_model(
    client: TestClient, settings: Settings, table: Table
) -> None:
    predictor = load_champion(settings.models_dir)
    for case in table.cases(range(5)):
        answer = client.post("/predict", json=case.model_dump(mode="json")).json()
        assert output_of(answer) == pytest.approx(predictor.output(case))


@pytest.mark.parametrize("column", columns(), ids=lambda column: column.name)
def test_a_value_that_is_none_is_refused_by_field(client: TestClient, column: Column) -> None:
    response = client.post("/predict", json=example() | {column.name: {"no": "value"}})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert {error["field"].split(".")[0] for error in response.json()["errors"]} == {column.name}


def test_a_number_outside_its_range_is_refused(client: TestClient) -> None:
    bounds = {column.name: column.minimum for column in columns() if column.minimum is not None}
    for name, minimum in bounds.items():
        response = client.post("/predict", json=example() | {name: minimum - 1})
        assert [error["field"] for error in response.json()["errors"]] == [name]


def test_only_optional_fields_may_be_missing_or_null(client: TestClient) -> None:
    for column in columns():
        without = {name: value for name, value in example().items() if name != column.name}
        left_out = client.post("/predict", json=without)
        null = client.post("/predict", json=without | {column.name: None})
        assert left_out.status_code == null.status_code == (200 if column.optional else 422)
        if column.optional:
            assert output_of(left_out.json()) == output_of(null.json())


def test_a_field_that_does_not_exist_is_refused(client: TestClient) -> None:
    response = client.post("/predict", json=example() | {"no_such_field": 1})
    assert [error["field"] for error in response.json()["errors"]] == ["no_such_field"]


def test_text_that_is_not_json_is_refused_without_repeating_it(client: TestClient) -> None:
    json = {"Content-Type": "application/json"}
    response = client.post("/predict", content=b'{"secret', headers=json)
    assert response.status_code == 422
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/no-such-page", 404), ("PUT", "/predict", 405)]
)
def test_every_refusal_is_a_problem_with_the_request_id(
    client: TestClient, method: str, path: str, status: int
) -> None:
    response = client.request(method, path)
    assert response.status_code == response.json()["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large_is_refused(
    client: TestClient, settings: Settings, *, announced: bool
) -> None:
    body = b" " * (settings.max_body_bytes + 1)
    content: Any = body if announced else iter([body[:10], body[10:]])
    response = client.post("/predict", content=content)
    assert response.status_code == 413
    assert response.json()["request_id"] == response.headers["x-request-id"]


def test_the_service_is_ready_and_says_what_runs(client: TestClient, trained: Metadata) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready"}
    version = client.get("/version").json()
    assert version["model_version"] == trained.version
    assert version["challenger_version"] is None
    assert {"git_sha", "template", "template_version"} <= set(version)


def test_without_a_model_the_service_lives_but_is_not_ready(untrained: TestClient) -> None:
    assert untrained.get("/health/live").status_code == 200
    for response in (untrained.get("/health/ready"), untrained.post("/predict", json=example())):
        assert response.status_code == 503
        assert "app train" in response.json()["detail"]
        assert int(response.headers["Retry-After"]) > 0
    assert untrained.get("/version").json()["model_version"] is None


def test_metrics_count_requests_and_predictions(client: TestClient, trained: Metadata) -> None:
    def value(line_start: str) -> float:
        lines = client.get("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(line_start))

    route = 'http_requests_total{method="POST",route="/predict",status="200"}'
    requests, predictions = value(route), value("predictions_total{")
    client.post("/predict", json=example())
    client.get("/one-of-a-million-addresses")
    assert value(route) == requests + 1
    assert value("predictions_total{") == predictions + 1
    assert value(f'model_info{{model_version="{trained.version}"') == 1
    assert value("http_request_duration_seconds_count") > 0
    assert "one-of-a-million" not in client.get("/metrics").text


def test_the_documentation_describes_the_schema(client: TestClient, project: Project) -> None:
    openapi = client.get("/openapi.json").json()
    assert openapi["info"]["title"] == project.words.title
    assert list(openapi["components"]["schemas"]["Features"]["properties"]) == list(
        Features.model_fields
    )
    body = openapi["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    given = {name: value for name, value in example().items() if value is not None}
    assert body["examples"]["typical"]["value"] == given


def test_the_page_says_how_long_records_last() -> None:
    assert "until restart" in _kept("sqlite:///var/app.db")
    assert "Postgres" in _kept("postgresql://host/name")


def test_spans_that_wait_are_sent_when_the_service_stops(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[object] = []
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("app.api.close_tracing", closed.append)
    with TestClient(create_app(settings)):
        assert closed == []
    assert len(closed) == 1


def test_a_caller_who_goes_away_in_the_middle_is_no_fault_of_ours(settings: Settings) -> None:
    sent: list[Any] = []
    scope = {
        "type": "http", "method": "POST", "path": "/predict", "raw_path": b"/predict",
        "query_string": b"", "headers": [(b"content-type", b"application/json")],
    }  # fmt: skip

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:  # noqa: ANN401
        sent.append(message)

    app = create_app(settings)
    with TestClient(app):
        asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 400
