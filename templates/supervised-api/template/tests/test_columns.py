"""What `Features` says decides everything else."""

import math
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from app.columns import columns, columns_of, contract_hash, encode, example
from app.schema import Features
from app.service.errors import UserError


class Every(BaseModel):
    """One field of each kind that a model can take."""

    size: float = Field(ge=0, le=9, title="Size", examples=[4], json_schema_extra={"unit": "m"})
    count: int | None = None
    known: bool
    colour: Literal["red", "green"] | None = None
    only: Literal["one"] = "one"


def test_each_field_becomes_a_column_in_its_order() -> None:
    size, count, known, colour, only = columns_of(Every)
    assert (size.kind, size.minimum, size.maximum, size.unit) == ("number", 0, 9, "m")
    assert (count.kind, count.whole, count.optional) == ("number", True, True)
    assert (known.kind, known.optional) == ("boolean", False)
    assert (colour.kind, colour.categories) == ("category", ("red", "green"))
    assert only.categories == ("one",)
    assert [column.example for column in columns_of(Every)] == [4, None, False, None, None]


@pytest.mark.parametrize("kind", [str, list[int], int | str, Literal[1, 2], dict[str, int]])
def test_a_field_that_no_model_can_take_is_refused_by_name(kind: type) -> None:
    wrong = type("Wrong", (BaseModel,), {"__annotations__": {"odd": kind}})
    with pytest.raises(UserError, match="odd"):
        columns_of(wrong)


def test_without_examples_the_plainest_value_stands_in() -> None:
    class Bare(BaseModel):
        """No field has an example."""

        years: int = Field(ge=18)
        member: bool
        plan: Literal["basic", "full"]

    assert [column.example for column in columns_of(Bare)] == [18, False, "basic"]


def test_the_example_is_a_valid_case_and_names_every_column() -> None:
    case = Features.model_validate(example())
    assert list(example()) == [column.name for column in columns()]
    assert len(encode(case)) == len(columns())


def test_a_missing_value_becomes_nan_and_nothing_else_does() -> None:
    optional = [column.name for column in columns() if column.optional]
    full = encode(Features.model_validate(example()))
    sparse = encode(Features.model_validate(example() | dict.fromkeys(optional)))
    for column, value, gap in zip(columns(), full, sparse, strict=True):
        assert math.isnan(gap) == column.optional
        assert math.isnan(value) == (column.example is None)


def test_categories_become_their_position_in_the_schema() -> None:
    for index, column in enumerate(columns()):
        for code, text in enumerate(column.categories):
            assert encode(Features.model_validate(example() | {column.name: text}))[index] == code


def test_the_contract_is_the_same_each_time() -> None:
    assert contract_hash() == contract_hash()
    assert len(contract_hash()) == 64
