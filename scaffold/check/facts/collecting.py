"""Which tests pytest is told to walk past, where the starter does not."""

from __future__ import annotations

import ast
import re
import shlex
from typing import TYPE_CHECKING, Any

from scaffold.check.facts import code, shell
from scaffold.check.facts.settings import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.facts.given import Given
    from scaffold.check.facts.tree import Tree
    from scaffold.check.facts.workflows import Workflows

PROJECT = "pyproject.toml"
_PAST = re.compile(
    r"--(?:ignore|ignore-glob|deselect|collect-only|co|noconftest|override-ini|config-file)\b"
    r"|-[kmco]$|--co$"
)
_KEYS = ("testpaths", "python_files", "python_classes", "python_functions", "norecursedirs")
_HOOKS = re.compile(
    r"pytest_(?:ignore_collect|collect\w*|pycollect\w*|itemcollected|deselected|runtest\w*"
    r"|pyfunc_call|cmdline_main|session\w*)"
)
"""With these a conftest decides which tests run, and what is said of them."""
_SKIPS = {"pytest.skip", "pytest.xfail", "pytest.exit", "skip"}
_NAMES = {"collect_ignore", "collect_ignore_glob", "pytest_plugins"}
_OTHER_FILES = ("pytest.ini", ".pytest.ini", "pytest.toml", "tox.ini", "setup.cfg")


def narrowed(tree: Tree, given: Given, workflows: Workflows) -> Iterator[tuple[str, str]]:
    """File and text of everything that keeps tests from being collected, newly."""
    yield from _configured(tree, given)
    for path in (one for one in _OTHER_FILES if one in tree and one not in given.files):
        if re.search(r"^\[(?:tool:)?pytest\]", tree.text(path) or "", re.MULTILINE):
            yield path, "pytest is configured there"
    for path in (one for one in tree.sizes if one.rpartition("/")[2] == "conftest.py"):
        was, now = (_walks_past(one) for one in (given.text(path), tree.text(path) or ""))
        for name in sorted(now.keys() - was.keys()):
            yield path, now[name]
    before = set(_asked(given.text(".github/workflows/ci.yml")))
    for step in workflows.steps:
        if "pytest" in step.run:
            for word in (one for one in _asked(step.run) if one not in before):
                yield step.file, f"pytest {word}"
            for word in _options(step.env.get("PYTEST_ADDOPTS")):
                yield step.file, f"PYTEST_ADDOPTS {word}"


def _configured(tree: Tree, given: Given) -> Iterator[tuple[str, str]]:
    now, before = (_pytest(text) for text in (tree.text(PROJECT), given.text(PROJECT)))
    old = list(_options(before.get("addopts")))
    for word in _options(now.get("addopts")):
        if word not in old:
            yield PROJECT, f"addopts {word}"
    for key in _KEYS:
        if now.get(key) != before.get(key):
            yield PROJECT, f"{key} = {str(now.get(key))[:60]}"


def _pytest(text: str | None) -> dict[str, Any]:
    found: Any = read(text)
    for key in ("tool", "pytest", "ini_options"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _options(said: object) -> Iterator[str]:
    """Options that leave tests out, each with its value."""
    try:
        words = shlex.split(said) if isinstance(said, str) else said
    except ValueError:
        words = []
    words = [str(one) for one in words] if isinstance(words, list) else []
    for place, word in enumerate(words):
        if _PAST.match(word):
            value = words[place + 1] if "=" not in word and place + 1 < len(words) else ""
            yield f"{word} {value}".strip()


def _asked(script: str) -> Iterator[str]:
    for one in shell.commands(script):
        if "pytest" in one.words:
            yield from _options(list(one.words[one.words.index("pytest") :]))


def _walks_past(text: str) -> dict[str, str]:
    """What of a conftest decides on collection."""
    module = code.parse(text)
    found = {}
    for node in ast.walk(module) if module else ():
        if isinstance(node, ast.Call) and code.dotted(node.func) in _SKIPS:
            found[f"skip {ast.unparse(node)}"] = _around(node, module)
    for node in module.body if module else ():
        if isinstance(node, ast.FunctionDef) and _HOOKS.fullmatch(node.name):
            found[node.name] = node.name
        targets = node.targets if isinstance(node, ast.Assign) else ()
        for target in targets:
            if isinstance(target, ast.Name) and target.id in _NAMES:
                found[target.id] = ast.unparse(node)[:200]
    return found


def _around(call: ast.Call, module: ast.Module | None) -> str:
    """The function in which a call stands, which may name whom it skips."""
    for node in module.body if module else ():
        if any(one is call for one in ast.walk(node)):
            return " ".join(ast.unparse(node).split())[:400]
    return ""
