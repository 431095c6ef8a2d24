"""Limits how often one client may ask. It counts requests, not what each costs to answer."""

import math
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from time import monotonic

from prometheus_client import CollectorRegistry, Counter
from starlette.types import ASGIApp, Receive, Scope, Send

from app.service.problems import problem

CLIENTS = 10_000  # remembered at a time; about 2 MB
# Asked by machines of our own, or part of a page that was counted already.
EXEMPT = ("/health/", "/metrics", "/static/", "/docs-assets/")


@lru_cache(CLIENTS)
def client_of(address: str) -> str:
    """Returns whose address it is: in IPv6 one household or server has a whole /64 network."""
    try:
        parsed = ip_address(address)
    except ValueError:  # not an address, as in tests
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or int(parsed) >> 64)


class RateLimitMiddleware:
    """A bucket of tokens per client: each request takes one, and they come back with time.

    A client may ask `per_minute` times at once and then as fast as tokens come back. Behind a proxy
    the server must be told to believe its `X-Forwarded-For` (uvicorn's FORWARDED_ALLOW_IPS), else
    all callers are one client.

    Args:
        app: The application inside.
        per_minute: Requests a minute; 0 means no limit.
        registry: Where refusals are counted.
        exempt: Beginnings of the paths that are not limited.
    """

    def __init__(
        self,
        app: ASGIApp,
        per_minute: int,
        registry: CollectorRegistry,
        exempt: Sequence[str] = EXEMPT,
    ) -> None:
        self.app = app
        self._most = per_minute
        self._per_second = per_minute / 60
        self._exempt = tuple(exempt)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._limited = Counter(
            "http_requests_limited", "Requests refused by the rate limit.", registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection; what is not HTTP passes through."""
        limited = self._most and scope["type"] == "http"
        if limited and not scope["path"].startswith(self._exempt):
            seconds = self._take(client_of(scope["client"][0] if scope.get("client") else ""))
            if seconds:
                self._limited.inc()
                detail = f"At most {self._most} requests a minute; ask again in {seconds} s."
                refusal = problem(429, detail, headers={"Retry-After": str(seconds)})
                await refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _take(self, client: str) -> int:
        """Takes a token; without one, returns the whole seconds until there is one."""
        now = monotonic()
        tokens, then = self._buckets.pop(client, (self._most, now))
        tokens = min(self._most, tokens + (now - then) * self._per_second)
        self._buckets[client] = (max(tokens - 1, tokens % 1), now)
        if len(self._buckets) > CLIENTS:
            self._buckets.popitem(last=False)
        return 0 if tokens >= 1 else math.ceil((1 - tokens) / self._per_second)
