"""The one wrapper around every request: id, security headers, metrics, log line, last resort.

Plain ASGI. Starlette's `BaseHTTPMiddleware` would double the cost of a request.
"""

import logging
from time import perf_counter

from opentelemetry.trace import get_current_span
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.service import request_id
from app.service.metrics import HttpMetrics
from app.service.problems import problem

# Pages load nothing from other hosts and run no inline script.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_ID = request_id.HEADER.lower().encode()
_HEADERS = [(name.lower().encode(), text.encode()) for name, text in SECURITY_HEADERS.items()]
_NAMES = frozenset({_ID, *(name for name, _ in _HEADERS)})
# Asked every few seconds by machines: worth counting, not worth a log line each.
QUIET_ROUTES = frozenset({"/health/live", "/health/ready", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

logger = logging.getLogger("app.http")


def route_template(scope: Scope) -> str:
    """Returns the template of the route that answered, for example `/items/{id}`.

    Files of a folder count as one route; `other` is what matches nothing.
    """
    template: str = getattr(scope.get("route"), "path", "") or scope.get("root_path", "")
    return template or "other"


class RequestMiddleware:
    """Gives each HTTP request an id and records how it went.

    Args:
        app: The application inside.
        metrics: Where requests are counted and timed.
    """

    def __init__(self, app: ASGIApp, metrics: HttpMetrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection; what is not HTTP passes through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        sent = next((value for name, value in scope["headers"] if name == b"x-request-id"), None)
        own_id = request_id.begin(sent)
        get_current_span().set_attribute("app.request_id", own_id)  # if there is one
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                others = [pair for pair in message["headers"] if pair[0] not in _NAMES]
                message["headers"] = [*others, (_ID, own_id.encode()), *_HEADERS]
            await send(message)

        self.metrics.in_flight.inc()
        try:
            await self.app(scope, receive, send_with_headers)
        except Exception:  # the border of the program: logged here, told to the caller as a 500
            logger.exception("unhandled error")
            if status:
                raise  # half a response is out; only closing the connection tells the truth
            await problem(500, "This is our fault; the request id finds it in the log.")(
                scope, receive, send_with_headers
            )
        finally:
            self.metrics.in_flight.dec()
            self._record(scope, status, perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_template(scope)
        method = scope["method"] if scope["method"] in METHODS else "other"
        self.metrics.observe(method, route, status, seconds)
        logger.log(
            logging.DEBUG if route in QUIET_ROUTES else logging.INFO,
            "request",
            extra={
                "method": method,
                "path": scope["path"],
                "route": route,
                "status": status,
                "milliseconds": round(seconds * 1000, 3),
            },
        )
