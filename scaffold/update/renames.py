"""Which files moved: what the release says, and else files that went and came and look alike."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import yaml

from scaffold import strangers, yaml_text
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from scaffold.update.files import File

ALIKE = 0.6
"""Share of text that a moved file keeps. At 0.5, git's own limit, two modules that merely look
alike were taken for one that moved."""
_LEAST_BYTES = 40


def read(root: Path, template: str) -> dict[str, str | None]:
    """What a template says itself: `renames.yml`, old path to new, or to null if it only went.

    Args:
        root: The pack.
        template: Its id.

    Raises:
        RequestError: The file is no such mapping.
    """
    path = root / "templates" / template / "renames.yml"
    if not path.exists():
        return {}
    try:
        text = strangers.read(path, yaml_text.LARGEST_BYTES).decode()
        content = yaml.load(text, Loader=yaml_text.PlainLoader)  # noqa: S506 - safe
        return {_anchored(old): new and _anchored(new) for old, new in (content or {}).items()}
    except (OSError, ValueError, RecursionError, yaml.YAMLError, AttributeError) as error:
        raise RequestError(
            f"templates/{template}/renames.yml cannot be understood: {yaml_text.reason(error)}",
            "It maps old paths to new ones: `/app/old.py: /app/new.py`.",
        ) from error


def _anchored(path: object) -> str:
    if not isinstance(path, str) or not path.startswith("/"):
        raise ValueError(f"{path!r} does not begin with a slash")
    return path[1:]


def by_release(
    old: Mapping[str, File], new: Mapping[str, File], named: Mapping[str, str | None]
) -> dict[str, str]:
    """The files that a release moved: old path to new path.

    Args:
        old: What the older release renders.
        new: What the newer one renders.
        named: What the template says itself; it may lead over several steps.
    """
    moved = {}
    for path in old.keys() - new.keys():
        place = path
        for _ in named:
            place = named.get(place) or place
        if place in new and place not in old:
            moved[path] = place
    gone = old.keys() - new.keys() - moved.keys() - named.keys()
    come = new.keys() - old.keys() - set(moved.values())
    return moved | pair(((path, old[path]) for path in sorted(gone)), sorted(come), new.__getitem__)


def pair(
    gone: Iterable[tuple[str, File]], come: Iterable[str], read_file: Callable[[str], File | None]
) -> dict[str, str]:
    """Pair files that went with files that came, the most alike first.

    Args:
        gone: Path and content of what went.
        come: Paths of what came.
        read_file: Gives the content of one of those.
    """
    come = list(come)
    found = []
    for path, file in gone:
        for other in come:
            if PurePosixPath(path).suffix == PurePosixPath(other).suffix:
                candidate = read_file(other)
                score = alike(file.data, candidate.data) if candidate else 0.0
                named_alike = PurePosixPath(path).name == PurePosixPath(other).name
                if score >= ALIKE:
                    found.append((-score, not named_alike, path, other))
    pairs: dict[str, str] = {}
    for *_, path, other in sorted(found):
        if path not in pairs and other not in pairs.values():
            pairs[path] = other
    return pairs


def alike(one: bytes, other: bytes) -> float:
    """The share of the text of two files that stands in both, from 0 to 1, by whole lines."""
    if min(len(one), len(other)) < _LEAST_BYTES:  # next to nothing looks like anything
        return 0.0
    if one == other:
        return 1.0
    ours, theirs = _lines(one), _lines(other)
    shared = sum(len(line) * count for line, count in (ours & theirs).items())
    total = sum(len(line) * count for line, count in (ours + theirs).items())
    return 2 * shared / total if total else 0.0


def _lines(data: bytes) -> Counter[bytes]:
    return Counter(filter(None, map(bytes.strip, data.split(b"\n"))))
