"""What the monitoring tests share: the starters, each rendered once."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.pack.render import render_working

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.prometheus)


@pytest.fixture(scope="session", autouse=True)
def _prometheus() -> None:
    if not (shutil.which("prometheus") and shutil.which("promtool")):
        pytest.skip("needs prometheus and promtool (Debian: apt-get install prometheus)")


@pytest.fixture(scope="session")
def starters(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Repositories by the name of their starter, rendered from the working tree."""

    @cache
    def render(template: str) -> Path:
        folder = tmp_path_factory.mktemp("rendered") / "visit-forecast"
        render_working(ROOT, template, {}, folder)
        return folder

    return render
