"""How many seeds it takes, given how many of a hundred germinate."""

from typing import Annotated

from pydantic import Field

from app.desk.found import Found, ToolRefusedError

MOST_PLANTS = 100_000


def seeds_for(plants: int, germination: int) -> int:
    """Returns how many seeds to sow for so many plants, when so many of a hundred come up."""
    return -(-plants * 100 // germination)


def seeds_needed(
    plants: Annotated[int, Field(description="how many plants are wanted")],
    germination: Annotated[int, Field(description="how many of a hundred seeds come up")],
) -> Found:
    """Work out how many seeds to sow.

    Raises:
        ToolRefusedError: That is no number of plants, or no share of seeds.
    """
    if not 0 < plants <= MOST_PLANTS:
        raise ToolRefusedError(f"{plants} plants are no field.", f"1 to {MOST_PLANTS}.")
    if not 0 < germination <= 100:  # noqa: PLR2004 - of a hundred
        raise ToolRefusedError(f"{germination} of a hundred can't come up.", "1 to 100.")
    return {
        "rows": [{"seeds": seeds_for(plants, germination)}],
        "row_count": 1,
        "truncated": False,
    }
