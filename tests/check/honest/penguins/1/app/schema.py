"""What is known of a bird before it is weighed: what callipers and a ruler tell, and where it was.

The year is left out: it says which season a row is from, and a later season has no such number.
The sex is left out too: it comes from blood, weeks later.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Features(BaseModel):
    """One adult penguin at its nest."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    species: Literal["Adelie", "Chinstrap", "Gentoo"] = Field(
        title="Species", description="By the bill and the head.", examples=["Gentoo"]
    )
    island: Literal["Biscoe", "Dream", "Torgersen"] = Field(
        title="Island", description="Of the colony.", examples=["Biscoe"]
    )
    bill_length_mm: float = Field(
        ge=28,
        le=65,
        title="Bill length",
        description="Along the upper ridge.",
        examples=[46.1],
        json_schema_extra={"unit": "mm"},
    )
    bill_depth_mm: float = Field(
        ge=11,
        le=24,
        title="Bill depth",
        description="At the nostril.",
        examples=[14.2],
        json_schema_extra={"unit": "mm"},
    )
    flipper_length_mm: int = Field(
        ge=160,
        le=245,
        title="Flipper length",
        description="Of the right flipper, pressed flat.",
        examples=[215],
        json_schema_extra={"unit": "mm"},
    )
