"""Statements of Python files by their shape: names, texts, format and comments do not count."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARKERS = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no cover)", re.IGNORECASE)


def is_text(node: ast.stmt) -> bool:
    """Whether a statement is a constant alone, such as a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def shape(node: ast.AST) -> int:
    """A fingerprint of a statement without names, texts, format and comments."""
    found: list[str] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        kind = one.__class__
        found.append(kind.__name__)
        if kind is ast.Constant:
            constant: Any = one.value  # type: ignore[attr-defined]
            plain = isinstance(constant, int | float | complex)
            found.append(repr(constant) if plain else type(constant).__name__)
            continue
        for name in _fields(kind):
            value: Any = getattr(one, name, None)
            if value.__class__ is list:
                waiting += [part for part in value if isinstance(part, ast.AST)]
            elif isinstance(value, ast.AST):
                waiting.append(value)
    return hash(tuple(found))


_NAMES = {"ctx", "id", "attr", "arg", "name", "asname", "type_comment", "kind"}
"""Fields that hold texts, or say only whether something is read or written."""


_fields_of: dict[type[ast.AST], tuple[str, ...]] = {}


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """Fields that hold other nodes, or lists of them."""
    if kind not in _fields_of:
        _fields_of[kind] = tuple(name for name in kind._fields if name not in _NAMES)
    return _fields_of[kind]


@dataclass(frozen=True)
class Piece:
    """One statement, or the head of a compound one: its fingerprint, line, and how many lines."""

    shape: int
    line: int
    lines: int


def pieces(body: Iterable[ast.stmt]) -> Iterator[Piece]:
    """Every statement of a file; docstrings, `pass`, bare constants and imports are nobody's."""
    waiting = list(body)
    while waiting:
        one = waiting.pop()
        if is_text(one) or isinstance(one, ast.Pass | ast.Import | ast.ImportFrom):
            continue
        inner: list[ast.stmt] = []
        for name in ("body", "orelse", "finalbody"):
            inner += [part for part in getattr(one, name, ()) if isinstance(part, ast.stmt)]
        for handler in getattr(one, "handlers", ()):
            inner += handler.body
        for case in getattr(one, "cases", ()):
            inner += case.body
        if not inner:
            yield Piece(shape(one), one.lineno, (one.end_lineno or one.lineno) - one.lineno + 1)
        else:
            waiting += inner
            yield Piece(_head(one), one.lineno, 1)


def parts(body: Iterable[ast.stmt]) -> Iterator[list[Piece]]:
    """The pieces of a file by the function in which they stand; the rest of it together."""
    rest: list[ast.stmt] = []
    waiting = list(body)
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            yield list(pieces([one]))
        elif isinstance(one, ast.ClassDef):
            yield [Piece(_head(one), one.lineno, 1)]
            waiting += one.body
        else:
            rest.append(one)
    yield list(pieces(rest))


def _head(node: ast.stmt) -> int:
    """The fingerprint of a compound statement without what is in it."""
    parts = [type(node).__name__]
    for name in ("test", "iter", "target", "items", "args", "subject", "returns", "bases"):
        value: Any = getattr(node, name, None)
        listed = value if isinstance(value, list) else [value]
        parts += [str(shape(part)) for part in listed if isinstance(part, ast.AST)]
    return hash(tuple(parts))


def markers(text: str) -> int:
    """How often a checker is told to look away."""
    return len(_MARKERS.findall(text))
