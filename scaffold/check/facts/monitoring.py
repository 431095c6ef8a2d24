"""Alerts, dashboards and scrape jobs: what they ask for, and what the code makes."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from scaffold.check.facts import code, workflows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scaffold.check.facts.code import Files
    from scaffold.check.facts.tree import Tree

MOST = 500
"""Alerts and panels that are looked at."""
_STRINGS = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_LABELS = re.compile(r"\{[^{}]*\}")
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)")
_RANGE = re.compile(r"\[[^\[\]]*\]|\boffset\s+\w+")
_NAME = re.compile(r"(?<![\w.:$])([a-zA-Z_:][\w:]*)(?!\w*\s*\()")
_WORDS = {
    *("and", "or", "unless", "bool", "by", "without", "on", "ignoring", "offset"),
    *("group_left", "group_right", "inf", "nan", "le", "start", "end", "atan2"),
}
_ALWAYS = re.compile(r"(?:up|ALERTS|scrape_\w+|process_\w+|python_\w+)")
_SUFFIX = re.compile(r"_(?:total|bucket|sum|count|created|info)$")
_IS_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ALERT = re.compile(r"""\balert:\s*["']?([^"'\s#]+)""")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


@dataclass(frozen=True)
class Alert:
    """One alert: where it stands, what it asks, and where its runbook entry is said to be."""

    name: str
    file: str
    line: int
    expr: str
    runbook: str

    @property
    def thresholds(self) -> tuple[str, ...]:
        """Numbers of the expression, ranges and labels left out."""
        return tuple(
            _NUMBER.findall(_RANGE.sub(" ", _LABELS.sub(" ", _STRINGS.sub("", self.expr))))
        )


@dataclass(frozen=True)
class Monitoring:
    """What is watched.

    Attributes:
        alerts: In order.
        tested: Names of alerts that have a unit test.
        panels: Expressions of dashboards, with the file of each.
        jobs: Scrape jobs.
        unreadable: Files that are not what they should be.
    """

    alerts: tuple[Alert, ...]
    tested: frozenset[str]
    panels: tuple[tuple[str, str], ...]
    jobs: frozenset[str]
    unreadable: tuple[str, ...] = ()


def read(tree: Tree) -> Monitoring:
    """Read the folder `monitoring`."""
    return read_texts({path: tree.text(path) for path in tree.below("monitoring")})


def read_texts(texts: Mapping[str, str | None]) -> Monitoring:
    """Read its files, by path."""
    alerts: list[Alert] = []
    tested: set[str] = set()
    panels: list[tuple[str, str]] = []
    jobs: set[str] = set()
    unreadable: list[str] = []
    for path, text in texts.items():
        if path.endswith(".json"):
            found = _json(text)
            panels += [(path, one) for one in islice(_values(found, "expr"), MOST)]
            unreadable += [path] if found is None else []
        elif path.endswith((".yml", ".yaml")) and text is not None:
            content = workflows.load(text)
            if not isinstance(content, dict):
                unreadable.append(path)
                continue
            alerts += islice(_alerts(path, text, content), MOST)
            tested |= set(_values(content.get("tests"), "alertname"))
            jobs |= set(_values(content.get("scrape_configs"), "job_name"))
    return Monitoring(
        tuple(alerts[:MOST]),
        frozenset(tested),
        tuple(panels[:MOST]),
        frozenset(jobs),
        tuple(unreadable),
    )


def _json(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except (ValueError, RecursionError):
        return None


def _walk(content: Any) -> Iterator[dict[Any, Any]]:
    waiting = [content]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _values(content: Any, key: str) -> Iterator[str]:
    for one in _walk(content):
        if isinstance(one.get(key), str):
            yield one[key]


def _alerts(path: str, text: str, content: dict[Any, Any]) -> Iterator[Alert]:
    lines: dict[str, int] = {}
    for number, one in enumerate(text.split("\n"), 1):
        if named := _ALERT.search(one):
            lines.setdefault(named[1], number)
    for rule in _walk(content.get("groups")):
        name, expr = rule.get("alert"), rule.get("expr")
        if not isinstance(name, str):
            continue
        notes = rule.get("annotations")
        runbook = (
            notes.get("runbook") or notes.get("runbook_url") if isinstance(notes, dict) else ""
        )
        yield Alert(name, path, lines.get(name, 0), str(expr or ""), str(runbook or ""))


def asked(expr: str) -> set[str]:
    """Names of the metrics in a PromQL expression."""
    plain = _RANGE.sub(" ", _GROUPING.sub(" ", _LABELS.sub(" ", _STRINGS.sub('""', expr))))
    return {name for name in _NAME.findall(plain) if name.lower() not in _WORDS}


def is_made(name: str, made: set[str]) -> bool:
    """Whether the code makes a metric, under this name or one that Prometheus derives from it."""
    if _ALWAYS.fullmatch(name) or name in made:
        return True
    short = _SUFFIX.sub("", name)
    return short in made or f"{short}_total" in made


def made(files: Files) -> set[str]:
    """Names of the metrics that the code makes: first arguments of calls, and table entries."""
    return {
        name for path in files.containing("prometheus_client") for name in _made(files.texts[path])
    }


@lru_cache(maxsize=500)
def _made(text: str) -> frozenset[str]:
    module = code.parse(text)
    found: set[str] = set()
    for node in ast.walk(module) if module and _uses_prometheus(module) else ():
        if isinstance(node, ast.Call):
            found |= {one for one in _texts(node.args[:1]) if _IS_NAME.fullmatch(one)}
        elif isinstance(node, ast.Dict | ast.Tuple):
            parts = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
            found |= {one for one in _texts(parts) if _IS_NAME.fullmatch(one)}
    return frozenset(found)


def _texts(nodes: Iterable[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _uses_prometheus(module: ast.Module) -> bool:
    return any(
        (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("prometheus_client"))
        or (
            isinstance(node, ast.Import)
            and any(alias.name.startswith("prometheus_client") for alias in node.names)
        )
        for node in ast.walk(module)
    )
