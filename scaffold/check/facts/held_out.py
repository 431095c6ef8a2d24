"""Which rows of a table test, as the split in `project.toml` says and the starter's code draws."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from scaffold.check.facts import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST_LINE = 2
"""Of the file: the names of the columns stand above it."""
_SHARE, _SEED = 0.25, 7
"""What the starter takes where `project.toml` says nothing."""


def lines(data: tables.Table, split: dict[str, Any], entity: object) -> set[int] | None:
    """Lines of the file whose rows test; None where that can't be told.

    Args:
        data: The table.
        split: The section of `project.toml`.
        entity: Name of the column whose rows stay together, if there is one.
    """
    time = split.get("time")
    if time is None:
        return _drawn(data, split, entity)
    test = split.get("test")
    if time not in data.names or not isinstance(test, list):
        return None
    column, wanted = data.names.index(time), {tables.value(str(one)) for one in test}
    return {
        line
        for line, row in enumerate(data.rows, FIRST_LINE)
        if column < len(row) and tables.value(row[column]) in wanted
    }


def _drawn(data: tables.Table, split: dict[str, Any], entity: object) -> set[int] | None:
    """Rows whose entity a hash of its name keeps out of training."""
    seed, share = split.get("seed", _SEED), split.get("unseen_share", _SHARE)
    if not isinstance(seed, int) or not isinstance(share, int | float):
        return None
    names: Sequence[str] | None = [str(number) for number in range(len(data.rows))]
    if entity is not None:
        names = _column(data, entity)
    if names is None:
        return None
    kept = {name: _is_held_out(f"{seed}:{name}", share) for name in set(names)}
    return {line for line, name in enumerate(names, FIRST_LINE) if kept[name]}


def _is_held_out(name: str, share: float) -> bool:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") < share * 2**64


def _column(data: tables.Table, name: object) -> list[str] | None:
    """Values of a column, where they are named as the starter's reader names them."""
    if name not in data.names:
        return None
    place = data.names.index(str(name))
    if any(place >= len(row) for row in data.rows):
        return None
    values = [row[place] for row in data.rows]
    plain = [one.isascii() and one.isdigit() and str(int(one)) == one for one in values]
    texts = [tables.value(one) == one.strip().lower() and bool(one.strip()) for one in values]
    numbers = all(plain)
    return values if numbers or (all(texts) and not any(plain)) else None
