"""Imports of `scaffold.check` point one way, and none of it prints."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.check.growing import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHECK = ROOT / "scaffold" / "check"
FORBIDDEN = {
    "facts": (
        "scaffold.check.rules",
        "scaffold.check.engine",
        "scaffold.check.telling",
        "scaffold.cli",
    ),
    "rules": (
        "scaffold.check.rules",
        "scaffold.check.engine",
        "scaffold.check.telling",
        "scaffold.cli",
    ),
    "live": (
        "scaffold.check.rules",
        "scaffold.check.engine",
        "scaffold.check.telling",
        "scaffold.cli",
    ),
    "telling": ("scaffold.check.rules", "scaffold.cli"),
}
MODULES = [one for one in CHECK.rglob("*.py") if one.name != "__init__.py"]


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("file", MODULES, ids=lambda one: str(one.relative_to(CHECK)))
def test_a_module_imports_nothing_above_it(file: Path) -> None:
    wrong = [
        name
        for name in imported(file)
        if name.startswith(FORBIDDEN.get(file.parent.name, ("scaffold.cli",)))
    ]
    assert wrong == []


@pytest.mark.parametrize("file", MODULES, ids=lambda one: str(one.relative_to(CHECK)))
def test_only_live_talks_to_other_machines(file: Path) -> None:
    network = {"socket", "ssl", "http.client", "urllib.request", "subprocess"}
    assert file.parent.name == "live" or not network & set(imported(file))
