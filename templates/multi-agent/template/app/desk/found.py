"""What a tool gives back, and how it says no."""

from typing import TypedDict

from app.service.errors import UserError

Scalar = str | int | float | bool | None
Row = dict[str, Scalar]


class Found(TypedDict):
    """Rows that a tool found.

    Attributes:
        rows: The first of them.
        row_count: How many there are, those that were cut off included.
        truncated: Whether some were cut off.
    """

    rows: list[Row]
    row_count: int
    truncated: bool


class ToolRefusedError(UserError):
    """A tool will not do that, or can't. The agent is told why, and may try another way."""
