"""A stranger's repository from a git URL, in a folder that lives for a moment.

Nothing of it is carried out: no hook, filter, submodule or setting comes with a clone, links become
plain files, and what would be checked out is counted before.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scaffold import credentials, git, scratch
from scaffold.check.facts.tree import MOST_FILES
from scaffold.errors import OutsideError, RequestError
from scaffold.source import parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEPTH = 300
"""Commits that are fetched: enough for most trails, and a bound for the others."""
SECONDS = 300.0
MOST_BYTES = 300_000_000
_MOST_LISTED = 500 * MOST_FILES
_NO_COMMIT = "Not a valid object name HEAD"
_SAFE = (
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.symlinks=false"),
    *("-c", "core.autocrlf=false"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "protocol.ext.allow=never"),
    *("-c", "filter.lfs.smudge="),
    *("-c", "filter.lfs.process="),
    *("-c", "filter.lfs.required=false"),
)


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """Clone a repository into a folder of its own name.

    Raises:
        RequestError: The URL holds a password, or the repository is too large or has no commit.
        OutsideError: It can't be fetched.
    """
    if credentials.holds(url):
        raise RequestError(
            "The address holds a password or a token, and others see what a command was given.",
            "Name it without; git's credential helper knows them.",
        )
    parse(url)
    name = re.sub(r"[^\w.-]", "-", url.rstrip("/").removesuffix(".git").rpartition("/")[2])
    with scratch.folder("scaffold-check-") as place:
        folder = place / (name.strip(".-") or "repository")
        words = (
            *("clone", "--quiet", "--no-checkout", "--single-branch", "--no-tags", "--template="),
            *("--no-recurse-submodules", f"--depth={DEPTH}", "--", url, folder),
        )
        try:
            git.run(*_SAFE, *words, folder=place, seconds=SECONDS)
            here = (f"--git-dir={folder}/.git", f"--work-tree={folder}")
            own = git.NOBODYS_SETTINGS
            refuse_large(folder / ".git", "HEAD")
            checkout = (*_SAFE, *here, "checkout", "--quiet", "--force", "HEAD", "--", ".")
            git.run(*checkout, folder=folder, extra=own, seconds=SECONDS)
        except git.GitFailure as error:
            if _NO_COMMIT in error.message:
                raise RequestError(f"{url} has no commit.", "Push to it first.") from error
            raise OutsideError(
                f"{url} can't be fetched: {error}.",
                "Check the address, the network, and whether you may read it.",
            ) from error
        yield folder


def refuse_large(git_dir: Path, commit: str) -> None:
    """Refuse a commit that is too large to be checked out.

    Raises:
        RequestError: It is.
        git.GitFailure: It can't be read.
    """
    listed = (f"--git-dir={git_dir}", "ls-tree", "-r", "-l", "-z", commit)
    own = git.NOBODYS_SETTINGS
    try:
        listing = git.run(*listed, folder=git_dir, extra=own, seconds=SECONDS, most=_MOST_LISTED)
    except git.TooMuchError as error:  # a folder may hold itself many times over, in no space
        raise RequestError(
            f"The repository holds more than {MOST_FILES:,} files.",
            "That is the limit; clone it yourself.",
        ) from error
    entries = [entry.partition("\t")[0].split() for entry in listing.split("\0") if entry]
    size = sum(int(entry[3]) for entry in entries if entry[3].isdigit())
    if len(entries) > MOST_FILES or size > MOST_BYTES:
        raise RequestError(
            f"The repository holds {len(entries):,} files with {size // 1_000_000} MB.",
            f"{MOST_FILES:,} and {MOST_BYTES // 1_000_000} MB are the limit; clone it yourself.",
        )
