"""Settings that the code reads from the environment, as its settings classes declare them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.check.facts.code import dotted

if TYPE_CHECKING:
    from scaffold.check.facts.code import Files

_DEEPEST_CLASS = 8
_BASE = "BaseSettings"
_CLASS = re.compile(r"^class \w+\([^)]*\b\w*Settings\b", re.MULTILINE)


@dataclass(frozen=True)
class Setting:
    """A setting.

    Attributes:
        path: The file that declares it last.
        default: As `.env.example` would write it; None where it is no plain value.
    """

    path: str
    default: str | None


def settings(files: Files) -> dict[str, Setting]:
    """What the settings classes read, by the names of the environment."""
    classes = {
        node.name: (path, node)
        for path, text in files.texts.items()
        if _CLASS.search(text) and (module := files.tree(path))
        for node in module.body
        if isinstance(node, ast.ClassDef)
    }

    def depth(name: str, left: int = _DEEPEST_CLASS) -> int:
        """How far below BaseSettings; 0 where it is none of it."""
        if name not in classes or not left:
            return 0
        bases = [dotted(base).rpartition(".")[2] for base in classes[name][1].bases]
        found = (1 if one == _BASE else _below(depth(one, left - 1)) for one in bases)
        return max(found, default=0)

    found = {}
    for name in sorted(classes, key=depth):
        path, node = classes[name]
        for one in node.body if depth(name) else ():
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
                called = one.target.id
                if not called.startswith(("_", "model_config")):
                    found[called.upper()] = Setting(path, _plain(one.value))
    return found


def _below(depth: int) -> int:
    return depth + 1 if depth else 0


def _plain(value: ast.expr | None) -> str | None:
    """A default as text: a constant, that of a Field, or what Path or SecretStr holds."""
    if isinstance(value, ast.Call):
        name = dotted(value.func).rpartition(".")[2]
        named = [one.value for one in value.keywords if one.arg == "default"]
        inner = (named or value.args)[:1] if name == "Field" else value.args
        known = name in {"Field", "Path", "SecretStr"} and len(inner) == 1
        return _plain(inner[0]) if known else None
    if isinstance(value, ast.Constant) and isinstance(value.value, str | int | float):
        return str(value.value)
    return None


def same(one: str, other: str) -> bool:
    """Whether two texts of a setting mean one value: 1.0 and 1, true and True."""
    one, other = (text.strip().strip("\"'") for text in (one, other))
    if one.lower() == other.lower():
        return True
    try:
        return float(one.replace("_", "")) == float(other.replace("_", ""))
    except ValueError:
        return False
