"""What every cell of one journey starts from, made once by plain copier."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.updates.bundles import join
from tests.updates.matrix.git_facts import Git, environment
from tests.updates.matrix.journeys import Journey, bundles
from tests.updates.matrix.tree import Tree, read_tree
from tests.updates.plain import Plain
from tests.updates.releases import BUNDLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: The folder's name is an answer, so every copy has it.
PROJECT = "my-project"


@dataclass(frozen=True)
class Home:
    """A user's home that holds a pack's releases where generated repositories look for them.

    Attributes:
        pack: Name of the pack.
        folder: The home.
        plain: Plain copier in that home.
    """

    pack: str
    folder: Path
    plain: Plain


@dataclass(frozen=True)
class Base:
    """One journey, ready to be copied.

    Attributes:
        journey: From where to where.
        home: The home of whoever updates.
        project: A committed repository from the old release. Not to be changed.
        old: What the old release renders.
        new: What the new one renders with the same answers.
    """

    journey: Journey
    home: Home
    project: Path
    old: Tree
    new: Tree

    def environment(self, temporary: Path) -> Mapping[str, str]:
        """Variables of every command in a copy."""
        return environment(self.home.folder, temporary)

    def copy(self, folder: Path) -> Path:
        """A repository of one's own below `folder`."""
        project = folder / PROJECT
        shutil.copytree(self.project, project, symlinks=True)
        return project


def make_home(pack: str, copier: Path, folder: Path) -> Home:
    """Install the joined releases of a pack below an empty home."""
    plain = Plain.at(copier, folder / "home")
    work = folder / "bundles"
    work.mkdir()
    join(bundles(pack, work), plain.home / BUNDLE.removeprefix("~/"), work)
    return Home(pack, plain.home, plain)


def make_base(journey: Journey, home: Home, folder: Path) -> Base:
    """Render both releases of a journey, and commit the old one."""
    old = render(journey, home, journey.old, folder / "old")
    new = render(journey, home, journey.new, folder / "new")
    trees = read_tree(old), read_tree(new)
    git = Git(old, environment(home.folder, folder))
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "Start")
    git("repack", "-a", "-d", "--quiet")  # few files, so that copies are quick
    return Base(journey, home, old, *trees)


def render(journey: Journey, home: Home, tag: str, folder: Path) -> Path:
    """Copy one release by plain copier into a folder below `folder`."""
    folder.mkdir(parents=True)
    project = folder / PROJECT
    what = ["--defaults", "--quiet", "--vcs-ref", tag, "--data", f"template={journey.template}"]
    home.plain.run("copy", *what, BUNDLE, str(project), cwd=folder).ok()
    return project
