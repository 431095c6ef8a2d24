"""Every error as `application/problem+json` (RFC 9457), with the request id that finds its log."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.service.request_id import current_request_id

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5  # a restart or a deploy is over by then

# For OpenAPI: what a client finds in the body of any error.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def problem(
    status: int,
    detail: str | None = None,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Returns the response for an error.

    Args:
        status: HTTP status code.
        detail: What happened and what to do, for the person who called.
        errors: For 422: the fields that are wrong, each with a message.
        headers: Headers that belong to the status, such as `Allow`. A 503 tells when to come back.
    """
    told = dict(headers or {})
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        told.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "request_id": current_request_id(),
    }
    if detail and detail != body["title"]:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    return JSONResponse(body, status, told, MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Returns FastAPI's `responses` for a route that can answer with these errors."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": SCHEMA}},
        }
        for status in statuses
    }


def install(app: FastAPI) -> None:
    """Makes the app answer all its errors as problems; unhandled ones are the middleware's."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, invalid)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    return problem(error.status_code, error.detail, headers=error.headers)


def _place(item: Mapping[str, Any]) -> str:
    if item["type"] == "json_invalid":  # its place is a position in the text
        return "body"
    return ".".join(map(str, item["loc"][1:])) or "body"


async def invalid(_: Request, error: Exception) -> JSONResponse:
    """Answers a request that does not fit its schema: each wrong field with a message."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    # The values that were sent are not repeated: they may be personal, and the caller has them.
    errors = [{"field": _place(item), "message": item["msg"]} for item in error.errors()]
    return problem(422, "The request does not fit the schema; see /docs.", errors=errors)
