"""A route of this project: is this weighing right?"""

from typing import Annotated

from fastapi import APIRouter, Query

from app.weighing import judge

router = APIRouter(tags=["own"])


@router.get("/weighing")
def weighing(
    weighed: Annotated[float, Query(gt=0)],
    expected: Annotated[float, Query(gt=0)],
    typical: Annotated[float, Query(gt=0)],
) -> dict[str, bool | str]:
    """Says whether a bird is to be weighed again, and why."""
    verdict = judge(weighed, expected, typical)
    return {"again": verdict.again, "why": verdict.why}
