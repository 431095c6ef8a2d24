"""What is known of a function before anybody asks whether it needs a docstring.

Its module is left out, as it is a name; what the others there do is known when a reviewer looks.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Features(BaseModel):
    """A function or method, without its docstring."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    kind: Literal["public", "private", "dunder"] = Field(
        title="Name",
        description="With an underscore, two on both sides, or none.",
        examples=["public"],
    )
    in_class: bool = Field(
        title="Method", description="Whether it stands in a class.", examples=[True]
    )
    arguments: int = Field(
        ge=0, le=40, title="Arguments", description="Without self.", examples=[2]
    )
    lines: int = Field(
        ge=0,
        le=1000,
        title="Length",
        description="Of its statements.",
        examples=[7],
        json_schema_extra={"unit": "lines"},
    )
    branches: int = Field(
        ge=0, le=200, title="Branches", description="If, for, while and try.", examples=[1]
    )
    decorators: int = Field(ge=0, le=10, title="Decorators", description="Above it.", examples=[0])
    returns: bool = Field(
        title="Returns", description="Whether it gives something back.", examples=[True]
    )
    others: float | None = Field(
        default=None,
        ge=0,
        le=1,
        title="The others",
        description="Share of the module's other functions without a docstring.",
        examples=[0.4],
    )
