"""What is in an index: its passages, and the sections that they come from."""

from collections.abc import Callable, Collection, Iterable

import numpy as np

from app.index.index import Index
from app.passages import Passage
from app.service.errors import UserError


def passages_of(index: Index) -> list[Passage]:
    """Returns every passage, in the order in which they were put in.

    Raises:
        UserError: There is none.
    """
    recipe, count = index.recipe(), index.count()
    if recipe is None or not count:
        raise UserError(f"The index {index.place} is empty.", "Run `uv run app ingest`.")
    query = np.zeros(recipe.dimensions, dtype=np.float32)
    query[0] = 1  # whatever it is near to: all are asked for
    ids = sorted(hit.id for hit in index.vector(query, count))
    found = index.passages(ids)
    return [found[number] for number in ids if number in found]


def headings(passages: Iterable[Passage]) -> Callable[[str], Collection[str]]:
    """Returns a function that knows the headings of each document; none of others."""
    found: dict[str, set[str]] = {}
    for passage in passages:
        found.setdefault(passage.source, set()).add(passage.heading)
    return lambda source: found.get(source, set())
