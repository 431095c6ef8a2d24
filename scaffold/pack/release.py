"""Cutting a release: everything is checked on the state that will be released, then written."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from scaffold.errors import AnswerIsNoError, OutsideError, RequestError
from scaffold.git import GitFailure
from scaffold.pack.changelog import UNRELEASED, released, sections
from scaffold.pack.history import History, read_history, read_releases
from scaffold.pack.hosts import find_host
from scaffold.pack.lint import examine
from scaffold.pack.plumbing import HALF_DONE, Entry, unwritable, workspace
from scaffold.pack.rehearse import Rehearsal, rehearse
from scaffold.pack.rule import all_rules
from scaffold.pack.rules.catalogue import differs
from scaffold.pack.state import State
from scaffold.pack.tree import PackTree, read_working
from scaffold.releases import join, shipped
from scaffold.versions import Version, parse_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_LOCK = f"{HALF_DONE}lock"


@dataclass(frozen=True)
class Cut:
    """A release that was cut.

    Attributes:
        bundle: The new file.
        commit: Its commit id: the same content gives the same id on every machine.
        changelogs: The CHANGELOG files whose `Unreleased` section now bears the version.
        rehearsals: The updates that were tried.
    """

    bundle: Path
    commit: str
    changelogs: tuple[Path, ...]
    rehearsals: tuple[Rehearsal, ...]


def cut(
    pack_root: Path,
    releases_dir: Path,
    version: str,
    progress: Callable[[Rehearsal], None] = lambda _: None,
) -> Cut:
    """Write the working state as the release `version`, and name the CHANGELOG sections for it.

    Nothing is written unless everything holds: no finding, no package-index host, and plain
    `copier update` works from every earlier release.

    Args:
        pack_root: The folder that holds `copier.yml` and `templates/`.
        releases_dir: The folder of the released bundles.
        version: `vX.Y.Z`, or `vX.Y.Z.postN` in a fork; the `v` may be left out.
        progress: Called with each rehearsal as it ends.

    Raises:
        RequestError: The version is not one, exists already, or is not higher than the newest; or
            there is no pack.
        AnswerIsNoError: The pack may not be released as it stands.
        OutsideError: git or the disk failed.
    """
    with _workshop(releases_dir) as work:
        tag = _next_tag(version, releases_dir)
        working = read_working(pack_root)
        earlier = read_releases(releases_dir)
        _refuse_findings(working, earlier)
        renamed = _changelogs(working, earlier, tag)
        candidate = State(tag.tag, PackTree({**working.entries, **renamed}))
        bundles = shipped(releases_dir)
        history = read_history(bundles, work / "git").add(candidate.tag, candidate.pack)
        _refuse_hosts(history)
        bundle = work / f"{candidate.tag}.bundle"
        history.write_bundle(bundle)
        _read_back([*bundles, bundle], work / "check", history)
        rehearsals = _rehearse([*bundles, bundle], earlier, candidate, progress)
        final = releases_dir / bundle.name
        files = {pack_root / path: entry.data for path, entry in renamed.items()}
        _publish(bundle, final, files)
    return Cut(final, history.commits[candidate.tag], tuple(files), rehearsals)


@contextmanager
def _workshop(releases_dir: Path) -> Iterator[Path]:
    """A hidden folder beside the releases, so that the last step is a rename; gone afterwards.

    One command has it at a time, so that whatever else lies there is of one that was killed.

    Raises:
        RequestError: Another command has it.
        OutsideError: The disk failed.
    """
    missing = [path for path in (releases_dir, *releases_dir.parents) if not path.exists()]
    try:
        releases_dir.mkdir(parents=True, exist_ok=True)
        with _alone_in(releases_dir), workspace(releases_dir) as work:
            yield work
    except OSError as error:
        raise unwritable(error) from error
    finally:
        for folder in missing:
            if folder.exists() and not any(folder.iterdir()):
                folder.rmdir()


@contextmanager
def _alone_in(releases_dir: Path) -> Iterator[None]:
    """Hold the one lock for cutting releases, and sweep what killed commands left."""
    lock = releases_dir / _LOCK
    held = FileLock(lock)
    try:
        held.acquire(timeout=0)
    except Timeout as error:
        raise RequestError(
            f"Another command is cutting a release in {releases_dir}.",
            "Wait until it ends, then try again.",
        ) from error
    try:
        for left in releases_dir.glob(f"{HALF_DONE}*"):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        with suppress(OSError):  # Windows removes it with the lock itself
            lock.unlink()
        held.release()


def _next_tag(version: str, releases_dir: Path) -> Version:
    tag = parse_tag(version if version.startswith("v") else f"v{version}")
    if tag is None:
        raise RequestError(
            f"{version!r} is not a release version.", "Write vX.Y.Z, or vX.Y.Z.postN in a fork."
        )
    known = [parse_tag(bundle.stem) for bundle in shipped(releases_dir)]
    if tag in known:
        raise RequestError(
            f"{version} is released already, and a release never changes.",
            "Choose a higher version.",
        )
    if known and known[-1] is not None and tag < known[-1]:
        raise RequestError(
            f"{version} is not higher than {known[-1].tag}, the newest release.",
            "Choose a higher version.",
        )
    return tag


def _refuse_findings(working: PackTree, earlier: Sequence[State]) -> None:
    findings = examine(State("", working), earlier, all_rules())
    if findings:
        first = findings[0]
        more = f", and {len(findings) - 1} more" if len(findings) > 1 else ""
        raise AnswerIsNoError(
            f"The pack breaks {first.rule} in {first.file}: {first.message}{more}.",
            "`scaffold pack lint` lists every finding.",
        )


def _changelogs(working: PackTree, earlier: Sequence[State], tag: Version) -> dict[str, Entry]:
    """The CHANGELOG files with `Unreleased` named for the version."""
    renamed = {}
    for template in working.templates:
        path = f"templates/{template}/CHANGELOG.md"
        entry = working.entries[path]
        text = released(entry.data.decode(), str(tag))
        if sections(text)[:1] != (str(tag),) and differs(template, working, earlier):
            raise AnswerIsNoError(
                f"{path} does not say what {tag.tag} brings.",
                f"Begin it with a section `## {UNRELEASED}`.",
            )
        if text.encode() != entry.data:
            renamed[path] = Entry(path, entry.mode, text.encode())
    return renamed


def _refuse_hosts(history: History) -> None:
    for data in history.new_objects():
        found = find_host(data)
        if found:
            raise AnswerIsNoError(
                f"The release would hold the name of a package index's host: {found[1]}.",
                "Remove it; where packages come from is the reader's business.",
            )


def _read_back(bundles: Sequence[Path], git_dir: Path, history: History) -> None:
    """Read what was written as everybody else will."""
    if read_history(bundles, git_dir).commits != history.commits:
        raise OutsideError(
            "git wrote a bundle that does not hold the release.",
            "Check the disk, then try again.",
        )


def _rehearse(
    bundles: Sequence[Path],
    earlier: Sequence[State],
    candidate: State,
    progress: Callable[[Rehearsal], None],
) -> tuple[Rehearsal, ...]:
    done = []
    with workspace() as work:
        joined = work / "templates.bundle"
        try:
            join(bundles, joined)
        except GitFailure as error:
            raise OutsideError(
                f"The releases cannot be joined: {error}",
                "`git status` shows whether a released bundle was changed.",
            ) from error
        for rehearsal in rehearse(joined, earlier, candidate, work):
            progress(rehearsal)
            done.append(rehearsal)
    failed = [rehearsal for rehearsal in done if rehearsal.problems]
    if failed:
        first = failed[0]
        raise AnswerIsNoError(
            f"Updating {first.template} from {first.old} ({first.learner}, by {first.tool}) "
            f"to {candidate.tag} "
            f"fails: {first.problems[0]}"
            + (f" ({len(failed)} of {len(done)} rehearsals fail)." if len(failed) > 1 else "."),
            "Change the templates so that plain `copier update` works; no release was cut.",
        )
    return tuple(done)


def _publish(bundle: Path, final: Path, changelogs: Mapping[Path, bytes]) -> None:
    """Put the bundle and the CHANGELOG files in place: all of them, or none."""
    before = {path: path.read_bytes() for path in changelogs}
    try:
        for path, data in changelogs.items():
            replace_file(path, data)
        with bundle.open("rb+") as stream:
            os.fsync(stream.fileno())
        bundle.replace(final)
    except BaseException:
        for path, data in before.items():
            replace_file(path, data)
        raise


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    half = path.with_name(f".{path.name}.half")
    try:
        half.write_bytes(data)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
