"""`scaffold new`: render, lock, one commit, and into place. All of it, or nothing."""

from __future__ import annotations

import errno
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold import git, lock, names, staging, unbuilt
from scaffold.errors import OutsideError, RequestError
from scaffold.membership import PYPROJECT, Membership, with_class
from scaffold.questions import TEMPLATE
from scaffold.render import render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scaffold.lock import Locked
    from scaffold.source import Pack

_NAMED = 3
_NOT_OF_A_CLONE = shutil.ignore_patterns("*.ipc", "fsmonitor--daemon")


@dataclass(frozen=True)
class Watch:
    """Who wants to know how far it is.

    Attributes:
        step: Is told, in a few words, what happens now.
        appearing: Is called once, when all is made and just before it appears at the target. Until
            then an interruption leaves nothing behind; from then on it is too late for one.
    """

    step: Callable[[str], None] = lambda text: None  # noqa: ARG005
    appearing: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Making:
    """What is made besides the files of the starter.

    Attributes:
        repository: Whether to make a git repository with a first commit.
        locking: Whether to lock the dependencies to the tested set.
        member: The class that it belongs to; none when None.
    """

    repository: bool = True
    locking: bool = True
    member: Membership | None = None


@dataclass(frozen=True)
class Generated:
    """What `scaffold new` made.

    Attributes:
        folder: Where it is.
        template: The starter's id.
        ref: The release, or what was asked for instead.
        committed: Whether there is a first commit.
        repository: Whether there is a git repository at all.
        cloned: Whether it was a clone before, and so has a remote to push to.
        locked: What came of locking; None when it was not wanted.
    """

    folder: Path
    template: str
    ref: str
    committed: bool
    repository: bool
    cloned: bool
    locked: Locked | None


_NOBODY = Watch()
_EVERYTHING = Making()


def finish_interrupted(target: Path) -> bool:
    """Sweep what killed commands left where `target` is or goes.

    Returns:
        Whether that finished a generation into `target`.

    Raises:
        OutsideError: It could not be finished or removed.
    """
    try:
        if _is_folder(target.parent):
            staging.sweep(target.parent)
        return _is_folder(target) and staging.sweep(target)
    except OSError as error:
        raise _outside(error, target) from error


def check_target(target: Path) -> None:
    """Refuse a place where no repository can go, before anything is asked or written.

    Raises:
        RequestError: The name will not do, the parent is missing, or something is there already.
        OutsideError: The place cannot be looked at, or git is missing.
    """
    try:
        if _is_folder(target):
            _check_empty(target)
            return
        names.check_folder_name(target.name)
        if not _is_folder(target.parent):
            raise RequestError(
                f"There is no folder {target.parent} to put {target.name} into.",
                "Make that folder first, or choose another place.",
            )
        if target.exists():
            raise RequestError(f"{target} is a file.", "Choose another name.")
        if target.is_symlink():
            raise RequestError(f"{target} is a link to nowhere.", "Choose another name.")
    except OSError as error:
        raise _outside(error, target) from error


def _is_folder(path: Path) -> bool:
    """Whether there is a folder; a name too long for the disk is none."""
    try:
        return path.is_dir()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return False
        raise


def _check_empty(target: Path) -> None:
    held = sorted(one.name for one in target.iterdir() if not one.name.startswith(staging.PREFIX))
    if held not in ([], [".git"]):
        left = len(held) - _NAMED
        listed = ", ".join(held[:_NAMED]) + (f" and {left} more" if left > 0 else "")
        raise RequestError(
            f"The folder {target} is not empty: it holds {listed}.",
            "Choose another name, or empty it first.",
        )
    if not held:
        return
    if not git.is_repository(target):
        raise RequestError(
            f"The folder {target} holds a .git that is no git repository.",
            "Remove it, or choose another name.",
        )
    if not git.unborn(target) or not (target / ".git").is_dir():
        what = "a git repository with commits" if (target / ".git").is_dir() else "a linked .git"
        raise RequestError(
            f"The folder {target} holds {what}.",
            "Choose another name; only a fresh clone of an empty repository can be filled.",
        )


def generate(
    pack: Pack,
    answers: Mapping[str, Any],
    target: Path,
    making: Making = _EVERYTHING,
    watch: Watch = _NOBODY,
) -> Generated:
    """Make a repository at `target`.

    Whatever goes wrong, an interruption included, `target` is as it was before.

    Args:
        pack: The templates.
        answers: All answers, the template's id included.
        target: New, or an empty folder, or a fresh clone without commits.
        making: What is made besides the files.
        watch: Is told what happens.

    Raises:
        RequestError: The target or the template will not do.
        OutsideError: git or the disk failed.
    """
    template = str(answers[TEMPLATE])
    check_target(target)
    filled, cloned = target.is_dir(), (target / ".git").exists()
    place = target if filled else target.parent
    committed, locked = False, None
    try:
        with staging.open_stage(place) as stage:
            watch.step("Rendering the starter")
            render(pack, answers, stage.tree)
            _record(stage.tree / PYPROJECT, making.member)
            if making.locking:
                watch.step("Locking the tested versions")
                locked = (lock if pack.source.ours else unbuilt).lock(stage.tree)
            if making.repository:
                watch.step("Committing")
                if cloned:  # its copy knows the remote and the branch
                    shutil.copytree(
                        target / ".git", stage.tree / ".git", symlinks=True, ignore=_NOT_OF_A_CLONE
                    )
                else:
                    git.init(stage.tree)
                committed = git.commit_all(stage.tree, f"Start from {template} {pack.ref}")
            watch.appearing()
            if filled:
                stage.move_into(target, cloned=cloned)
            else:
                stage.tree.rename(target)
    except (OSError, git.GitFailure) as error:
        raise _outside(error, target, place) from error
    return Generated(
        folder=target,
        template=template,
        ref=pack.ref,
        committed=committed,
        repository=making.repository,
        cloned=cloned,
        locked=locked,
    )


def _record(pyproject: Path, member: Membership | None) -> None:
    """Write into the project which class it belongs to."""
    if member is not None and pyproject.is_file():
        pyproject.write_bytes(with_class(pyproject.read_bytes(), member))


def _outside(
    error: Exception, target: Path, place: Path | None = None
) -> OutsideError | RequestError:
    number = error.errno if isinstance(error, OSError) else None
    full = error.disk_full if isinstance(error, git.GitFailure) else number == errno.ENOSPC
    if number in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
        return RequestError(
            f"{target} appeared while its repository was being made.", "Choose another name."
        )
    if full:
        return OutsideError(
            f"The disk is full; {target} was not made.", "Make some room and run it again."
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return OutsideError(
            f"The folder {place or target.parent} cannot be written.",
            "Choose a folder of your own.",
        )
    around = place or target.parent
    if isinstance(error, OSError) and staging.PREFIX in Path(str(error.filename)).name:
        return OutsideError(
            f"Nothing can be made in the folder {around}: {error.strerror}.",
            "Choose a folder of your own.",
        )
    # What it grew in is gone, and nobody knows that name.
    staged = rf"{re.escape(os.fspath(around / staging.PREFIX))}[0-9a-f]+(?:[/\\]tree)?"
    said = re.sub(staged, lambda _: os.fspath(target), str(error).replace("\n", " "))
    return OutsideError(f"{target} was not made: {said}", "Mend that and run it again.")
