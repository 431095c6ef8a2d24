"""Pairs of releases, and a project that was started from the older one.

The small pack is always there; the releases that scaffold embeds join it as soon as there are
two of them.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.learner import Deeds, Habits, play
from tests.updates import mini_pack
from tests.updates.bundles import join, release_bundles
from tests.updates.plain import Finished, Plain

if TYPE_CHECKING:
    from collections.abc import Callable

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
    habits: Habits = field(default_factory=Habits)


@dataclass(frozen=True)
class Started:
    """A project as the old release renders it, committed, before its owner touched it."""

    pair: ReleasePair
    plain: Plain
    untouched: Path

    def made_mine(self, folder: Path, *, seed: int | None = None) -> Mine:
        """A copy of the project under `folder`, after the learner played with it."""
        project = folder / self.untouched.name
        shutil.copytree(self.untouched, project, symlinks=True)
        return Mine(
            self.pair, self.plain, project, play(project, seed=seed, habits=self.pair.habits)
        )

    def new_release(self) -> Path:
        """Pristine render of the new release with the same answers, made once."""
        pristine = self.untouched.parent / "new" / self.untouched.name
        if not pristine.exists():
            _copy(self.plain, self.pair, self.pair.new, pristine)
        return pristine


@dataclass(frozen=True)
class Mine:
    """A project that its owner made theirs, ready to be updated."""

    pair: ReleasePair
    plain: Plain
    project: Path
    deeds: Deeds

    def update(self, *arguments: str) -> Finished:
        """Run `copier update` with defaults, as a learner or Renovate would."""
        return self.plain.run("update", "--defaults", *arguments, cwd=self.project)


def start(pair: ReleasePair, executable: Path, folder: Path) -> Started:
    """Install the joined bundle under an own home folder and copy the old release from it."""
    plain = Plain.at(executable, folder / "home")
    work = folder / "bundles"
    work.mkdir()
    join(pair.bundles(work), plain.home / BUNDLE.removeprefix("~/"), work)
    project = folder / "my-project"
    _copy(plain, pair, pair.old, project)
    plain.commit("Start", cwd=project)
    return Started(pair, plain, project)


def _copy(plain: Plain, pair: ReleasePair, tag: str, project: Path) -> None:
    project.parent.mkdir(parents=True, exist_ok=True)
    what = ["--defaults", "--quiet", "--vcs-ref", tag, "--data", f"template={pair.template}"]
    plain.run("copy", *what, BUNDLE, str(project), cwd=project.parent).ok()


def mini_pair(bend: mini_pack.Bend | None = None) -> ReleasePair:
    """The small pack, or one that breaks a rule."""

    def bundles(work: Path) -> tuple[Path, ...]:
        return release_bundles(mini_pack.build(work, bend), work)

    name = getattr(bend, "__name__", "mini")
    return ReleasePair(name, mini_pack.TEMPLATE_ID, "v0.1.0", "v0.1.1", bundles)


#: In which each starter came, and where its learners find things.
FIRST_RELEASES = {
    "supervised-api": ("v0.1.0", Habits()),
    "rag-app": (
        "v0.3.0",
        Habits(
            seeded=("/data", "/project.toml"),
            deletes=("docs/decisions/0002-word-vectors-first.md",),
        ),
    ),
    "multi-agent": (
        "v0.5.0",
        Habits(
            seeded=("/data", "/project.toml"),
            deletes=("docs/decisions/0003-tools-through-mcp.md",),
        ),
    ),
}


def _embedded() -> list[ReleasePair]:
    found = sorted(_EMBEDDED.glob("v*.bundle"), key=_version)
    if len(found) < 2:
        return []

    def bundles(work: Path) -> tuple[Path, ...]:  # noqa: ARG001 - they are made already
        return tuple(found)

    newest = found[-1].stem
    return [
        ReleasePair(f"embedded-{template}", template, oldest, newest, bundles, habits)
        for template, (oldest, habits) in FIRST_RELEASES.items()
        if oldest != newest
    ]


def _version(bundle: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in bundle.stem.removeprefix("v").split("."))


PAIRS: tuple[ReleasePair, ...] = (mini_pair(), *_embedded())
