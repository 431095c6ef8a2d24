"""With a key set, only callers who know it are answered."""

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from app.service import api_key, problems

KEY = "schlüssel-漢"


def small_app(key: str) -> TestClient:
    app = FastAPI()
    problems.install(app)

    @app.get("/open")
    async def open_to_all() -> str:
        return "fine"

    @app.post("/closed", dependencies=api_key.required(SecretStr(key)))
    async def closed(number: int) -> int:
        return number

    return TestClient(app)


def test_the_right_key_opens() -> None:
    answer = small_app(KEY).post("/closed?number=1", headers={b"X-API-Key": KEY.encode()})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "sent", [None, b"", b"wrong", KEY.encode()[:-1], KEY.encode() + b"x", b"\xff\xfe", b"a" * 5000]
)
def test_any_other_is_refused_without_a_hint(sent: bytes | None) -> None:
    headers = {} if sent is None else {b"X-API-Key": sent}
    answer = small_app(KEY).post("/closed?number=1", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"]
    assert KEY not in answer.text


def test_without_the_key_nothing_is_said_about_the_request() -> None:
    assert small_app(KEY).post("/closed?number=none").status_code == 401


def test_other_routes_stay_open() -> None:
    assert small_app(KEY).get("/open").status_code == 200


def test_without_a_key_set_anybody_may_ask() -> None:
    assert small_app("").post("/closed?number=1").status_code == 200


def test_the_documentation_shows_the_key_where_it_is_needed_and_only_if_it_is() -> None:
    with_key = small_app(KEY).get("/openapi.json").json()
    assert with_key["paths"]["/closed"]["post"]["security"] == [{"ApiKey": []}]
    assert with_key["components"]["securitySchemes"]["ApiKey"]["name"] == "X-API-Key"
    assert "security" not in with_key["paths"]["/open"]["get"]
    assert "securitySchemes" not in small_app("").get("/openapi.json").json()["components"]
