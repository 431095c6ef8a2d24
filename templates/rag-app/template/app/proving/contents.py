"""What is in an index, and whether that is what the folder of documents says."""

from collections.abc import Callable, Collection, Iterable, Sequence
from hashlib import sha256

import numpy as np

from app.corpus.folder import walk
from app.index.index import Index
from app.passages import Passage
from app.project import Project
from app.service.errors import UserError

SHOWN = 5


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


def check_fresh(index: Index, project: Project, say: Callable[[str], None]) -> None:
    """Demands that what is measured is what the documents say now.

    Args:
        index: Which may be older than the documents.
        project: Says where they are.
        say: Is told of documents that are not in the index: they may be unreadable.

    Raises:
        UserError: A document in the index is another one now, or is gone.
    """
    files = {
        source.name: source.file for source in walk(project.corpus.folder, project.corpus.exclude)
    }
    digests = index.digests()
    other = [
        name
        for name, digest in digests.items()
        if name not in files or sha256(files[name].read_bytes()).hexdigest() != digest
    ]
    if other:
        raise UserError(
            f"The index {index.place} is older than the documents: {_some(other)}.",
            "Run `uv run app ingest`.",
        )
    if new := sorted(files.keys() - digests.keys()):
        say(f"Not in the index: {_some(new)}. `uv run app ingest` puts them in, or says why not.")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
