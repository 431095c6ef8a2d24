"""Whether a body is a request as a provider's own client describes it."""

from collections.abc import Iterator
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError


class RequestType:
    """A typed dictionary of a client's package, in which nothing else may stand."""

    def __init__(self, described: Any) -> None:  # noqa: ANN401 - a typed dictionary
        # The configuration of the tuple holds for what is in it; a typed dictionary takes none.
        self._adapter: TypeAdapter[tuple[Any]] = TypeAdapter(
            tuple[described],
            config=ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True),
        )

    def wrong(self, body: object) -> str:
        """The first thing that is wrong; empty if nothing is."""
        try:
            _read_through(self._adapter.validate_python((body,)))
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            return f"{'.'.join(map(str, first['loc'][1:]))}: {first['msg']}"
        return ""


def _read_through(value: Any) -> None:  # noqa: ANN401 - whatever is in a request
    """Members of what a type calls an Iterable are checked only when they are read."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list | tuple | Iterator):
        return
    for member in value:
        _read_through(member)
