"""A route whose JSON body pydantic reads straight from the bytes.

FastAPI documents it like any other. But where FastAPI would parse the JSON, walk through the
parameters, check them, and later check and encode the answer, this reads the body in one step and
sends the bytes that the endpoint returns: for an answer that takes microseconds, that is most of
the time.
"""

from collections.abc import Callable, Coroutine
from inspect import signature
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

JSON = "application/json"


def json_response(content: Any) -> Response:  # noqa: ANN401 - whatever JSON can hold
    """Returns an answer as JSON."""
    return Response(to_json(content), media_type=JSON)


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == JSON or (kind.startswith("application/") and kind.endswith("+json"))


def _refusal(kind: str, message: str, *place: str | int) -> dict[str, Any]:
    return {"type": kind, "loc": ("body", *place), "msg": message}


async def _read(request: Request, body: TypeAdapter[Any]) -> Any:  # noqa: ANN401 - what it reads
    try:
        sent = await request.body()
    except ClientDisconnect as error:
        raise HTTPException(400, "The body ended before it was complete.") from error
    # A page of another site may send text without asking, but not JSON.
    if not _is_json(request.headers.get("content-type", "")):
        message = "Send JSON, with the header Content-Type: application/json"
        raise RequestValidationError([_refusal("content_type", message)])
    try:
        return body.validate_json(sent)
    except ValidationError as error:
        # Without the input: it may be personal, and large.
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError(
            [_refusal(item["type"], item["msg"], *item["loc"]) for item in found]
        ) from error


class JsonRoute(APIRoute):
    """Calls `endpoint(body, request)`; the type of the first parameter says what the body is.

    The endpoint is async and returns a `Response`. Dependencies are guards: each is awaited with
    the request before the body is read, and may refuse it. They can't have parameters of their own.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Returns what answers a request."""
        endpoint = self.endpoint
        guards = [one.dependency for one in self.dependencies if one.dependency]
        body = TypeAdapter(next(iter(signature(endpoint).parameters.values())).annotation)

        async def handle(request: Request) -> Response:
            for guard in guards:
                await guard(request)
            answer: Response = await endpoint(await _read(request, body), request)
            return answer

        return handle


def add_post(app: FastAPI, path: str, endpoint: Callable[..., Any], **documented: Any) -> None:  # noqa: ANN401
    """Adds a `JsonRoute` to the app itself: in an included router it would be searched for twice.

    Args:
        app: Gets the route.
        path: Where it is.
        endpoint: As `JsonRoute` calls it.
        documented: What FastAPI's decorators take, such as `response_model`.
    """
    route: Any = app.router.add_api_route
    route(path, endpoint, methods=["POST"], route_class_override=JsonRoute, **documented)
