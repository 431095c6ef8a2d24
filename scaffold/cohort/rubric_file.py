"""`rubric.toml`, read and checked: everything that is wrong is named at once."""

from __future__ import annotations

import difflib
import math
import tomllib
from typing import TYPE_CHECKING, Any, TypeGuard

from scaffold import strangers
from scaffold.check.rule import FAMILIES
from scaffold.cohort.rubric import ALL_PERCENT, WORDS, Criterion, Late, Rubric
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

FILE = "rubric.toml"
_MOST_BYTES = 1_000_000
_MOST_POINTS = 10_000
_KEYS = {
    "": ("criteria", "late"),
    "criteria": ("title", "points", "needs", "assignments"),
    "late": ("percent", "percent_per_day", "most"),
}


def read(folder: Path, assignments: Collection[str]) -> Rubric | None:
    """The rubric of a class; None where it has none.

    Args:
        folder: Of the class.
        assignments: Ids of the class's assignments.

    Raises:
        RequestError: It can't be read or is wrong; everything that is wrong is named at once.
    """
    path = folder / FILE
    try:
        text = strangers.read(path, _MOST_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise RequestError(f"{path} can't be read: {error}.", "It is a UTF-8 text.") from error
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RequestError(
            f"{path} is no TOML: {error}.", "docs/cohort.md has a rubric to begin with."
        ) from error
    complaints = list(_complaints(content, assignments))
    if complaints:
        raise RequestError(
            f"{path}: {'; '.join(complaints)}.",
            "Correct each of them; docs/cohort.md says what a rubric holds.",
        )
    late = content.get("late", {})
    return Rubric(
        tuple(
            Criterion(
                one["title"].strip(),
                float(one["points"]),
                tuple(one["needs"]),
                tuple(one.get("assignments", ())),
            )
            for one in content["criteria"]
        ),
        Late(
            float(late.get("percent", 0)),
            float(late.get("percent_per_day", 0)),
            float(late.get("most", ALL_PERCENT)),
        ),
    )


def _complaints(content: Mapping[str, Any], assignments: Collection[str]) -> Iterator[str]:
    yield from _unknown_keys(content, "", "")
    late = content.get("late", {})
    if isinstance(late, dict):
        yield from _unknown_keys(late, "late", "late: ")
        for key in _KEYS["late"]:
            if not _is_number(late.get(key, 0)) or not 0 <= late.get(key, 0) <= ALL_PERCENT:
                yield f"late.{key} is a number of percent from 0 to {ALL_PERCENT}"
    else:
        yield "late is a table: [late]"
    criteria = content.get("criteria")
    if not isinstance(criteria, list) or not criteria:
        yield "it has no [[criteria]]"
        return
    titles: set[str] = set()
    for number, one in enumerate(criteria, 1):
        name = f"criteria {number}"
        if not isinstance(one, dict):
            yield f"{name} is a table: [[criteria]]"
            continue
        yield from _criterion(one, name, assignments)
        title = one.get("title")
        if isinstance(title, str) and title.strip():
            if title.strip() in titles:
                yield f"{name}: the title {title.strip()!r} is there already"
            titles.add(title.strip())


def _criterion(one: Mapping[str, Any], name: str, assignments: Collection[str]) -> Iterator[str]:
    yield from _unknown_keys(one, "criteria", f"{name}: ")
    title = one.get("title")
    if not isinstance(title, str) or not title.strip():
        yield f"{name} needs a title"
    points = one.get("points")
    if not _is_number(points) or not 0 < points <= _MOST_POINTS:
        yield f"{name} needs points, a number above 0"
    needs = one.get("needs")
    if not isinstance(needs, list) or not needs:
        yield f"{name} needs a list of needs, such as ['PF', 'DP101', 'live']"
    else:
        yield from _named(needs, (*WORDS, *FAMILIES, *_rules()), f"{name}: needs")
    counted = one.get("assignments", [])
    if not isinstance(counted, list):
        yield f"{name}: assignments is a list of their ids"
    else:
        yield from _named(counted, assignments, f"{name}: assignments")


def _named(words: Iterable[Any], known: Collection[str], where: str) -> Iterator[str]:
    for word in words:
        if word not in known:
            near = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.4)
            yield f"{where} names {word!r}, which is none" + (
                f"; did you mean {near[0]!r}?" if near else ""
            )


def _rules() -> tuple[str, ...]:
    from scaffold.check.rules import catalogue

    return tuple(catalogue())


def _unknown_keys(found: Mapping[str, Any], kind: str, where: str) -> Iterator[str]:
    for key in found:
        if key not in _KEYS[kind]:
            near = difflib.get_close_matches(key, _KEYS[kind], n=1, cutoff=0.5)
            yield f"{where}there is no key {key!r}" + (
                f"; did you mean {near[0]!r}?" if near else ""
            )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
