"""What of a repository is its author's, counted against what the starter gave."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from scaffold.check.facts import code, statements
from scaffold.check.facts.shares import MUCH, Share, data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.given import Given
    from scaffold.check.facts.tree import Tree

MOSTLY = 0.5
"""Share of a function's lines from which all of them are the author's."""
Kind = Literal["code", "tests", "data", "text"]


@dataclass(frozen=True)
class Own:
    """What is the author's.

    Attributes:
        lines: Of code, tests and text, by kind.
        files: The files in which they stand, most lines first.
        data: How much of the data and of the questions is the starter's.
    """

    lines: dict[Kind, int]
    files: dict[str, int] = field(default_factory=dict)
    data: tuple[Share, ...] = ()

    @property
    def demo_data(self) -> bool:
        """Whether most of the data that is measured on is the starter's."""
        return any(one.share >= MUCH for one in self.data if one.what != "questions")


def count(tree: Tree, given: Given, settings: dict[str, Any]) -> Own:
    """Count what is the author's.

    Args:
        tree: The repository's files.
        given: What the starter gave.
        settings: Its `project.toml`.
    """
    lines: dict[Kind, int] = {"code": 0, "tests": 0, "text": 0}
    files: dict[str, int] = {}
    for kind, path, found in _own_lines(tree, given):
        lines[kind] += found
        files[path] = found
    ordered = dict(sorted(files.items(), key=lambda one: -one[1]))
    return Own(lines, ordered, tuple(data(tree, given, settings)))


def _own_lines(tree: Tree, given: Given) -> Iterator[tuple[Kind, str, int]]:
    changed = [
        path
        for path in tree.sizes
        if path.endswith((".py", ".md"))
        and (content := tree.read(path)) is not None
        and content.replace(b"\r\n", b"\n") != given.files.get(path)
    ]
    yield from _own_code([one for one in changed if one.endswith(".py")], tree, given)
    pages = [one for one in changed if one == "README.md" or one.startswith("docs/")]
    theirs = [one for one in given.files if pages and one.endswith(".md")]
    said = {line for one in theirs for line in _lines(given, one)}
    for path in pages:
        text = tree.text(path) or ""
        found = sum(bool(line.strip()) and line.strip() not in said for line in text.split("\n"))
        if found:
            yield "text", path, found


def _own_code(paths: list[str], tree: Tree, given: Given) -> Iterator[tuple[Kind, str, int]]:
    modules: set[str] = set()
    for path in (one for one in paths if one.startswith("app/")):
        is_new = path not in given.files
        if is_new and not _is_used(path, tree):
            continue
        if found := _new_lines(tree.text(path), shapes(given)):
            if is_new:
                modules.add(path.removesuffix(".py").replace("/", "."))
            yield "code", path, found
    for path in (one for one in paths if one.startswith("tests/")):
        text = tree.text(path) or ""
        found = max(_new_lines(text, shapes(given)), _lines_about(modules, path, text))
        if found:
            yield "tests", path, found


def _new_lines(text: str | None, known: frozenset[int]) -> int:
    """Lines of statements that are not the starter's; of a function mostly new, all of them."""
    module = code.parse(text)
    n = 0
    for part in statements.parts(module.body) if module else ():
        new = sum(piece.lines for piece in part if piece.shape not in known)
        whole = sum(piece.lines for piece in part)
        n += whole if new >= MOSTLY * whole else new
    return n


def _lines_about(modules: set[str], path: str, text: str) -> int:
    """Lines of the tests that check the author's own modules: no starter could have them."""
    if not modules:
        return 0
    return sum(one.lines for one in code.Files({path: text}).tests(path) if one.modules & modules)


def _is_used(path: str, tree: Tree) -> bool:
    """Whether another file imports or runs a module; code that nothing uses is nobody's work."""
    dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    above, _, last = map(re.escape, dotted.rpartition("."))
    uses = re.compile(
        rf"\b{re.escape(dotted)}\b"
        rf"|\bfrom (?:{above}|\.+) import (?:\([^)]*|[^\n]*)\b{last}\b"
        rf"|\bfrom \.+{last}\b"
    )
    others = (*tree.below("app", ".py"), *tree.below("tests", ".py"), "pyproject.toml")
    return any(uses.search(tree.text(one) or "") for one in others if one != path)


def _lines(given: Given, path: str) -> list[str]:
    return [line.strip() for line in given.text(path).split("\n")]


def shapes(given: Given) -> frozenset[int]:
    """Fingerprints of every statement that the starter gave, wherever it stands."""
    return _shapes_of(tuple(dict.fromkeys(content for _, content in given.contents(".py"))))


@lru_cache(maxsize=4)
def _shapes_of(files: tuple[bytes, ...]) -> frozenset[int]:
    modules = (code.parse(content.decode("utf-8", "replace")) for content in files)
    return frozenset(
        piece.shape for module in modules if module for piece in statements.pieces(module.body)
    )
