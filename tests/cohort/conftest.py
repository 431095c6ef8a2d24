"""A class's folder, and an instructor whom git knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cohort.school import School
from tests.updating.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.updating.server import GitServer


@pytest.fixture
def school(tmp_path: Path) -> School:
    """An empty class's folder."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Instructor\n\temail = instructor@example.org\n", encoding="utf-8"
    )
    (tmp_path / "class").mkdir()
    return School(tmp_path / "class", home)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    """A git host on this machine's loopback, with no repository yet."""
    (tmp_path / "host").mkdir()
    with serving(tmp_path / "host") as made:
        yield made


@pytest.fixture
def handed_out(school: School, pack: Path) -> School:
    """A class at v0.1.0, in bare repositories; v0.1.1 is out."""
    school.write(pack, "out/{username}.git")
    school.states("handout", "--no-lock", code=0)
    return school
