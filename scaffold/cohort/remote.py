"""What a place says of itself, and why it cannot be reached, as far as git tells that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scaffold import credentials, git
from scaffold.addresses import is_remote
from scaffold.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.cohort.log import Log

SECONDS = 300.0
"""After which a git that talks to a host is ended."""
EMPTY = "is empty: it has no commit"
NO_SUCH_BRANCH = "takes no such branch"
_NO_WORKFLOW = (
    "takes no workflow from this token, and every starter has some: give the token that right "
    "(`gh auth refresh --scopes workflow`)"
)
"""GitHub refuses the whole push then, although the token may write everything else."""
MOST_SAID = 50_000_000
"""Bytes that a repository's list of branches, or of our marks, may have."""
SAFE = (
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.symlinks=false"),
    *("-c", "core.autocrlf=false"),
    *("-c", "core.longPaths=true"),
    *("-c", "protocol.ext.allow=never"),
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
    *("-c", "filter.lfs.smudge="),
    *("-c", "filter.lfs.process="),
    *("-c", "filter.lfs.required=false"),
    *("-c", "commit.gpgSign=false"),
    *("-c", "push.gpgSign=false"),
    *("-c", "push.followTags=false"),
    *("-c", "http.lowSpeedLimit=1000"),
    *("-c", "http.lowSpeedTime=60"),
)
"""Options with which nothing of a repository is carried out: no hook, filter or link."""

_RECEIVE_UNHOOKED = (
    "--receive-pack=git -c core.hooksPath=/dev/null -c core.alternateRefsCommand=true "
    "-c receive.autoGC=false receive-pack"
)
"""The other end of a push, where it is on this disk: `SAFE` does not reach it."""

OURS = "scaffold/"
"""What the branches of updates begin with."""
_HEADS = "refs/heads/"
_DENIED = (
    *("permission denied", "permission to", "authentication failed", "access denied"),
    *("could not read username", "could not read password", "terminal prompts disabled"),
    *("returned error: 401", "returned error: 403", "not allowed to", "dubious ownership"),
    *("invalid username or", "host key verification failed", "access rights"),
)
_GONE = (
    *("repository not found", "does not exist", "not appear to be a git repository"),
    *("returned error: 404", "returned error: 410", "no such file or directory"),
    *("could not be found", "not a git repository"),
)
_REFUSED_WORKFLOW = re.compile(r"refusing to allow .* workflow")
_NOT_FOUND = re.compile(r"repository '.*' not found")


class UnreachedError(Exception):
    """A place that cannot be read or written.

    Attributes:
        state: What it looks like.
        reason: In one line, without any password.
    """

    def __init__(self, state: Literal["gone", "denied", "failed"], reason: str) -> None:
        super().__init__(reason)
        self.state: Literal["gone", "denied", "failed"] = state
        self.reason = reason


@dataclass(frozen=True)
class Refs:
    """The branches of a place.

    Attributes:
        heads: Commit of each, by name.
        head: The default branch; empty where nothing says which.
    """

    heads: Mapping[str, str]
    head: str = ""

    @property
    def default(self) -> str:
        """The branch that counts: what HEAD names, else main, master, the only one of theirs."""
        for name in (self.head, "main", "master"):
            if name in self.heads:
                return name
        theirs = [name for name in self.heads if not name.startswith(OURS)]
        return theirs[0] if len(theirs) == 1 else ""


def run(
    log: Log,
    *words: str | Path,
    folder: Path,
    extra: Mapping[str, str] | None = None,
    most: int | None = None,
) -> str:
    """Run a git command of ours in a folder, with its words in the log.

    Raises:
        git.GitFailure: It failed; its message is in the log.
    """
    shown = " ".join(str(one) for one in words)
    try:
        said = git.run(*SAFE, *words, folder=folder, extra=extra, seconds=SECONDS, most=most)
    except git.GitFailure as error:
        log.say(f"git {shown}: ended with {error.status}\n{error.message}")
        raise
    log.say(f"git {shown}")
    return said


def push(
    log: Log, place: str, commit: str, branch: str, folder: Path, *options: str | Path
) -> None:
    """Push a commit as a branch of a place that has none of that name.

    Where the place lies on this disk, git would run its hooks, and others have written them.

    Args:
        log: Of the repository.
        place: URL or path.
        commit: Is in the repository that git finds in the folder.
        branch: Its name.
        folder: Where git runs.
        options: Of git itself.

    Raises:
        git.GitFailure: It was not pushed, or nobody knows.
    """
    ref = f"refs/heads/{branch}"
    here = not is_remote(place) or place.lower().startswith("file:")
    unhooked = (_RECEIVE_UNHOOKED,) if here else ()
    words = ("push", "--quiet", "--no-verify", *unhooked, f"--force-with-lease={ref}:")
    run(log, *options, *words, "--", place, f"{commit}:{ref}", folder=folder)


def refs(log: Log, place: str, folder: Path) -> Refs:
    """Ask a place for its branches.

    Args:
        log: Of the repository.
        place: URL or path.
        folder: Where git may run; nothing is written.

    Raises:
        UnreachedError: It is not there, or may not be read, or the network failed.
    """
    words = ("ls-remote", "--symref", "--", place, "HEAD", f"{_HEADS}*")
    try:
        said = run(log, *words, folder=folder, most=MOST_SAID)
    except git.GitFailure as error:
        raise unreached(error, place) from error
    heads, head = {}, ""
    for line in said.splitlines():
        what, _, name = line.partition("\t")
        if what.startswith("ref: ") and name == "HEAD":
            head = what.removeprefix("ref: ").removeprefix(_HEADS)
        elif name.startswith(_HEADS):
            heads[name.removeprefix(_HEADS)] = what
    return Refs(heads, head)


def check_default(refs: Refs, place: str) -> None:
    """Refuse a place without a branch that counts.

    Raises:
        UnreachedError: It has no commit.
        RequestError: Nothing says which of its branches counts.
    """
    if not refs.heads:
        raise UnreachedError("gone", f"{place} {EMPTY}")
    if not refs.default:
        named = ", ".join(sorted(refs.heads)[:3])
        raise RequestError(
            f"Nothing says which branch of {place} counts: {named}.", "Call one of them main."
        )


def unreached(error: git.GitFailure, place: str, doing: str = "read") -> UnreachedError:
    """What a failure of git tells of a place.

    Args:
        error: The failure.
        place: URL or path.
        doing: What could not be done with it: read, written.
    """
    said = error.message.lower()
    if error.disk_full:
        return UnreachedError("failed", "the disk is full")
    rejected = [line.strip() for line in error.message.splitlines() if "rejected]" in line]
    if any(_REFUSED_WORKFLOW.search(line) for line in rejected):
        return UnreachedError("denied", f"{place} {_NO_WORKFLOW}")
    if rejected:
        why = credentials.redacted(rejected[0].removeprefix("!").strip())
        return UnreachedError("denied", f"{place} {NO_SUCH_BRANCH}: {why}")
    if any(words in said for words in _GONE) or _NOT_FOUND.search(said):
        also = ", or you may not see it" if "://" in place else ""
        return UnreachedError("gone", f"{place} does not exist{also}")
    if any(words in said for words in _DENIED):
        return UnreachedError("denied", f"{place} may not be {doing}: {error}")
    return UnreachedError("failed", f"{place} cannot be reached: {error}")
