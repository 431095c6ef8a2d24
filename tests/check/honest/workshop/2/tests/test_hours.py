"""A room is locked when the page says so, both of its tables read."""

from pathlib import Path

import pytest

from app.hours import locked_at, rooms, rows

CORPUS = Path(__file__).parents[1] / "data" / "corpus"
OPENING = (CORPUS / "opening.md").read_text(encoding="utf-8")


def test_rulers_are_no_rows() -> None:
    assert rows("| a | b |\n|---|:-:|\n| 1 | 2 |\n\nNo table.") == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    ("day", "room", "time"),
    [
        ("Friday", "Bench hall", "22:00"),
        ("Friday", "Wood room", "21:30"),
        ("Sunday", "Kiln shed", "14:30"),
        ("friday", "wood room", "21:30"),
    ],
)
def test_minutes_of_the_room_come_off(day: str, room: str, time: str) -> None:
    assert locked_at(OPENING, day, room) == time


def test_nobody_gets_in_on_a_monday() -> None:
    assert locked_at(OPENING, "Monday", "Bench hall") is None


def test_every_room_that_closes_earlier_is_a_room_of_the_house() -> None:
    known = rooms((CORPUS / "the-house.md").read_text(encoding="utf-8"))
    earlier = {row[0].casefold() for row in rows(OPENING) if len(row) == 2 and row[1].isdigit()}
    assert earlier
    assert earlier <= known
    assert "sauna" not in known
