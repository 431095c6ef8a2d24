"""A room is locked when the page says so, both of its tables read."""

from pathlib import Path

import pytest

from app.hours import locked_at, rows

PAGE = Path(__file__).parents[1] / "data" / "corpus" / "opening.md"
OPENING = PAGE.read_text(encoding="utf-8")


def test_rulers_are_no_rows() -> None:
    assert rows("| a | b |\n|---|:-:|\n| 1 | 2 |\n\nNo table.") == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    ("day", "room", "time"),
    [
        ("Friday", "Bench hall", "22:00"),
        ("Friday", "Wood room", "21:30"),
        ("Sunday", "Kiln shed", "14:30"),
    ],
)
def test_minutes_of_the_room_come_off(day: str, room: str, time: str) -> None:
    assert locked_at(OPENING, day, room) == time


def test_nobody_gets_in_on_a_monday() -> None:
    assert locked_at(OPENING, "Monday", "Bench hall") is None
