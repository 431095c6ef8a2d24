"""The routes."""

import json

from app import problems
from app.schema import Features


def predict(body: bytes) -> dict[str, object]:
    """Score one row.

    Args:
        body: one JSON object with the fields of `Features`.
    """
    row = Features(**json.loads(body))
    return {"probability": min(1.0, row.visits_last_year / 10)}


def refuse(reason: str) -> dict[str, object]:
    """Say why a row is not scored."""
    return problems.problem(422, reason)


def main() -> None:
    """Score the row on standard input."""
    print(predict(input().encode()))
