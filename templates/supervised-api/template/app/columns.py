"""The columns that follow from `Features`: their order, their kind, and the numbers they become."""

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from app.schema import Features
from app.service.errors import UserError

Kind = Literal["number", "boolean", "category"]
MISSING = float("nan")


@dataclass(frozen=True)
class Column:
    """One field of `Features`, as everything but pydantic needs to know it.

    Attributes:
        name: Name of the field and of the column in the data.
        kind: How it becomes a number.
        title: Name for people.
        description: Sentence for people; may be empty.
        unit: Unit for people; may be empty.
        optional: Whether it may be missing.
        whole: Whether a number has no decimals.
        minimum: Smallest allowed number, None where there is none.
        maximum: Largest allowed number, None where there is none.
        categories: Texts of a category in the order of their codes 0, 1, 2...
        example: A typical value; None only where it may be missing.
    """

    name: str
    kind: Kind
    title: str
    description: str
    unit: str
    optional: bool
    whole: bool
    minimum: float | None
    maximum: float | None
    categories: tuple[str, ...]
    example: Any


def _column(name: str, schema: dict[str, Any], required: Sequence[str]) -> Column:
    choices = [part for part in schema.get("anyOf", [schema]) if part.get("type") != "null"]
    value = choices[0] if len(choices) == 1 else {}
    texts = value.get("enum", [value["const"]] if "const" in value else [])
    kinds: dict[str, Kind] = {
        "integer": "number",
        "number": "number",
        "boolean": "boolean",
        "string": "category",
    }
    kind = kinds.get(value.get("type", ""))
    if kind is None or (kind == "category" and not texts) or (texts and kind != "category"):
        raise UserError(
            f"The field {name!r} in app/schema.py has a type that can't be a model's input.",
            "Use float, int, bool or a Literal of texts; `| None = None` where it can be missing.",
        )
    optional = name not in required
    # For a schema without examples: something that a request may contain.
    plainest = {"number": value.get("minimum", 0), "boolean": False}.get(kind, next(iter(texts), 0))
    return Column(
        name=name,
        kind=kind,
        title=schema.get("title", name),
        description=schema.get("description", ""),
        unit=schema.get("unit", ""),
        optional=optional,
        whole=value.get("type") == "integer",
        minimum=value.get("minimum", value.get("exclusiveMinimum")),
        maximum=value.get("maximum", value.get("exclusiveMaximum")),
        categories=tuple(texts),
        example=next(iter(schema.get("examples", [])), None if optional else plainest),
    )


def columns_of(model: type[BaseModel]) -> tuple[Column, ...]:
    """Returns the columns that a class describes, in the order of its fields.

    Raises:
        UserError: A field has a type that no model can take.
    """
    schema = model.model_json_schema()
    required = schema.get("required", [])
    return tuple(_column(name, part, required) for name, part in schema["properties"].items())


@cache
def columns() -> tuple[Column, ...]:
    """Returns the columns of `Features`, in the order in which the model gets them."""
    return columns_of(Features)


def example() -> dict[str, Any]:
    """Returns a typical case, made of the fields' first examples."""
    return {column.name: column.example for column in columns()}


def _encoder(column: Column) -> Callable[[Any], float]:
    if column.kind == "category":
        codes = {text: float(code) for code, text in enumerate(column.categories)}
        return lambda value: MISSING if value is None else codes[value]
    return lambda value: MISSING if value is None else _as_float(value)


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number with hundreds of digits
        return math.inf


@cache
def _encoders() -> tuple[tuple[str, Callable[[Any], float]], ...]:
    return tuple((column.name, _encoder(column)) for column in columns())


def encode(features: Features) -> list[float]:
    """Returns the numbers the model gets: one per column, NaN where missing, codes for texts."""
    return [encoder(getattr(features, name)) for name, encoder in _encoders()]


def encode_all(cases: Sequence[Features]) -> npt.NDArray[np.float32]:
    """Returns the rows the model gets; a number that does not fit into 32 bits is infinite.

    Many cases are encoded column by column, which is several times faster than one by one.

    Returns:
        Shape (cases, columns).
    """
    with np.errstate(over="ignore"):
        if len(cases) > 1:
            with suppress(OverflowError):  # a whole number beyond any float: one by one, then
                return np.stack([_encode_column(column, cases) for column in columns()], axis=1)
        return np.array([encode(case) for case in cases], dtype=np.float32)


def _encode_column(column: Column, cases: Sequence[Features]) -> npt.NDArray[np.float32]:
    values = [getattr(case, column.name) for case in cases]
    if column.kind == "category":
        codes = {text: float(code) for code, text in enumerate(column.categories)}
        values = [codes.get(value, MISSING) for value in values]
    return np.array(values, dtype=np.float32)


def contract_hash() -> str:
    """Returns a hash of what a model depends on: names, order, kinds and category codes.

    A model that was trained with another hash can't be served; new wording or ranges don't
    change it.
    """
    contract = [(column.name, column.kind, column.categories) for column in columns()]
    return hashlib.sha256(json.dumps(contract).encode("utf-8")).hexdigest()
