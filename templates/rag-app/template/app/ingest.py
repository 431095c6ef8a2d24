"""From a folder of documents to the index: only what changed is read, cut and embedded anew."""

import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from app.corpus import chunks
from app.corpus.document import UnreadableError, clean, one_line
from app.corpus.folder import Source, walk
from app.corpus.loading import load, most_bytes
from app.embedding.embedder import Embedder
from app.index.index import Entry, Index, Recipe
from app.passages import Passage
from app.project import Project
from app.service.errors import UserError

BATCH = 256  # passages that are embedded together, about
MOST_REASON = 200  # signs
Watch = Callable[[Sequence[Source]], Iterable[Source]]


@dataclass(frozen=True)
class Skipped:
    """A document that could not be read, and why; what the index held of it stays."""

    source: str
    reason: str


@dataclass(frozen=True)
class Ingested:
    """What an ingest did.

    Attributes:
        added: Documents that are new.
        changed: Documents whose bytes differ from those in the index.
        removed: Documents that are no longer there.
        unchanged: Documents that were left as they are.
        skipped: Documents that can't be read.
        rebuilt: Why everything was made anew; empty where it was not.
        passages: That were made.
        version: Of the index, now.
        seconds: All in all.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    rebuilt: str
    passages: int
    version: int
    seconds: float


def ingest(index: Index, project: Project, embedder: Embedder, watch: Watch = iter) -> Ingested:
    """Makes the index say what the folder says, in one step for whoever searches meanwhile.

    Where the recipe changed, nothing of the old index is kept: also not of documents that can't
    be read now.

    Args:
        index: Where to.
        project: Its `corpus` and `chunks` say what, and how it is cut.
        embedder: Makes the vectors.
        watch: Gets the documents and gives them back one by one: for a progress bar.

    Raises:
        UserError: There is no document, none can be read, or a vector can't be made. Then the
            index is as it was.
    """
    start = time.perf_counter()
    recipe = Recipe(
        embedder=embedder.name,
        dimensions=embedder.dimensions,
        chunks=chunks.recipe(project.chunks.words),
        language=project.corpus.language,
    )
    while True:
        before, present = index.version(), index.recipe()
        known = index.digests() if present == recipe else {}
        sources = walk(project.corpus.folder, project.corpus.exclude)
        gone = set(known) - {source.name for source in sources}
        work = _Work(known, embedder, project.chunks.words)
        version = index.replace(work.entries(watch(sources)), gone, recipe)
        if version <= before + 1:
            break
        # Another process ingested since we looked; what it changed may be what we relied on.
    return Ingested(
        added=work.added,
        changed=work.changed,
        removed=len(gone),
        unchanged=work.unchanged,
        skipped=tuple(work.skipped),
        rebuilt=_difference(present, recipe),
        passages=work.passages,
        version=version,
        seconds=time.perf_counter() - start,
    )


def _difference(old: Recipe | None, new: Recipe) -> str:
    if old is None:
        return ""
    pairs = ((name, getattr(old, name), value) for name, value in vars(new).items())
    return ", ".join(f"{name}: {was} -> {is_}" for name, was, is_ in pairs if was != is_)


@dataclass
class _Work:
    """Reads documents and counts what it meets."""

    known: Mapping[str, str]
    embedder: Embedder
    words: int
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    passages: int = 0
    skipped: list[Skipped] = field(default_factory=list)

    def entries(self, sources: Iterable[Source]) -> Iterator[Entry]:
        """Yields the documents that are new or changed, with vectors.

        Raises:
            UserError: None at all could be read.
        """
        batch: list[tuple[Source, str, list[Passage]]] = []
        for source in sources:
            try:
                data = _read(source.file)
                digest = sha256(data).hexdigest()
                if self.known.get(source.name) == digest:
                    self.unchanged += 1
                    continue
                document = load(source.name, data)
            except UnreadableError as error:
                reason = one_line(clean(str(error)))[:MOST_REASON]  # it may quote the file
                self.skipped.append(Skipped(source.name, reason))
                continue
            if source.name in self.known:
                self.changed += 1
            else:
                self.added += 1
            batch.append((source, digest, chunks.cut(source.name, document, self.words)))
            if sum(len(passages) for _, _, passages in batch) >= BATCH:
                yield from self._embedded(batch)
                batch = []
        yield from self._embedded(batch)
        if self.skipped and not (self.added or self.changed or self.unchanged):
            first = self.skipped[0]
            raise UserError(
                f"None of {len(self.skipped)} documents can be read; {first.source}: "
                f"{first.reason}.",
                "Put readable documents into the folder; the index is as it was.",
            )

    def _embedded(self, batch: Sequence[tuple[Source, str, list[Passage]]]) -> Iterator[Entry]:
        together = [one for _, _, passages in batch for one in passages]
        if not batch:
            return
        vectors = self.embedder.documents([f"{one.breadcrumb}\n{one.text}" for one in together])
        self.passages += len(together)
        start = 0
        for source, digest, passages in batch:
            end = start + len(passages)
            yield Entry(source.name, digest, passages, vectors[start:end])
            start = end


def _read(file: Path) -> bytes:
    try:
        about = file.stat()
        if not stat.S_ISREG(about.st_mode):
            raise UnreadableError("it is no ordinary file")
        limit = most_bytes(file.name)
        if about.st_size > limit:
            raise UnreadableError(f"it is larger than {limit / 1e6:.0f} MB")
        return file.read_bytes()
    except OSError as error:
        raise UnreadableError(f"it can't be opened: {error.strerror}") from error
