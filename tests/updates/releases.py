"""Pairs of releases, and a project that was started from the older one.

The small pack is always there; the releases that scaffold embeds join it as soon as there are
two of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tests.learner import Deeds, Habits, play
from tests.updates import mini_pack
from tests.updates.bundles import join, release_bundles
from tests.updates.plain import Plain

#: Where scaffold puts the embedded releases; what projects record as their source.
BUNDLE = "~/.local/share/scaffold/templates.bundle"
_EMBEDDED = Path(__file__).resolve().parents[2] / "scaffold" / "releases"


@dataclass(frozen=True)
class ReleasePair:
    """An update that is tested: from `old` to `new` of one template."""

    name: str
    template: str
    old: str
    new: str
    #: Makes or finds the release bundles, oldest first, given a folder to work in.
    bundles: Callable[[Path], tuple[Path, ...]]
    habits: Habits = Habits()


@dataclass(frozen=True)
class Started:
    """A project from the old release, made its owner's own, and what it is compared with."""

    pair: ReleasePair
    plain: Plain
    project: Path
    deeds: Deeds
    #: Pristine render of the new release with the same answers.
    new: Path

    def copy_to(self, folder: Path) -> Started:
        """The same project elsewhere, to be updated there."""
        project = folder / self.project.name
        shutil.copytree(self.project, project, symlinks=True)
        return replace(self, project=project)


def start(pair: ReleasePair, executable: Path, folder: Path, *, seed: int | None = None) -> Started:
    """Install the joined bundle, copy the old release from it, and let the learner play."""
    plain = Plain.at(executable, folder / "home")
    work = folder / "bundles"
    work.mkdir()
    join(pair.bundles(work), plain.home / BUNDLE.removeprefix("~/"), work)
    project, new = folder / "my-project", folder / "new" / "my-project"
    _copy(plain, pair, pair.old, project)
    plain.commit("Start", cwd=project)
    deeds = play(project, seed=seed, habits=pair.habits)
    _copy(plain, pair, pair.new, new)
    return Started(pair, plain, project, deeds, new)


def _copy(plain: Plain, pair: ReleasePair, tag: str, project: Path) -> None:
    project.parent.mkdir(parents=True, exist_ok=True)
    what = ["--defaults", "--quiet", "--vcs-ref", tag, "--data", f"template={pair.template}"]
    plain.run("copy", *what, BUNDLE, str(project), cwd=project.parent).ok()


def mini_pair(bend: mini_pack.Bend | None = None) -> ReleasePair:
    """The small pack, or one that breaks a rule."""

    def bundles(work: Path) -> tuple[Path, ...]:
        return release_bundles(mini_pack.build(work, bend), work)

    name = bend.__name__ if bend else "mini"
    habits = Habits()
    return ReleasePair(name, mini_pack.TEMPLATE_ID, "v0.1.0", "v0.1.1", bundles, habits)


def _embedded() -> list[ReleasePair]:
    found = sorted(_EMBEDDED.glob("v*.bundle"), key=_version)
    if len(found) < 2:  # noqa: PLR2004 - an update needs two
        return []

    def bundles(work: Path) -> tuple[Path, ...]:  # noqa: ARG001 - they are made already
        return tuple(found)

    return [
        ReleasePair("embedded", "supervised-api", old.stem, found[-1].stem, bundles)
        for old in found[:1]
    ]


def _version(bundle: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in bundle.stem.removeprefix("v").split("."))


PAIRS: tuple[ReleasePair, ...] = (mini_pair(), *_embedded())
