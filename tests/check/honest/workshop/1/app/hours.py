"""When a room is locked, worked out from the tables of the page about opening.

Two tables have to be read together, and readers stop at the first.
"""

CLOSED = "closed"
BY_DAY, BY_ROOM = 3, 2  # columns of the two tables


def rows(text: str) -> list[list[str]]:
    """Returns the cells of every row of every table, rulers left out."""
    lines = (line.strip() for line in text.split("\n"))
    cut = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line)
    return [cells for cells in cut if set("".join(cells)) - set("-:")]


def minutes(clock: str) -> int:
    """Returns the minutes since midnight of a time such as 21:00."""
    hour, _, minute = clock.partition(":")
    return 60 * int(hour) + int(minute)


def locked_at(opening: str, day: str, room: str) -> str | None:
    """Returns the time at which a room is locked; None on a day on which the house is shut.

    Args:
        opening: The page, with hours by day and minutes by room.
        day: Name of a day of the week.
        room: Name of a room.
    """
    cells = rows(opening)
    closes = {row[0]: row[2] for row in cells if len(row) == BY_DAY}
    pairs = [row for row in cells if len(row) == BY_ROOM and row[1].isdigit()]
    earlier = {row[0]: int(row[1]) for row in pairs}
    clock = closes.get(day, CLOSED)
    if clock == CLOSED:
        return None
    left = minutes(clock) - earlier.get(room, 0)
    return f"{left // 60:02}:{left % 60:02}"
