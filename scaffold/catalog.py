"""What a pack offers: its starters, by month."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from scaffold import strangers, yaml_text
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_TEXTS = ("title", "month", "deliverable", "summary")
_LISTS = ("skills", "stack")
_MONTH = re.compile("[0-9]{1,4}")


@dataclass(frozen=True)
class Starter:
    """One template of the pack, as `starter.yml` describes it.

    Attributes:
        id: The template's id, never renamed.
        title: What it is, in a few words.
        month: Roadmap months, for instance `1-2`.
        deliverable: What is live at the end.
        summary: One sentence.
        skills: What finishing it shows.
        stack: What it is built with.
    """

    id: str
    title: str
    month: str
    deliverable: str
    summary: str
    skills: tuple[str, ...]
    stack: tuple[str, ...]


def read(root: Path) -> list[Starter]:
    """All starters of the pack at `root`, in the order of the roadmap.

    Raises:
        RequestError: A `starter.yml` is incomplete.
    """
    found = [_starter(path) for path in sorted((root / "templates").glob("*/starter.yml"))]
    return sorted(
        found, key=lambda starter: ([int(m) for m in _numbers(starter.month)], starter.id)
    )


def find(starters: Sequence[Starter], template: str) -> Starter:
    """The starter of that id.

    Raises:
        RequestError: There is none; the nearest id is named.
    """
    for starter in starters:
        if starter.id == template:
            return starter
    ids = [starter.id for starter in starters]
    near = difflib.get_close_matches(template, ids, n=1, cutoff=0.4)
    raise RequestError(
        f"There is no template {template}" + (f"; did you mean {near[0]}?" if near else "."),
        f"`scaffold list` shows them all: {', '.join(ids)}.",
    )


def _numbers(month: str) -> list[str]:
    parts = month.replace("-", " ").split()
    if any(part.isdigit() and not _MONTH.fullmatch(part) for part in parts):
        raise ValueError(f"the month is {month[:20]!r}, not a number or two such as 1-2")
    return [part for part in parts if part.isdigit()]


def _starter(path: Path) -> Starter:
    try:
        text = strangers.read(path, yaml_text.LARGEST_BYTES).decode()
        entry = yaml.load(text, Loader=yaml_text.PlainLoader)  # noqa: S506 - safe
        texts: dict[str, Any] = {name: str(entry[name]) for name in _TEXTS}
        lists: dict[str, Any] = {name: tuple(map(str, entry[name])) for name in _LISTS}
        _numbers(texts["month"])
    except (OSError, ValueError, RecursionError, yaml.YAMLError, KeyError, TypeError) as error:
        raise RequestError(
            f"templates/{path.parent.name}/starter.yml is incomplete: {yaml_text.reason(error)}",
            f"It needs {', '.join((*_TEXTS, *_LISTS))}.",
        ) from error
    return Starter(id=path.parent.name, **texts, **lists)
