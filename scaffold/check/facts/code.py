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
_RAISES = {"raises", "warns", "fail"}
_CATCHING = {"AssertionError", "Exception", "BaseException"}


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
        conditional: Whether it runs on some machines only.
        shapes: Fingerprints of its statements, which names and format do not change.
        uses: Whether it works with anything from outside itself.
        modules: Modules of `app` of which it uses something, by their dotted names.
        lines: How many lines its statements have.
    """

    __test__ = False

    path: str
    name: str
    line: int
    asserts: int
    skipped: bool
    shapes: frozenset[int]
    uses: bool
    modules: frozenset[str] = frozenset()
    lines: int = 0
    conditional: bool = False


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
    marks = _named_marks(module)
    never = {name for name, mark in marks.items() if _is_skip(mark)}
    of_all = _module_marks(module)
    of_app = dict(each for node in ast.walk(module) for each in _of_app(node))
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not node.name.startswith("test"):
            continue
        arguments = {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
        read = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        found = list(pieces(node.body))
        yield Test(
            path,
            node.name,
            node.lineno,
            sum(map(_checks, _told(node))),
            all_skipped or _is_skipped(node) or any(map(never.__contains__, _names(node))),
            frozenset(piece.shape for piece in found),
            bool(read & (imported | arguments)) or bool(arguments - {"self"}),
            frozenset(of_app[name] for name in read & of_app.keys()),
            sum(piece.lines for piece in found),
            any(_is_conditional(one, marks) for one in (*node.decorator_list, *of_all)),
        )


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield (alias.asname or alias.name).partition(".")[0]


def _named_marks(module: ast.Module) -> dict[str, ast.expr]:
    """Marks of pytest that a file gives a name: `slow = pytest.mark.skipif(...)`."""
    return {
        target.id: one.value
        for one in module.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name) and target.id != "pytestmark" and _is_mark(one.value)
    }


def _is_mark(node: ast.expr) -> bool:
    name = dotted(node.func if isinstance(node, ast.Call) else node)
    return name.startswith(("pytest.mark.", "mark."))


def _names(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for one in node.decorator_list:
        yield dotted(one.func if isinstance(one, ast.Call) else one)


def _module_marks(module: ast.Module) -> list[ast.expr]:
    found: list[ast.expr] = []
    for one in module.body:
        if isinstance(one, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark" for target in one.targets
        ):
            found += one.value.elts if isinstance(one.value, ast.List) else [one.value]
    return found


def _is_conditional(node: ast.expr, marks: Mapping[str, ast.expr]) -> bool:
    """Whether a mark lets a test run on some machines only."""
    node = marks.get(node.id, node) if isinstance(node, ast.Name) else node
    return dotted(node.func if isinstance(node, ast.Call) else node).rpartition(".")[2] == "skipif"


def _of_app(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Names that a file takes from the modules of `app`, each with its module."""
    if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "app":
        for alias in node.names:
            yield alias.asname or alias.name, node.module or ""


def _told(node: ast.AST) -> Iterator[ast.AST]:
    """Every node but those whose failing check is caught and forgotten."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        forgotten = set(_forgotten(one))
        waiting += [child for child in ast.iter_child_nodes(one) if child not in forgotten]


def _forgotten(node: ast.AST) -> list[ast.stmt]:
    """What stands where an AssertionError is let go: below `suppress`, or a `try` that goes on."""
    if isinstance(node, ast.With | ast.AsyncWith):
        for item in node.items:
            call = item.context_expr
            called = call if isinstance(call, ast.Call) else None
            kinds = called.args if called and dotted(called.func).endswith("suppress") else []
            if any(dotted(one) in _CATCHING for one in kinds):
                return node.body
    if isinstance(node, ast.Try):
        for handler in node.handlers:
            caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            if any(one is None or dotted(one) in _CATCHING for one in caught) and not any(
                isinstance(one, ast.Raise) or _checks(one) for one in ast.walk(handler)
            ):
                return node.body
    return []


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
