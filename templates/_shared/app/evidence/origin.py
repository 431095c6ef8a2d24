"""From what a number was made: the machine, the commit, and the content of code, data, settings."""

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from app.service.version import current_commit

MEASURED = ("app", "data", "project.toml", "uv.lock")


def machine() -> dict[str, str | int | None]:
    """Returns what kind of machine this is; nothing that tells whose."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
    }


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def inputs(folder: Path) -> dict[str, Any]:
    """Returns the state of what numbers depend on, as git knows it.

    Trees and not only the commit: merging by squash or rebase drops the commit, and the same
    content keeps the same tree.

    Args:
        folder: The project's folder.

    Returns:
        `commit`; `trees`, path to the id of its git tree or blob in that commit, None where it is
        not committed; `dirty`, whether one of these paths is changed or has new files since. All
        None where there is no git, or no commit yet.
    """
    listed = _git(folder, "ls-tree", "-z", "HEAD", "--", *MEASURED)
    if listed is None:
        return {"commit": None, "trees": None, "dirty": None}
    found = [line.split("\t", 1) for line in listed.split("\0") if line]
    ids = {path: facts.split(" ")[2] for facts, path in found}
    # Files that are not added count too; what .gitignore names does not.
    changed = _git(folder, "status", "--porcelain", "--untracked-files=all", "--", *MEASURED)
    return {
        "commit": current_commit(folder),
        "trees": {path: ids.get(path) for path in MEASURED},
        "dirty": None if changed is None else bool(changed),
    }
