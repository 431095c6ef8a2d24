"""`scaffold new`: render, lock, one commit, and into place. All of it, or nothing."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold import git, names, staging
from scaffold.errors import OutsideError, RequestError
from scaffold.lock import Locked, lock
from scaffold.questions import TEMPLATE
from scaffold.render import render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scaffold.source import Pack

    Step = Callable[[str], None]
    """Is told, in a few words, what happens now."""


@dataclass(frozen=True)
class Generated:
    """What `scaffold new` made.

    Attributes:
        folder: Where it is.
        template: The starter's id.
        ref: The release, or what was asked for instead.
        committed: Whether there is a first commit.
        repository: Whether there is a git repository at all.
        locked: What came of locking; None when it was not wanted.
    """

    folder: Path
    template: str
    ref: str
    committed: bool
    repository: bool
    locked: Locked | None


def finish_interrupted(target: Path) -> bool:
    """Sweep what killed commands left where `target` is or goes.

    Returns:
        Whether that finished a generation into `target`.

    Raises:
        OutsideError: It could not be finished or removed.
    """
    try:
        if target.parent.is_dir():
            staging.sweep(target.parent)
        return target.is_dir() and staging.sweep(target)
    except (OSError, git.GitFailure) as error:
        raise _outside(error, target) from error


def check_target(target: Path) -> None:
    """Refuse a place where no repository can go, before anything is asked or written.

    Raises:
        RequestError: The name will not do, the parent is missing, or something is there already.
    """
    names.check_folder_name(target.name)
    if not target.parent.is_dir():
        raise RequestError(
            f"There is no folder {target.parent} to put {target.name} into.",
            "Make that folder first, or choose another place.",
        )
    if target.exists() and not target.is_dir():
        raise RequestError(f"{target} is a file.", "Choose another name.")
    if target.is_dir():
        held = sorted(
            one.name for one in target.iterdir() if not one.name.startswith(staging.PREFIX)
        )
        if held not in ([], [".git"]):
            listed = ", ".join(held[:3]) + (", ..." if len(held) > 3 else "")  # noqa: PLR2004
            raise RequestError(
                f"The folder {target} is not empty: it holds {listed}.",
                "Choose another name, or empty it first.",
            )
        if held and not git.unborn(target):
            raise RequestError(
                f"The folder {target} holds a git repository with commits.",
                "Choose another name; only a fresh clone of an empty repository can be filled.",
            )


def generate(
    pack: Pack,
    answers: Mapping[str, Any],
    target: Path,
    *,
    repository: bool = True,
    locking: bool = True,
    step: Step = lambda text: None,  # noqa: ARG005 - whoever does not listen
) -> Generated:
    """Make a repository at `target`.

    Whatever goes wrong, an interruption included, `target` is as it was before.

    Args:
        pack: The templates.
        answers: All answers, the template's id included.
        target: New, or an empty folder, or a fresh clone without commits.
        repository: Whether to make a git repository with a first commit.
        locking: Whether to lock the dependencies to the tested set.
        step: Is told what happens.

    Raises:
        RequestError: The target or the template will not do.
        OutsideError: git or the disk failed.
    """
    template = str(answers[TEMPLATE])
    check_target(target)
    filled = target.is_dir()
    message = f"Start from {template} {pack.ref}" if repository else None
    try:
        with staging.open_stage(target if filled else target.parent) as stage:
            step("Rendering the starter")
            render(pack, answers, stage.tree)
            locked = None
            if locking:
                step("Locking the tested versions")
                locked = lock(stage.tree)
            if filled:
                step("Moving it into place")
                stage.move_into(target, message)
            else:
                if message is not None:
                    step("Committing")
                    git.init(stage.tree)
                    git.commit_all(stage.tree, message)
                stage.tree.rename(target)
    except (OSError, git.GitFailure) as error:
        raise _outside(error, target) from error
    return Generated(
        folder=target,
        template=template,
        ref=pack.ref,
        committed=repository and not git.unborn(target),
        repository=repository,
        locked=locked,
    )


def _outside(error: Exception, target: Path) -> OutsideError | RequestError:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.EEXIST, errno.ENOTEMPTY):
        return RequestError(
            f"{target} appeared while its repository was being made.", "Choose another name."
        )
    if number == errno.ENOSPC or "No space left" in str(error):
        return OutsideError(
            f"The disk is full; {target} was not made.", "Make some room and run it again."
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return OutsideError(
            f"The folder {target.parent} cannot be written.", "Choose a folder of your own."
        )
    return OutsideError(
        f"{target} was not made: {error}".replace("\n", " "), "Mend that and run it again."
    )
