"""The id that ties one request's response, log lines and records together."""

import os
import re
from contextvars import ContextVar

HEADER = "X-Request-ID"
_ACCEPTED = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def begin(sent: bytes | None) -> str:
    """Sets the id of the request that this task serves: the caller's if it is harmless, else new.

    Args:
        sent: Value of the caller's `X-Request-ID` header, if there was one.
    """
    accepted = sent is not None and _ACCEPTED.fullmatch(sent)
    request_id = sent.decode("ascii") if sent and accepted else os.urandom(16).hex()
    _current.set(request_id)
    return request_id


def current_request_id() -> str:
    """Returns the id of the request being served; empty outside of one."""
    return _current.get()
