"""A route of this project: until when can I be in a room?"""

from pathlib import Path

from fastapi import APIRouter

from app.hours import locked_at, rooms

router = APIRouter(tags=["own"])
PAGES = Path("data/corpus")


@router.get("/locked/{day}/{room}")
def locked(day: str, room: str) -> dict[str, str | None]:
    """Says when a room is locked on a day of the week; nothing where it is not open, or unknown."""
    opening, house = (
        (PAGES / name).read_text(encoding="utf-8") for name in ("opening.md", "the-house.md")
    )
    known = room.casefold() in rooms(house)
    return {"day": day, "room": room, "locked_at": locked_at(opening, day, room) if known else None}
