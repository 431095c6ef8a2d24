"""The one place that runs git, through GitPython.

GitPython is imported inside the functions: its import starts git, and fails where there is none.
Nothing here asks for a password or runs a repository's hooks.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scaffold.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

QUIET = ("-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "-c", "gc.auto=0")
"""Options for commands that write commits: no hook, no signing, no housekeeping."""

_PARENT = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
)
_NEVER_ASK = {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -oBatchMode=yes"}


class GitFailure(Exception):  # noqa: N818 - an internal signal; callers say what it means
    """A git command ended with another code than 0.

    Attributes:
        status: Its exit code.
        message: What it wrote to standard error.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def __str__(self) -> str:
        """The line that says why, without git's own prefix."""
        lines = [line.strip() for line in self.message.splitlines() if line.strip()]
        said = [line for line in lines if line.startswith(("fatal: ", "error: "))]
        line = (said or lines or [f"git ended with {self.status}"])[-1]
        return line.removeprefix("fatal: ").removeprefix("error: ")


def forget_parent() -> None:
    """Drop the git variables of whoever started us (a hook, say): they name its repository."""
    for name in _PARENT:
        os.environ.pop(name, None)


def run(
    *arguments: str | Path,
    folder: Path | None = None,
    extra: Mapping[str, str] | None = None,
) -> str:
    """Run one git command and give back what it printed.

    Args:
        arguments: The command, without `git`.
        folder: Where to run it; the present folder when None.
        extra: Environment variables for this command only.

    Raises:
        OutsideError: git is not installed.
        GitFailure: git ended with another code than 0.
    """
    try:
        from git import Git
        from git.exc import GitCommandNotFound
    except ImportError as error:
        raise missing() from error
    try:
        status, output, message = Git(folder).execute(
            ["git", *(os.fspath(argument) for argument in arguments)],
            with_extended_output=True,
            with_exceptions=False,
            strip_newline_in_stdout=False,
            env=_NEVER_ASK | dict(extra or {}),
        )
    except GitCommandNotFound as error:
        raise missing() from error
    if status != 0:
        raise GitFailure(status, message or output)
    return output


def missing() -> OutsideError:
    """The error for a machine without git."""
    return OutsideError(
        "git is not installed, or not on PATH.",
        "`scaffold doctor` names the command that installs it.",
    )


def identity(folder: Path) -> tuple[str, str] | None:
    """Name and mail that git would sign a commit with, if somebody set them."""
    name = os.environ.get("GIT_AUTHOR_NAME") or _setting("user.name", folder)
    mail = os.environ.get("GIT_AUTHOR_EMAIL") or _setting("user.email", folder)
    return (name, mail) if name and mail else None


def _setting(key: str, folder: Path) -> str:
    try:
        return run("config", "--get", key, folder=folder).strip()
    except GitFailure:
        return ""


def commit_all(folder: Path, message: str, *, leave_out: Sequence[str] = ()) -> bool:
    """Stage everything in `folder` and commit it; without an identity, only stage.

    Args:
        folder: The top of a work tree.
        message: The commit's message.
        leave_out: Path patterns that stay out of the commit.

    Returns:
        Whether there is a commit.

    Raises:
        OutsideError: git is not installed.
        GitFailure: git could not write.
    """
    paths = [".", *(f":(exclude,top){pattern}" for pattern in leave_out)]
    run(*QUIET, "-c", "core.safecrlf=false", "add", "--all", "--", *paths, folder=folder)
    if identity(folder) is None:
        return False
    run(*QUIET, "commit", "--quiet", "--no-verify", "--message", message, folder=folder)
    return True


def init(folder: Path) -> None:
    """Make `folder` a repository on branch `main`, without anybody's hook templates."""
    run(*QUIET, "init", "--quiet", "--initial-branch=main", "--template=", folder=folder)


def unborn(folder: Path) -> bool:
    """Whether the repository in `folder` has no commit on its branch yet."""
    try:
        run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", folder=folder)
    except GitFailure:
        return True
    return False
