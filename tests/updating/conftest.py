"""The pack that changes everything, and repositories made from it, at each stage of an update."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.conftest import copied_package
from tests.updating.dying import KILLED, Watch
from tests.updating.learner import begin, put, resolve
from tests.updating.pack import changing_bundles, changing_pack
from tests.updating.quick import Quick

if TYPE_CHECKING:
    from pathlib import Path

ALL = bool(os.environ.get("SCAFFOLD_ALL"))


@dataclass(frozen=True)
class Moment:
    """A moment at which a command is killed, past its point of no return.

    Attributes:
        name: Of the moment.
        start: The stage at which the command begins.
        before: Finds the operation before which it is killed.
        words: What follows `scaffold update project`.
    """

    name: str
    start: str
    before: str
    words: tuple[str, ...]


_UPDATE, _UNDO = ("--no-lock",), ("--undo",)
HALF_WAY = Moment("half-way", "colliding", "os.rename .*/project/app/rule.py$", _UPDATE)
HALF_WAY_BACK = Moment("half-way back", "conflicts", "os.rename .*/project/app/rule.py$", _UNDO)
MOMENTS = (
    Moment("before any file", "colliding", "os.link .*/index.lock", _UPDATE),
    HALF_WAY,
    Moment("before the index", "colliding", "os.rename .*/.git/index$", _UPDATE),
    HALF_WAY_BACK,
)


@dataclass(frozen=True)
class Workshop:
    """What all tests of a session start from. Not to be changed.

    Attributes:
        pack: The repository of templates, with three releases.
        bundles: Bundles of the first two.
        site: A copy of the package that carries them.
        home: A home in which scaffold was used before.
        stages: Repositories by what happened to them: `clean`, `colliding` (committed, not
            updated), `updated`, `conflicts`, `resolved`.
    """

    pack: Path
    bundles: Path
    site: Path
    home: Path
    stages: Path

    def machine(self, root: Path) -> Quick:
        """A machine of the test's own."""
        machine = Quick(root, self.site, bundles=self.bundles)
        shutil.copytree(self.home / ".local", machine.home / ".local")
        return machine

    def lay(self, stage: str, folder: Path) -> Path:
        """A copy of one of the repositories, at `folder`."""
        return put(self.stages / stage, folder)

    def lay_killed(self, moment: Moment, machine: Quick) -> Path:
        """A repository as a command leaves it that is killed at some moment; made once."""
        stage = f"{moment.start}-{moment.name}"
        folder = machine.work / "project"
        if not (self.stages / stage).exists():
            self.lay(moment.start, folder)
            watch = Watch(folder, number=1, matching=moment.before)
            said = machine.fork("update", "project", *moment.words, prepare=watch.install)
            assert said.code == KILLED, said
            assert any(folder.glob(".git/scaffold/*/pending"))
            put(folder, self.stages / stage)
        return self.lay(stage, folder)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """What all tests of a session start from."""
    root = tmp_path_factory.mktemp("updating")
    pack = changing_pack(root / "pack")
    cut = changing_bundles(pack, root / "releases")
    site = copied_package(root / "site", cut)
    machine = Quick(root / "machine", site, bundles=cut)
    made = Workshop(pack, cut, site, machine.home, root / "stages")
    made.stages.mkdir()
    clean = begin(machine, machine.work / "project")
    shutil.move(clean, made.stages / "clean")
    colliding = begin(machine, machine.work / "project", collide=True)
    shutil.move(colliding, made.stages / "colliding")
    for before, after, code in (("clean", "updated", 0), ("colliding", "conflicts", 1)):
        folder = made.lay(before, machine.work / "project")
        said = machine.run("update", "project", "--no-lock")
        assert said.code == code, said
        put(folder, made.stages / after)
    folder = made.lay("conflicts", machine.work / "project")
    resolve(folder)
    put(folder, made.stages / "resolved")
    return made


@pytest.fixture
def quick(workshop: Workshop, tmp_path: Path) -> Quick:
    """A machine of the test's own, on which scaffold was used before; its commands are forks."""
    return workshop.machine(tmp_path / "machine")


@pytest.fixture
def clean(workshop: Workshop, quick: Quick) -> Path:
    """A committed repository that the newest release merges into without a conflict."""
    return workshop.lay("clean", quick.work / "project")


@pytest.fixture
def colliding(workshop: Workshop, quick: Quick) -> Path:
    """A committed repository in which the newest release collides with one line."""
    return workshop.lay("colliding", quick.work / "project")


@pytest.fixture
def updated(workshop: Workshop, quick: Quick) -> Path:
    """A repository just after a clean update."""
    return workshop.lay("updated", quick.work / "project")


@pytest.fixture
def conflicts(workshop: Workshop, quick: Quick) -> Path:
    """A repository just after an update with one conflict."""
    return workshop.lay("conflicts", quick.work / "project")


@pytest.fixture
def resolved(workshop: Workshop, quick: Quick) -> Path:
    """The same, after its owner resolved the conflict in the file."""
    return workshop.lay("resolved", quick.work / "project")
