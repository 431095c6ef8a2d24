"""Python files as syntax trees: what they define, assert, skip and read. Nothing is imported."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from scaffold.check.facts.statements import is_text, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_CHARACTERS = 500_000
_DEEPEST_CLASS = 8
_RAISES = {"raises", "warns", "fail"}


@lru_cache(maxsize=64)
def parse(text: str | None) -> ast.Module | None:
    """The tree of a file; None where it is no Python, or more than anybody writes."""
    if text is None or len(text) > MOST_CHARACTERS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@dataclass(frozen=True)
class Test:
    """A test function.

    Attributes:
        path: Of its file.
        name: Of the function.
        line: From 1.
        asserts: How many of its checks could fail.
        skipped: Whether it never runs, or may fail.
        shapes: Fingerprints of its statements, which names and format do not change.
        uses: Whether it works with anything from outside itself.
    """

    __test__ = False

    path: str
    name: str
    line: int
    asserts: int
    skipped: bool
    shapes: frozenset[int]
    uses: bool


class Files:
    """Python files by path; each is parsed when somebody asks for more than its text.

    Attributes:
        texts: Their texts.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def tree(self, path: str) -> ast.Module | None:
        """One of them; None where it is not there or no Python."""
        return parse(self.texts.get(path))

    def containing(self, *words: str) -> list[str]:
        """Paths of those whose text holds all of some words."""
        return [path for path, text in self.texts.items() if all(word in text for word in words)]

    def tests(self, path: str) -> tuple[Test, ...]:
        """The test functions of one of them."""
        return _tests(path, self.texts.get(path, ""))

    def find_test(self, name: str) -> list[Test]:
        """The test functions of that name."""
        paths = self.containing(f"def {name}(")
        return [one for path in paths for one in self.tests(path) if one.name == name]


@lru_cache(maxsize=2_000)
def _tests(path: str, text: str) -> tuple[Test, ...]:
    return tuple(_found_tests(path, parse(text)))


def _found_tests(path: str, module: ast.Module | None) -> Iterator[Test]:
    if module is None:
        return
    all_skipped = any(_skips_module(statement) for statement in module.body)
    imported = {name for node in ast.walk(module) for name in _imported(node)}
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not node.name.startswith("test"):
            continue
        arguments = {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
        read = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        yield Test(
            path,
            node.name,
            node.lineno,
            sum(map(_checks, ast.walk(node))),
            all_skipped or _is_skipped(node),
            frozenset(piece.shape for piece in pieces(node.body)),
            bool(read & (imported | arguments)) or bool(arguments - {"self"}),
        )


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield (alias.asname or alias.name).partition(".")[0]


def _checks(node: ast.AST) -> bool:
    """Whether a node is a check that could fail."""
    if isinstance(node, ast.Assert):
        return any(isinstance(one, ast.Name | ast.Call) for one in ast.walk(node.test))
    if isinstance(node, ast.Call):
        name = dotted(node.func).rpartition(".")[2]
        return name in _RAISES or name.startswith("assert")
    return False


def _is_skipped(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if any(_is_skip(decorator) for decorator in node.decorator_list):
        return True
    first = [one for one in node.body if not is_text(one)][:1]
    return any(
        isinstance(one, ast.Return | ast.Pass)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Call) and _is_skip(one.value))
        for one in first
    )


def _is_skip(node: ast.expr) -> bool:
    call = node if isinstance(node, ast.Call) else None
    name = dotted(call.func if call else node).rpartition(".")[2]
    if name == "skipif":
        condition = call.args[0] if call and call.args else None
        return isinstance(condition, ast.Constant) and bool(condition.value)
    return name in {"skip", "xfail", "importorskip"} and "pytest" in dotted(
        call.func if call else node
    )


def _skips_module(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign) and any(
        isinstance(one, ast.Name) and one.id == "pytestmark" for one in statement.targets
    ):
        marks = statement.value.elts if isinstance(statement.value, ast.List) else [statement.value]
        return any(_is_skip(mark) for mark in marks)
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and dotted(statement.value.func) == "pytest.skip"
    )


def dotted(node: ast.expr) -> str:
    """`pytest.mark.skip` of the tree of it; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ".".join(parts)


def settings(files: Files) -> dict[str, str]:
    """Names that the settings classes read from the environment, and the file of each."""
    classes = {
        node.name: (path, node)
        for path in files.containing("Settings", "class ")
        if (module := files.tree(path))
        for node in module.body
        if isinstance(node, ast.ClassDef)
    }

    def is_settings(name: str, depth: int = 0) -> bool:
        if name == "BaseSettings":
            return True
        bases = classes[name][1].bases if name in classes and depth < _DEEPEST_CLASS else []
        return any(is_settings(dotted(base).rpartition(".")[2], depth + 1) for base in bases)

    return {
        statement.target.id.upper(): path
        for name, (path, node) in classes.items()
        if is_settings(name)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and not statement.target.id.startswith(("_", "model_config"))
    }
