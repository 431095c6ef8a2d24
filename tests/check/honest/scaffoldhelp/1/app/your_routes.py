"""A route of this project: which rules read my answer?"""

from pathlib import Path

from fastapi import APIRouter

from app.readers import read_rules, readers

router = APIRouter(tags=["own"])
PAGES = Path("data/corpus/rules")


@router.get("/readers/{question}")
def who_reads(question: str) -> list[dict[str, str]]:
    """Lists the rules that read the answer to a README question, in the order to look at them."""
    found = readers(read_rules(PAGES), question.upper())
    return [{"rule": one.name, "title": one.title, "told_by": one.told_by} for one in found]
