"""Release bundles made with git alone: one per release, then all joined into one file.

The history is synthesised: it holds nothing but the pack, and its object ids depend on content
only, whoever builds it and whatever git is configured to do.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SAME_FOR_ALL = {
    "GIT_AUTHOR_NAME": "pack",
    "GIT_AUTHOR_EMAIL": "pack@example.org",
    "GIT_AUTHOR_DATE": "@1700000000 +0000",
    "GIT_COMMITTER_NAME": "pack",
    "GIT_COMMITTER_EMAIL": "pack@example.org",
    "GIT_COMMITTER_DATE": "@1700000000 +0000",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def release_bundles(releases: Mapping[str, Path], into: Path) -> tuple[Path, ...]:
    """Write one bundle per release, the first one whole and each later one incremental.

    Args:
        releases: tag -> folder with that release's `copier.yml` and `templates/`, oldest first.
        into: an existing folder for the bundles and for the repository they are made in.
    """
    repository = into / "releases.git"
    _git(into, "init", "--quiet", "--bare", "--initial-branch=main", str(repository))
    bundles: list[Path] = []
    parent = ""
    for tag, folder in releases.items():
        index = {"GIT_INDEX_FILE": str(into / f"{tag}.index"), "GIT_DIR": str(repository)}
        here = index | {"GIT_WORK_TREE": str(folder)}
        _git(folder, "-c", "core.autocrlf=false", "add", "--all", "--force", ".", env=here)
        tree = _git(folder, "write-tree", env=here)
        parents = ["-p", parent] if parent else []
        commit = _git(repository, "commit-tree", tree, *parents, "-m", f"Release {tag}")
        _git(repository, "update-ref", f"refs/tags/{tag}", commit)
        _git(repository, "update-ref", "refs/heads/main", commit)
        bundle = into / f"{tag}.bundle"
        wanted = [
            "refs/heads/main",
            f"refs/tags/{tag}",
            "HEAD",
            *([f"^{parent}"] if parent else []),
        ]
        _git(repository, "-c", "pack.threads=1", "bundle", "create", "-q", str(bundle), *wanted)
        bundles.append(bundle)
        parent = commit
    return tuple(bundles)


def join(bundles: tuple[Path, ...], into: Path, work: Path) -> None:
    """Join release bundles, oldest first, into the one bundle `into` with all tags."""
    repository = work / f"{into.name}.joining"
    _git(work, "init", "--quiet", "--bare", "--initial-branch=main", str(repository))
    for bundle in bundles:
        heads = _git(repository, "bundle", "unbundle", str(bundle))
        for line in heads.splitlines():
            commit, ref = line.split()
            if ref != "HEAD":
                _git(repository, "update-ref", ref, commit)
    into.parent.mkdir(parents=True, exist_ok=True)
    wanted = ["HEAD", "refs/heads/main", "--tags"]
    _git(repository, "-c", "pack.threads=1", "bundle", "create", "-q", str(into), *wanted)


def _git(cwd: Path, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        env=clean | _SAME_FOR_ALL | dict(env or {}),
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    return done.stdout.strip()
