"""A body is read as JSON only where it says that it is JSON."""

from typing import Any

import pytest
from fastapi import FastAPI, Response
from pydantic import BaseModel
from starlette.testclient import TestClient

from app.service import problems
from app.service.json_route import add_post, json_response


class Body(BaseModel):
    number: int


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    problems.install(app)

    async def double(body: Body, _: Any) -> Response:  # noqa: ANN401 - the request
        return json_response({"number": body.number * 2})

    add_post(app, "/double", double)
    return TestClient(app)


def post(client: TestClient, body: str, kind: str = "application/json") -> Any:  # noqa: ANN401
    return client.post("/double", content=body, headers={"Content-Type": kind})


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/vnd.a+json"]
)
def test_json_is_read(client: TestClient, kind: str) -> None:
    assert post(client, '{"number": 4}', kind).json() == {"number": 8}


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/octet-stream", "application/x-json", "text/a+json"]
)
def test_what_a_page_of_another_site_may_send_is_not(client: TestClient, kind: str) -> None:
    assert post(client, '{"number": 4}', kind).status_code == 422


def test_a_whole_number_may_be_written_with_a_point_and_nothing_else_passes_for_one(
    client: TestClient,
) -> None:
    assert post(client, '{"number": 4.0}').json() == {"number": 8}
    for wrong in ("4.5", "true", '"4"', "null", "[4]"):
        assert post(client, f'{{"number": {wrong}}}').status_code == 422
