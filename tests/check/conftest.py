"""Repositories that many tests look at; each is made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.check import growing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished repository. Not to be changed."""
    return growing.finished(tmp_path_factory.mktemp("finished") / "bikes")


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A repository of each starter, as it was given. Not to be changed."""
    place = tmp_path_factory.mktemp("begun")
    return {one: growing.untouched(place / one, one) for one in growing.STARTERS}
