"""The one place that runs git, through GitPython.

GitPython is imported inside the functions: its import starts git, and fails where there is none.
Nothing here asks for a password or runs a repository's hooks.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast

from scaffold import credentials, disk
from scaffold.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

QUIET = (
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "commit.gpgSign=false"),
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
)
"""Options for commands that write commits: no hook, no signing, no housekeeping."""

NOBODYS_SETTINGS = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
"""For repositories of our own that live for a second: somebody's `fetch.prune` ruins them."""

_PARENT = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_DEFAULT_HASH",
    "GIT_QUARANTINE_PATH",
    "GIT_ATTR_SOURCE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)


_FULL = ("No space left", "Out of diskspace")


class GitFailure(Exception):  # noqa: N818 - an internal signal; callers say what it means
    """A git command ended with another code than 0.

    Attributes:
        status: Its exit code.
        message: What it wrote to standard error.
        output: What it wrote to standard output.
        disk_full: Whether there was no room left; git itself often says only what it could not do.
    """

    def __init__(
        self, status: int, message: str, *, output: str = "", disk_full: bool = False
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.output = output
        self.disk_full = disk_full or any(words in message for words in _FULL)

    def __str__(self) -> str:
        """The line that says why, without git's own prefix, and without any password in it.

        Git names the address that it asked, which a setting of somebody's may fill with a token.
        """
        lines = [line.strip() for line in self.message.splitlines() if line.strip()]
        said = [line for line in lines if line.startswith(("fatal: ", "error: "))]
        line = (said or lines or [f"git ended with {self.status}"])[-1].rstrip(".")
        return credentials.redacted(line.removeprefix("fatal: ").removeprefix("error: "))


class TooMuchError(GitFailure):
    """A git command printed more than its caller takes, and was ended."""

    def __init__(self, most: int) -> None:
        super().__init__(-1, f"git printed more than {most // 1_000_000} MB")


class _Bounded:
    """Standard output of a command: a small repository can be made to list without end."""

    def __init__(self, most: int) -> None:
        self._parts: list[bytes] = []
        self._most = self._left = most

    def write(self, part: bytes) -> None:
        self._left -= len(part)
        if self._left < 0:
            raise TooMuchError(self._most)
        self._parts.append(part)

    def text(self) -> str:
        return b"".join(self._parts).decode("utf-8", "surrogateescape")


def forget_parent() -> None:
    """Drop the git variables of whoever started us (a hook, say).

    They name its repository, or tell how it spells paths.
    """
    for name in _PARENT:
        os.environ.pop(name, None)


def run(
    *arguments: str | Path,
    folder: Path | None = None,
    extra: Mapping[str, str] | None = None,
    stdin: str = "",
    seconds: float | None = None,
    most: int | None = None,
) -> str:
    """Run one git command and give back what it printed.

    Bytes that are no UTF-8 come and go as surrogates (`surrogateescape`), as file names do.

    Args:
        arguments: The command, without `git`.
        folder: Where to run it; the present folder when None.
        extra: Environment variables for this command only.
        stdin: What it reads from standard input.
        seconds: After which it is ended, which is a failure; not on Windows.
        most: Bytes that it may print; for commands that say little to standard error.

    Raises:
        OutsideError: git is not installed, or does not start.
        GitFailure: git ended with another code than 0.
        TooMuchError: It printed more.
        OSError: There is no room for what it shall read.
    """
    try:
        from git import Git
        from git.exc import GitCommandNotFound
    except ImportError as error:  # GitPython starts git when it is imported
        raise (
            missing() if shutil.which("git") is None else _broken(error.__cause__ or error)
        ) from error
    with ExitStack() as open_files:
        given = None
        taken = None if most is None else _Bounded(most)
        if stdin:
            given = open_files.enter_context(tempfile.TemporaryFile())
            given.write(stdin.encode("utf-8", "surrogateescape"))
            given.seek(0)
        try:
            status, output, message = Git(folder).execute(
                ["git", *(os.fspath(argument) for argument in arguments)],
                istream=given,
                with_extended_output=True,
                with_exceptions=False,
                strip_newline_in_stdout=False,
                output_stream=cast("Any", taken),
                env=_never_ask() | dict(extra or {}),
                kill_after_timeout=None if os.name == "nt" else seconds,
            )
        except GitCommandNotFound as error:
            raise missing() from error
        except OSError as error:
            raise _broken(error) from error
    said: str = output if taken is None else taken.text()
    if status != 0:
        full = folder is not None and disk.is_full(folder)
        raise GitFailure(status, message or said, output=said, disk_full=full)
    return said


def missing() -> OutsideError:
    """The error for a machine without git."""
    return OutsideError(
        "git is not installed, or not on PATH.",
        "`scaffold doctor` names the command that installs it.",
    )


def _broken(error: BaseException) -> OutsideError:
    reason = str(error).strip().splitlines()[-1].strip()
    return OutsideError(
        f"git is on PATH but does not work: {reason}",
        "Run `git --version`; `scaffold doctor` names the command that installs it.",
    )


def _never_ask() -> dict[str, str]:
    """Environment in which git asks for nothing; an ssh command of the user's own stays."""
    ssh = os.environ.get("GIT_SSH_COMMAND") or "ssh -oBatchMode=yes"
    return {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": ssh}


def identity(folder: Path) -> tuple[str, str] | None:
    """Name and mail that git would sign a commit with, if somebody set them."""
    known = []
    for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        try:
            known.append(run("-c", "user.useConfigOnly=true", "var", who, folder=folder))
        except GitFailure:
            return None
    name, _, rest = known[0].partition(" <")
    return name.strip(), rest.partition(">")[0]


def commit_all(folder: Path, message: str) -> bool:
    """Stage everything in `folder` and commit it; without an identity, only stage.

    A file is staged even where the user's own settings ignore files of its kind: the repository
    must hold all that was generated.

    Args:
        folder: The top of a work tree, with `.git` in it.
        message: The commit's message.

    Returns:
        Whether there is a commit.

    Raises:
        OutsideError: git is not installed.
        GitFailure: git could not write.
    """
    here = (*QUIET, "-c", "core.safecrlf=false", *_in(folder))
    run(*here, "add", "--all", "--force", "--", ".", folder=folder)
    if identity(folder) is None:
        return False
    run(*here, "commit", "--quiet", "--no-verify", "--message", message, folder=folder)
    return True


def init(folder: Path) -> None:
    """Make `folder` a repository on branch `main`, without anybody's hook templates."""
    run(*QUIET, "init", "--quiet", "--initial-branch=main", "--template=", folder=folder)


def is_repository(folder: Path) -> bool:
    """Whether `.git` in `folder` is a repository; one above `folder` does not count."""
    try:
        run(*_in(folder), "rev-parse", "--git-dir", folder=folder)
    except GitFailure:
        return False
    return True


def unborn(folder: Path) -> bool:
    """Whether the repository in `folder` has no commit on its branch yet."""
    try:
        run(*_in(folder), "rev-parse", "--verify", "--quiet", "HEAD", folder=folder)
    except GitFailure:
        return True
    return False


def _in(folder: Path) -> tuple[str, str]:
    """Options that pin git to `folder`, so that it never climbs to a repository above."""
    path = os.fspath(folder.absolute())
    return f"--git-dir={path}/.git", f"--work-tree={path}"
