"""A copier installed apart, kept between runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.updates.plain import find_or_install

if TYPE_CHECKING:
    from pathlib import Path


def plain_copier(config: pytest.Config, elsewhere: pytest.TempPathFactory) -> Path:
    """The executable; the test fails where there is none and none can be installed."""
    cache: pytest.Cache | None = getattr(config, "cache", None)
    try:
        return find_or_install(cache.mkdir("plain-copier") if cache else elsewhere.mktemp("copier"))
    except RuntimeError as problem:
        pytest.fail(str(problem), pytrace=False)
