"""How much of data, documents and questions is the starter's, by content."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scaffold.check.facts import prose, tables
from scaffold.check.facts.columns import Column, columns
from scaffold.check.facts.settings import named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from scaffold.check.facts.given import Given
    from scaffold.check.facts.tree import Tree

_SUFFIXES = (".md", ".txt", ".html", ".rst")
MUCH = 0.5
"""Share of columns whose values are the starter's, from which the rows are called reordered."""
_RUN = 5
"""Words of a run: a paragraph of which most runs are the starter's was only touched up."""
_ALIKE = 0.7
"""Share of common words from which two questions are one."""
_MOST_QUESTIONS = 2_000


@dataclass(frozen=True)
class Share:
    """How much of something is the starter's.

    Attributes:
        what: `rows`, `paragraphs`, `questions`, `tasks`.
        file: Where.
        ours: How many are the starter's.
        n: How many there are.
    """

    what: str
    file: str
    ours: int
    n: int

    @property
    def share(self) -> float:
        """Of all; nothing at all is wholly the starter's."""
        return self.ours / self.n if self.n else 1.0


def data(tree: Tree, given: Given, settings: dict[str, Any]) -> Iterator[Share]:
    """What the kind of system keeps: rows, documents and questions, or documents and tasks."""
    match given.template:
        case "supervised-api":
            yield _rows(tree, given, named(settings, "data", "path", ""))
        case "rag-app":
            folder = named(settings, "corpus", "folder", "data/corpus")
            yield _documents(tree, given, folder)
            yield from _questions(tree, given, settings)
        case "multi-agent":
            yield _documents(tree, given, named(settings, "desk", "documents", "data/documents"))
            yield _tasks(tree, given, named(settings, "evaluation", "tasks", "data/tasks.toml"))


def _rows(tree: Tree, given: Given, path: str) -> Share:
    content = tree.data(path)
    if content is None:
        return Share("rows", path or "data", 0, 0)
    starters = dict(given.contents(".csv", ".csv.gz"))
    if content in starters.values():
        return Share("rows", path, 1, 1)
    own = tables.table(path, content)
    if own is None:
        return Share("rows", path, 0, 0)
    n = len(own.rows)
    ours = 0
    for one, theirs_too in starters.items():
        table = _table(one, theirs_too)
        if table is not None:
            same = (
                (own.contents & table.contents).total() if len(own.names) == len(table.names) else 0
            )
            ours = max(ours, same, _reordered(columns(own), columns(table), n))
    return Share("rows", path, ours, n)


@lru_cache(maxsize=2)
def _table(path: str, content: bytes) -> tables.Table | None:
    return tables.table(path, content)


def _reordered(own: Sequence[Column], theirs: Sequence[Column], n: int) -> int:
    """All rows, where most columns hold the starter's values in whatever order; else none."""
    same = sum(any(one.is_like(other) for other in theirs) for one in own)
    return n if same > 1 and same >= MUCH * len(own) else 0


def _counted(
    what: str, file: str, own: Iterable[str], ours: set[str], is_like: Callable[[str], bool]
) -> Share:
    found = set(own)  # what is repeated is there once
    return Share(what, file, sum(one in ours or is_like(one) for one in found), len(found))


def _documents(tree: Tree, given: Given, folder: str) -> Share:
    ours = {
        part
        for path, content in given.contents(*_SUFFIXES)
        if path.startswith(("data/", "tests/"))
        for part in tables.paragraphs(content.decode("utf-8", "replace"))
    }
    own: list[str] = []
    for path in tree.below(folder):
        if path.endswith("README.md"):
            continue
        if path.endswith(_SUFFIXES):
            own += tables.paragraphs((tree.read(path) or b"").decode("utf-8", "replace"))
        elif tree.read(path) not in given.files.values():
            own += [path] * max(1, tree.sizes[path] // 2_000)  # a PDF: as many as it may hold

    def is_touched_up(paragraph: str) -> bool:
        runs = prose.phrases(paragraph.split(), _RUN)
        return len(runs & _runs(frozenset(ours))) > MUCH * len(runs)

    return _counted("paragraphs", folder, own, ours, is_touched_up)


@lru_cache(maxsize=4)
def _runs(paragraphs: frozenset[str]) -> set[tuple[str, ...]]:
    return {run for one in paragraphs for run in prose.phrases(one.split(), _RUN)}


def _like_one_of(ours: set[str]) -> Callable[[str], bool]:
    """Whether a question has most words of one of the starter's."""
    theirs = [set(prose.words(one)) for one in ours]

    def is_like(question: str) -> bool:
        said = set(prose.words(question))
        return any(len(said & one) >= _ALIKE * len(said | one) for one in theirs if one)

    return is_like


def _plain(text: object) -> str:
    return " ".join(word for word in str(text).lower().split())


def _asked(content: bytes | None) -> list[str]:
    found = [_plain(one.get("question", "")) for one in tables.lines(content)]
    return found[:_MOST_QUESTIONS]


def _questions(tree: Tree, given: Given, settings: dict[str, Any]) -> Iterator[Share]:
    ours = {
        question
        for path, content in given.contents(".jsonl")
        if path.startswith("data/golden/")
        for question in _asked(content)
    }
    for kind, file in (
        ("golden", "questions"),
        ("off_topic", "off_topic"),
        ("near_miss", "near_miss"),
    ):
        path = named(settings, "evaluation", kind, f"data/golden/{file}.jsonl")
        what = "questions" if kind == "golden" else f"{kind.replace('_', '-')} questions"
        yield _counted(what, path, _asked(tree.read(path)), ours, _like_one_of(ours))


def _tasks(tree: Tree, given: Given, path: str) -> Share:
    ours = {
        _plain(one.get("question", ""))
        for _, content in given.contents("/tasks.toml")
        for one in tables.tasks(content)
    }
    own = [_plain(one.get("question", "")) for one in tables.tasks(tree.read(path))]
    return _counted("tasks", path, own[:_MOST_QUESTIONS], ours, _like_one_of(ours))
