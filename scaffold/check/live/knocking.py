"""Many live addresses, each found awake or not, all at once.

A host that sleeps gets a minute, and so does one that is dead: in turn, the dead ones of a class
would take an hour.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scaffold import strangers
from scaffold.check.facts import markdown
from scaffold.check.facts.live_line import live_link
from scaffold.check.live import addresses, asking

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scaffold.check.live.addresses import Address

AT_ONCE = 64
"""Threads; they only wait."""
_README_BYTES = 5_000_000


@dataclass(frozen=True)
class Door:
    """Where a service is asked, if it may be. It travels between processes.

    Attributes:
        address: Where; None when it must not be asked.
        refused: Why it must not be asked; empty when it may.
        unready: Why it is not ready, where somebody waited for it in vain.
    """

    address: Address | None
    refused: str = ""
    unready: str = ""


def at(named: str, *, trusted: bool) -> Door:
    """The door at an address.

    Args:
        named: The address; empty where there is none.
        trusted: Whether the reader named it.
    """
    if not named:
        return Door(None, "is not named in the README")
    try:
        return Door(addresses.resolve(named, trusted=trusted))
    except addresses.RefusedError as error:
        return Door(None, f"({named[:100]}) {error}")


def knock(folders: Sequence[Path], told: Callable[[int, int], None]) -> list[Door | None]:
    """Wait at the addresses that these READMEs name until each is ready, or its minute is over.

    Args:
        folders: Repositories that anybody may have written.
        told: Is called with how many are done, and of how many.

    Returns:
        One for each; None where the README can't be read.
    """
    doors: list[Door | None] = [None] * len(folders)
    left = deque(enumerate(folders))
    done: queue.Queue[tuple[int, Door | None]] = queue.Queue()

    def go() -> None:
        while True:
            try:
                place, folder = left.popleft()
            except IndexError:
                return
            door = None
            try:
                door = _waited(folder)
            finally:
                done.put((place, door))

    try:
        for _ in range(min(AT_ONCE, len(folders))):
            threading.Thread(target=go, daemon=True).start()
        for count in range(1, len(folders) + 1):
            place, doors[place] = done.get()
            told(count, len(folders))
    finally:
        left.clear()  # whoever is interrupted begins nothing more
    return doors


def _waited(folder: Path) -> Door | None:
    try:
        content = strangers.read(folder / "README.md", _README_BYTES)
        link = live_link(markdown.read("README.md", content.decode("utf-8-sig")))
    except (OSError, ValueError):
        return None
    door = at(link.target if link else "", trusted=False)
    if door.address is None:
        return door
    return replace(door, unready=asking.unready(door.address))
