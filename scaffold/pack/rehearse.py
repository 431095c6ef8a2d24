"""Rehearsing a release: updates from every earlier one, by copier and by us, before it is cut."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from scaffold.errors import ScaffoldError
from scaffold.owners import Owners, from_record
from scaffold.pack.learner import Work, answers_in, play, seeded_files
from scaffold.pack.plumbing import neutral_environment, workspace
from scaffold.pack.questionnaire import ID_QUESTION
from scaffold.pack.render import commit_all, copy, read_files
from scaffold.project import read_origin
from scaffold.update import updating
from scaffold.update.proposal import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from scaffold.pack.plumbing import Repository
    from scaffold.pack.state import State

_ANSWERS = ".copier-answers.yml"
_SECONDS = 300
_MARKER = b"<<<<<<< before updating"


@dataclass(frozen=True)
class Rehearsal:
    """One update of one generated repository.

    Attributes:
        template: Its template's id.
        old: The release that it was generated from.
        learner: `untouched`, or `at work`: answers given, seeded files changed and deleted.
        tool: What updated it: `copier` or `scaffold`.
        problems: What went wrong; empty when nothing did.
    """

    template: str
    old: str
    learner: str
    tool: str
    problems: tuple[str, ...]


@dataclass(frozen=True)
class _Stage:
    """Where one rehearsal happens."""

    bundle: Path
    folder: Path
    template: str
    old: str
    new: str
    owners: Owners
    update: Callable[[Repository, Path], Iterator[str]]


def rehearse(bundle: Path, earlier: Sequence[State], now: State, work: Path) -> Iterator[Rehearsal]:
    """Update a repository of every template and earlier release to the newest one.

    Args:
        bundle: All releases joined, the newest one included.
        earlier: The releases before, oldest first.
        now: The newest release.
        work: An existing folder to work in.

    Yields:
        Two rehearsals by either tool for each template of each release, as they end: slow work
        shows progress.

    Raises:
        RequestError: An earlier release can no longer be rendered.
        OutsideError: git failed.
    """
    for state in earlier:
        for template in state.pack.templates:
            record = now.pack.mapping(f"templates/{template}/owners.yml")
            owners = from_record(record)
            for tool, update in _TOOLS.items():
                folder = work / f"{template}-{state.tag}-{tool}"
                stage = _Stage(bundle, folder, template, state.tag, now.tag, owners, update)
                for learner, play_through in (("untouched", _untouched), ("at work", _at_work)):
                    problems = tuple(play_through(stage))
                    yield Rehearsal(template, state.tag, learner, tool, problems)


def _untouched(stage: _Stage) -> Iterator[str]:
    folder = stage.folder.with_name(f"{stage.folder.name}-untouched")
    project = _generate(stage, folder)
    answers: dict[str, Any] = yaml.safe_load((folder / _ANSWERS).read_text(encoding="utf-8"))
    problems = [*stage.update(project, folder)]
    yield from problems
    if problems:
        return
    fresh = folder.with_name(f"{folder.name}-fresh")
    given = {name: value for name, value in answers.items() if not name.startswith("_")}
    copy(str(stage.bundle), stage.new, given, fresh)
    got, wanted = read_files(folder), read_files(fresh)
    for path in sorted(got.keys() | wanted.keys()):
        if stage.owners.of(path) != "seeded" and got.get(path) != wanted.get(path):
            yield f"{path} differs from a fresh {stage.new}"


def _at_work(stage: _Stage) -> Iterator[str]:
    project = _generate(stage, stage.folder)
    work = play(stage.folder, stage.owners)
    _commit(project)
    yield from stage.update(project, stage.folder)
    yield from _lost(work, stage)


def _lost(work: Work, stage: _Stage) -> Iterator[str]:
    after = answers_in(stage.folder)
    for anchor, answer in work.answers.items():
        if after.get(anchor) != answer:
            yield f"the answer to {anchor} is no longer under its question"
    seeded = seeded_files(stage.folder, stage.owners)
    for path in sorted(seeded.keys() | work.seeded.keys()):
        if seeded.get(path) != work.seeded.get(path):
            yield f"the update changed the seeded {path}"


def _generate(stage: _Stage, folder: Path) -> Repository:
    copy(str(stage.bundle), stage.old, {ID_QUESTION: stage.template}, folder)
    return commit_all(folder)


def _commit(project: Repository) -> None:
    project.run("add", "--all")
    project.run(
        *("-c", "user.name=learner", "-c", "user.email=learner@example.invalid"),
        *("commit", "--quiet", "--allow-empty", "--message=Make it mine"),
    )


def _by_copier(project: Repository, folder: Path) -> Iterator[str]:
    """Run plain `copier update --defaults` as the learner would; yield what went wrong."""
    with workspace() as work:
        settings = work / "settings.yml"
        settings.write_text("{}\n", encoding="utf-8")
        extra = {"COPIER_SETTINGS_PATH": str(settings), "COPIER_CACHE_DIR": str(work)}
        try:
            done = subprocess.run(
                [sys.executable, "-m", "copier", "update", "--defaults"],
                cwd=folder,
                env=neutral_environment(extra),
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            yield f"copier update did not end within {_SECONDS} s"
            return
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        yield f"copier update failed: {said[-1] if said else done.returncode}"
    for path in sorted({row.partition("\t")[2] for row in project.paths("ls-files", "-u", "-z")}):
        yield f"conflict in {path}"
    for path, data in read_files(folder).items():
        if path.endswith(".rej") or _MARKER in data:
            yield f"{path} holds a rejected change"


def _by_scaffold(_: Repository, folder: Path) -> Iterator[str]:
    """Run our own engine; yield what went wrong."""
    try:
        told = updating.begin(read_origin(folder), Wanted(locking=False))
    except ScaffoldError as error:
        yield f"scaffold update failed: {error.problem}"
        return
    yield from (f"conflict in {one['path']}" for one in told["files"] if one["lines"])


_TOOLS: Mapping[str, Callable[[Repository, Path], Iterator[str]]] = {
    "copier": _by_copier,
    "scaffold": _by_scaffold,
}
