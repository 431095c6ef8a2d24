"""Asks a running service whether it works, from outside. Standard library only.

It knows no route of the application by heart: it sends the example that the service's own
OpenAPI document gives, and expects an answer with the documented fields.
"""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from app.service.errors import UserError

Json = dict[str, Any]

# A service that sees it answers, and neither stores the answer nor counts it.
PROBE = {"X-Probe": "1"}


def _ask(
    url: str, body: Json | None = None, timeout: float = 10, headers: dict[str, str] | None = None
) -> Json:
    data = None if body is None else json.dumps(body).encode("utf-8")
    sent = {"Content-Type": "application/json", "Accept": "application/json"}
    if data and (key := os.environ.get("API_KEY")):
        sent["X-API-Key"] = key
    sent |= headers or {}
    request = urllib.request.Request(url, data, sent)  # noqa: S310 - checked in `smoke`
    with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
        answer: Json = json.load(response)
    return answer


def post_json(url: str, body: Json, headers: dict[str, str] | None = None) -> Json:
    """Sends JSON, with the API_KEY of the environment if there is one; returns what comes back.

    Args:
        url: Where to.
        body: What to send.
        headers: Sent too; one of these wins over ours.

    Raises:
        OSError: The service can't be reached or refused.
        ValueError: The answer is not JSON.
    """
    return _ask(url, body, headers=headers)


def _explain(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {error.read(2000).decode('utf-8', 'replace')}"
    return str(getattr(error, "reason", None) or error)


def wait_until_ready(base: str, seconds: float) -> float:
    """Waits for `/health/ready`: a host that was asleep needs a minute.

    Returns:
        Seconds until the service was ready.

    Raises:
        UserError: It was not ready in time.
    """
    started = time.monotonic()
    while True:
        try:
            _ask(f"{base}/health/ready", timeout=max(1.0, min(10.0, seconds)))
            return time.monotonic() - started
        except (OSError, ValueError) as error:
            if time.monotonic() - started >= seconds:
                raise UserError(
                    f"{base} was not ready within {seconds:g} s: {_explain(error)}",
                    "Look at the service's log; `/health/live` tells whether it runs at all.",
                ) from error
            time.sleep(0.1)


def documented_example(openapi: Json, path: str) -> Json:
    """Returns the first example that the OpenAPI document gives for the body of POST `path`."""
    examples = openapi["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    first: Json = next(iter(examples["examples"].values()))["value"]
    return first


def check_commit(version: Json, commit: str) -> None:
    """Makes sure that the service runs the commit; a shortened one on either side will do.

    Raises:
        UserError: It runs another one.
    """
    running = str(version.get("git_sha") or "")
    if not running or not (running.startswith(commit) or commit.startswith(running)):
        raise UserError(
            f"The service runs commit {running or 'unknown'}, not {commit}.",
            "The deployment has not finished, or GIT_SHA was not passed to the build.",
        )


def smoke(
    base: str, path: str, commit: str | None, seconds: float, say: Callable[[str], None] = print
) -> None:
    """Checks readiness, version and one real answer; says each step.

    Args:
        base: Address of the service, `https://host` or `http://host:port`.
        path: Route that takes a POST and documents an example.
        commit: Commit that must be running; None accepts any.
        seconds: How long to wait for readiness.
        say: Gets one line per step.

    Raises:
        UserError: A check failed.
    """
    base = base.rstrip("/")
    if not base.startswith(("http://", "https://")):
        raise UserError(f"{base} is not an address.", "Give one such as http://127.0.0.1:8000")
    say(f"ready after {wait_until_ready(base, seconds):.1f} s")
    try:
        version = _ask(f"{base}/version")
        say(f"version {json.dumps(version)}")
        if commit:
            check_commit(version, commit)
        body = documented_example(_ask(f"{base}/openapi.json"), path)
        say(f"POST {path} {json.dumps(_ask(f'{base}{path}', body, headers=PROBE))}")
    except (OSError, ValueError, KeyError, StopIteration) as error:
        raise UserError(
            f"{base} does not answer as it should: {_explain(error)}",
            f"Ask it by hand: open {base}/docs and try {path}.",
        ) from error
