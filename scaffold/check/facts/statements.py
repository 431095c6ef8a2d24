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
        found.append(type(one).__name__)
        if isinstance(one, ast.Constant):
            plain = isinstance(one.value, int | float | complex)
            found.append(repr(one.value) if plain else type(one.value).__name__)
            continue
        for name in one._fields:
            value: Any = getattr(one, name, None)
            if isinstance(value, list):
                waiting += [part for part in value if isinstance(part, ast.AST)]
            elif isinstance(value, ast.AST) and name != "ctx":
                waiting.append(value)
    return hash(tuple(found))


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
