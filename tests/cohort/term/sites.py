"""The program as it was when each release of the templates was the newest, and the releases."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.conftest import copied_package
from tests.updates.matrix.bases import Base, make_home, render
from tests.updates.matrix.git_facts import Git, environment
from tests.updates.matrix.journeys import JOURNEYS, Journey, bundles
from tests.updates.matrix.tree import read_tree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.updates.matrix.tree import Tree

PACK, TEMPLATE = "every-change", "tiny-api"
OLDEST, MIDDLE, NEWEST = RELEASES = ("v0.1.0", "v0.1.1", "v0.1.2")


@dataclass(frozen=True)
class Sites:
    """Copies of the package, one for each time.

    Attributes:
        by_newest: The newest release that a copy carries -> the folder with that copy.
    """

    by_newest: Mapping[str, Path]

    @classmethod
    def make(cls, folder: Path) -> Sites:
        """Make them below a folder that exists."""
        (folder / "made").mkdir()
        made = bundles(PACK, folder / "made")
        found: dict[str, Path] = {}
        for count, bundle in enumerate(made, start=1):
            carried = folder / f"releases-{bundle.stem}"
            carried.mkdir()
            for one in made[:count]:
                shutil.copy(one, carried)
            found[bundle.stem] = copied_package(folder / f"site-{bundle.stem}", carried)
        return cls(found)


@dataclass(frozen=True)
class Bases:
    """What each update starts from and leads to, rendered by plain copier.

    Attributes:
        pristine: A release -> what it renders.
        by_step: Old and new release -> both as trees, before a class is recorded in them.
    """

    pristine: Mapping[str, Tree]
    by_step: Mapping[tuple[str, str], Base]

    @classmethod
    def make(cls, copier: Path, folder: Path) -> Bases:
        """Render them below a folder that exists."""
        home_folder = folder / "home-of-copier"
        home_folder.mkdir()
        home = make_home(PACK, copier, home_folder)
        rendered = {tag: render(_STEPS[0], home, tag, folder / tag) for tag in RELEASES}
        trees = {tag: read_tree(project) for tag, project in rendered.items()}
        for project in rendered.values():
            git = Git(project, environment(home.folder, folder))
            git("init", "--quiet")
            git("add", "--all")
            git("commit", "--quiet", "--message", "Start")
        return cls(
            trees,
            {
                (one.old, one.new): Base(
                    one, home, rendered[one.old], trees[one.old], trees[one.new]
                )
                for one in _STEPS
            },
        )


_STEPS: tuple[Journey, ...] = tuple(one for one in JOURNEYS if one.pack == PACK)
