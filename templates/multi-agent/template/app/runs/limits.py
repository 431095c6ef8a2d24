"""How far one run may go, and one day."""

from dataclasses import dataclass

from app.service.errors import UserError
from app.settings import Settings


@dataclass(frozen=True)
class Limits:
    """Of a run, whatever process works on it; a resumed run goes on counting.

    Attributes:
        model_calls: Calls of models.
        tool_calls: Calls of tools.
        tokens: Read and written, all models together.
        dollars: Where prices are known.
        seconds: In which somebody worked on it; waiting for a person costs none.
        daily_dollars: Of all runs in a day (UTC).
    """

    model_calls: int
    tool_calls: int
    tokens: int
    dollars: float
    seconds: float
    daily_dollars: float


class LedgerSpentError(UserError):
    """The run, or the day, has used up one of its limits.

    Attributes:
        limit: Which: `model_calls`, `tool_calls`, `tokens`, `dollars`, `seconds` or `day`.
    """

    def __init__(self, limit: str, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.limit = limit


def read_limits(settings: Settings) -> Limits:
    """Returns the limits that the settings name."""
    return Limits(
        model_calls=settings.run_model_calls,
        tool_calls=settings.run_tool_calls,
        tokens=settings.run_tokens,
        dollars=settings.run_dollars,
        seconds=settings.run_seconds,
        daily_dollars=settings.daily_dollars,
    )
