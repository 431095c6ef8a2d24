"""A commit made from files in memory, without a work tree."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from scaffold import git

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scaffold.update.files import File

Signer = tuple[str, str]
"""Name and mail."""


def init(folder: Path, *, bare: bool) -> None:
    """Make an empty repository on branch `main`, without anybody's hooks or settings."""
    kind = ("--bare",) if bare else ()
    words = ("init", "--quiet", *kind, "--initial-branch=main", "--template=", folder)
    git.run(*git.QUIET, *words, folder=folder.parent, extra=git.NOBODYS_SETTINGS)


def commit(
    git_dir: Path, files: Mapping[str, File], message: str, signer: Signer, branch: str = "main"
) -> str:
    """Write a first commit that holds just these files, as the tip of a branch; its id.

    Args:
        git_dir: A repository without that branch.
        files: By path with `/`; bytes go in as they are.
        message: The commit's message.
        signer: Author and committer.
        branch: Its name.

    Raises:
        git.GitFailure: git could not write.
    """
    head = [f"commit refs/heads/{branch}\n".encode(), *_signed(message, signer)]
    return _import(git_dir, [*head, *_written(files)], branch)


def commit_on(
    git_dir: Path,
    parent: str,
    changes: Mapping[str, File | None],
    message: str,
    signer: Signer,
    branch: str,
) -> str:
    """Write a commit on top of another one, as the tip of a new branch; its id.

    Args:
        git_dir: A repository that has the parent.
        parent: Its id.
        changes: What paths hold now; None where nothing is left.
        message: The commit's message.
        signer: Author and committer.
        branch: Its name.

    Raises:
        git.GitFailure: git could not write.
    """
    head = [f"commit refs/heads/{branch}\n".encode(), *_signed(message, signer)]
    gone = [f"D {path}\n".encode() for path, file in changes.items() if file is None]
    files = {path: file for path, file in changes.items() if file is not None}
    parts = [*head, f"from {parent}\n".encode(), *gone, *_written(files)]
    return _import(git_dir, parts, branch)


def _signed(message: str, signer: Signer) -> list[bytes]:
    now = datetime.datetime.now().astimezone()
    who = f"{signer[0]} <{signer[1]}> {int(now.timestamp())} {now:%z}"
    return [f"author {who}\ncommitter {who}\n".encode(), _data(message.encode())]


def _written(files: Mapping[str, File]) -> Iterator[bytes]:
    for path, file in files.items():
        yield f"M {file.mode} inline {path}\n".encode()
        yield _data(file.data)


def _import(git_dir: Path, parts: list[bytes], branch: str) -> str:
    stream = b"".join([*parts, b"done\n"]).decode("utf-8", "surrogateescape")
    here = f"--git-dir={git_dir}"
    own = ("-c", "fastimport.unpackLimit=1")
    words = (*git.QUIET, *own, here, "fast-import", "--quiet", "--done")
    git.run(*words, folder=git_dir, stdin=stream, extra=git.NOBODYS_SETTINGS)
    made = git.run(here, "rev-parse", "--verify", f"refs/heads/{branch}", folder=git_dir)
    return made.strip()


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
