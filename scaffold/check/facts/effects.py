"""Whether tools of an agent do more than look something up, as far as their text tells."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from scaffold.check.facts import code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.code import Files

TOOLS = "app/your_tools.py"
MOST_MODULES = 50
_CALLS = {
    *("write_text", "write_bytes", "unlink", "rmtree", "rename", "mkdir", "touch"),
    *("Popen", "system", "check_call", "check_output", "SMTP", "sendmail", "send_message"),
    *("urlretrieve", "post", "put", "patch", "delete", "commit"),
}
_SQL = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE|DROP|CREATE|ALTER)\s", re.IGNORECASE)
_METHODS = {"POST", "PUT", "PATCH", "DELETE"}
_WRITES = re.compile(r"[rb+t]*[wax][bt+]*|r\+b?")


def of_tools(modules: Files) -> str:
    """The first effect of the author's tools and where it is; empty where none is seen."""
    for path in _used(modules):
        tree = modules.tree(path)
        for node in ast.walk(tree) if tree else ():
            if effect := _effect(node):
                return f"{effect} at {path}:{getattr(node, 'lineno', 0)}"
    return ""


def _used(modules: Files) -> list[str]:
    """The file of the tools, and the modules that the author wrote for it."""
    found: list[str] = []
    waiting = [TOOLS]
    while waiting and len(found) < MOST_MODULES:
        path = waiting.pop()
        if path in found or path not in modules.texts:
            continue
        found.append(path)
        tree = modules.tree(path)
        waiting += [one for one in _imports(tree) if _is_for_tools(one)] if tree else []
    return found


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            dotted = node.module.replace(".", "/")
            yield f"{dotted}.py"
            yield from (f"{dotted}/{one.name}.py" for one in node.names)
        elif isinstance(node, ast.Import):
            yield from (f"{one.name.replace('.', '/')}.py" for one in node.names)


def _is_for_tools(path: str) -> bool:
    """Whether a module may be the author's: the starter's desk and service are not looked at."""
    own = ("app/desk/", "app/service/", "app/agents/", "app/runs/", "app/model/", "app/settings")
    return path.startswith("app/") and not path.startswith(own)


def _effect(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and _SQL.match(node.value):
            return f"`{node.value.strip()[:30]}`"
        return ""
    if not isinstance(node, ast.Call):
        return ""
    name = code.dotted(node.func).rpartition(".")[2]
    texts = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    if name in _CALLS or (name in {"Request", "urlopen", "request"} and _METHODS & set(texts)):
        return f"`{name}`"
    modes = [one for one in texts[1:] if isinstance(one, str) and _WRITES.fullmatch(one)]
    return "`open` to write" if name == "open" and modes else ""
