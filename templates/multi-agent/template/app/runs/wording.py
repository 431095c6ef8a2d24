"""Words of strangers and of models, made fit for a record and for a terminal."""

from typing import Any

MOST_SIGNS = 300  # of an error that are kept


def storable(value: Any) -> Any:  # noqa: ANN401 - whatever a model says
    """Returns the same without halves of characters and zeros, which no store can hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "?")
    if isinstance(value, dict):
        return {storable(name): storable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [storable(one) for one in value]
    return value


def printable(text: str) -> str:
    """Returns text without what steers a terminal, or what no store can hold."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def in_a_line(error: BaseException) -> str:
    """Returns the words of any error, in one line that is not long."""
    return " ".join(printable(str(error)).split())[:MOST_SIGNS] or type(error).__name__
