"""Counts what the schema refuses, by field and reason.

A category that the model never saw can't reach it: the schema refuses it. So that nobody overlooks
a new one, refusals are watched apart from the drift of what was let in.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from prometheus_client import CollectorRegistry, Counter
from starlette.responses import Response

from app.columns import columns
from app.predictor import Matrix
from app.service import problems

# Beginnings and ends of pydantic's names of errors; the first that fits is the reason.
_REASONS = {
    "missing": "missing",
    "literal_error": "unknown_category",
    "greater_than": "out_of_range",
    "less_than": "out_of_range",
    "finite_number": "out_of_range",
    "int_parsing_size": "out_of_range",
    "extra_forbidden": "unknown_field",
    "json_invalid": "not_json",
    "content_type": "not_json",
    "too_short": "batch_size",
    "too_long": "batch_size",
}
_ROUTES = frozenset({"/predict", "/predict/batch", "/explain"})


def _reason(kind: str) -> str:
    found = (reason for start, reason in _REASONS.items() if kind.startswith(start))
    wrong_type = "wrong_type" if kind.endswith(("_type", "_parsing", "_from_float")) else "other"
    return next(found, wrong_type)


class Refusals:
    """Tells callers what is wrong with their cases, and counts it.

    Labels are names of columns only: what callers make up counts as `other`.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._names = frozenset(column.name for column in columns())
        about, labels = "Values that the schema refused.", ["field", "reason"]
        self._counter = Counter("prediction_refusals", about, labels, registry=registry)

    async def answer(self, request: Request, error: Exception) -> Response:
        """Handles `RequestValidationError` for FastAPI."""
        if isinstance(error, RequestValidationError) and request.url.path in _ROUTES:
            for item in error.errors():
                self._counter.labels(self._field(item), _reason(item["type"])).inc()
        return await problems.invalid(request, error)

    def _field(self, item: Mapping[str, Any]) -> str:
        return next((part for part in item["loc"] if part in self._names), "other")


def refuse_overflow(rows: Matrix, place: tuple[str, ...] = ()) -> None:
    """Makes sure that all numbers fit into the model's 32 bits.

    Raises:
        RequestValidationError: One does not; it names the first.
    """
    beyond = np.isinf(rows)
    if beyond.any():
        row, column = np.argwhere(beyond)[0].tolist()
        case = (*place, row) if place else ()
        loc = ("body", *case, columns()[column].name)
        message = "The number is too large for the model"
        raise RequestValidationError([{"type": "less_than", "loc": loc, "msg": message}])
