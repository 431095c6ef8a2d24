"""An optional key that callers must send as `X-API-Key`."""

import hmac
from collections.abc import Sequence

from fastapi import Security
from fastapi.params import Depends
from fastapi.security import APIKeyHeader
from pydantic import SecretStr
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection


class _ApiKey(APIKeyHeader):
    """The check, which is also what OpenAPI shows."""

    def __init__(self, key: bytes) -> None:
        super().__init__(name="X-API-Key", scheme_name="ApiKey", description="Setting API_KEY.")
        self._key = key

    async def __call__(self, request: HTTPConnection) -> None:
        # Starlette reads headers as Latin-1, so this gives back the bytes that were sent. The
        # comparison takes as long for a key that is nearly right as for any other.
        sent = request.headers.get("X-API-Key", "").encode("latin-1")
        if not hmac.compare_digest(sent, self._key):
            detail = "This needs the right key in the header X-API-Key."
            raise HTTPException(401, detail, {"WWW-Authenticate": "ApiKey"})


def required(key: SecretStr) -> Sequence[Depends]:
    """Returns what to give a route or router as `dependencies`; nothing when no key is set.

    Args:
        key: The key, compared as UTF-8; empty means that anybody may ask.
    """
    text = key.get_secret_value()
    return [Security(_ApiKey(text.encode("utf-8")))] if text else []
