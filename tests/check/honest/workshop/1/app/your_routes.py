"""A route of this project: until when can I be in a room?"""

from pathlib import Path

from fastapi import APIRouter

from app.hours import locked_at

router = APIRouter(tags=["own"])
PAGE = Path("data/corpus/opening.md")


@router.get("/locked/{day}/{room}")
def locked(day: str, room: str) -> dict[str, str | None]:
    """Says when a room is locked on a day of the week; nothing where it is not open at all."""
    opening = PAGE.read_text(encoding="utf-8")
    return {"day": day, "room": room, "locked_at": locked_at(opening, day, room)}
