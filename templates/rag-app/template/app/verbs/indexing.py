"""The verb that makes the index."""

import argparse
import sys
from contextlib import closing
from typing import TYPE_CHECKING, TextIO

from app.verbs.parsing import Verbs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.corpus.folder import Source
    from app.ingest import Ingested


def _bar(sources: "Sequence[Source]") -> "Iterable[Source]":
    from tqdm import tqdm

    # With None it is silent where standard error is no terminal.
    bar: Iterable[Source] = tqdm(sources, unit="file", disable=None, leave=False)
    return bar


def print_ingested(done: "Ingested", total: int, place: str, stream: TextIO | None = None) -> None:
    """Prints what an ingest did.

    Args:
        done: What it returned.
        total: How many passages the index has now.
        place: Where it is.
        stream: Where to print; None means standard output.
    """
    for one in done.skipped:
        print(f"skipped {one.source}: {one.reason}", file=sys.stderr)
    if done.rebuilt:
        print(f"everything was made anew: {done.rebuilt}", file=stream)
    counts = ("added", "changed", "removed", "unchanged")
    told = ", ".join(f"{getattr(done, name)} {name}" for name in counts)
    skipped = f", {len(done.skipped)} skipped" if done.skipped else ""
    print(f"documents: {told}{skipped}", file=stream)
    made = f"{done.passages} made in {done.seconds:.1f} s"
    print(f"passages: {made}, {total} in {place}", file=stream)


def _ingest(_: argparse.Namespace) -> None:
    from app.corpus.folder import left_out
    from app.embedding.choosing import load_embedder
    from app.index.opening import open_index
    from app.ingest import ingest
    from app.project import read_project
    from app.settings import read_settings

    settings = read_settings()
    project = read_project(settings.project_file)
    embedder = load_embedder(settings)
    with closing(open_index(settings.database_url)) as index:
        done = ingest(index, project, embedder, _bar)
        print_ingested(done, index.count(), index.place)
    if left := left_out(project.corpus.folder, project.corpus.exclude):
        print("left out: " + ", ".join(f"{left[why]} {why}" for why in sorted(left)))


def add(verbs: Verbs) -> None:
    """Adds the verb."""
    verb = verbs.add_parser(
        "ingest",
        help="make the index say what the documents say",
        description="Reads the folder that project.toml names and writes the index that "
        "DATABASE_URL names; only documents that changed are read anew. Others may search "
        "meanwhile. A document that can't be read is named and skipped; files that are none are "
        "counted by their endings.",
    )
    verb.set_defaults(run=_ingest)
