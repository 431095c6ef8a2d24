"""The hosts of a class's repositories, and those that refuse the instructor, not one learner's."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scaffold.addresses import is_remote
from scaffold.cohort import journal
from scaffold.cohort.remote import NO_SUCH_BRANCH

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scaffold.cohort.outcome import Outcome

_LEAST = 2


def host(place: str) -> str:
    """The host of a place; empty where it is this machine's disk."""
    if not is_remote(place):
        return ""
    if "://" not in place:  # user@host:path
        return place.partition(":")[0].rpartition("@")[2].lower()
    try:
        return urlsplit(place).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def shut(folder: Path, verb: str) -> dict[str, int]:
    """Hosts that refused the instructor: how many repositories were denied on each.

    All of the newest run were, and these are most of those that the class ever had there: one
    learner, or a few whom one tries again, may have made theirs private.

    Args:
        folder: Of the journals.
        verb: Whose runs count.

    Raises:
        OSError: A journal can't be read.
    """
    known: dict[str, set[str]] = {}
    newest: dict[str, list[Outcome]] = {}
    ended: dict[str, Outcome] = {}
    for record in journal.every(folder, verb):
        places = dict(record.planned.tasks)
        ended |= record.ended
        mine: dict[str, list[Outcome]] = {}
        for key, place in places.items():
            known.setdefault(host(place), set()).add(key)
            if key in record.ended:
                mine.setdefault(host(place), []).append(record.ended[key])
        newest |= mine
    found = {}
    for name, outcomes in newest.items():
        denied = sum(is_denied(ended[key]) for key in known[name] if key in ended)
        if name and _all_denied(outcomes) and denied >= _LEAST and denied * 2 > len(known[name]):
            found[name] = denied
    return found


def reason(name: str, denied: int) -> str:
    """Why nothing of a host can be read, in words for the instructor."""
    return f"your credentials for {name} were refused: all {denied} repositories there are denied"


def is_denied(one: Outcome) -> bool:
    """Whether a host refused who asked, and not what was pushed."""
    return one.state == "denied" and NO_SUCH_BRANCH not in one.reason


def _all_denied(outcomes: Sequence[Outcome]) -> bool:
    return all(is_denied(one) for one in outcomes)
