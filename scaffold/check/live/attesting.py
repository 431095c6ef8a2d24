"""Whether this repository's CI measured a report again, asked of GitHub by its own `gh`."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SECONDS = 60
WORKFLOW = ".github/workflows/ci.yml"
NO_REMOTE = "its remote `origin` is no repository on GitHub"
_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})")
_NAME = re.compile(r"[\w.-]{1,100}")


def attested(
    folder: Path, owner: str, name: str, files: Iterable[str]
) -> tuple[frozenset[str], str]:
    """Ask which reports have an attestation by the repository's own workflow.

    Args:
        folder: The repository.
        owner: Its owner on GitHub.
        name: Its name there.
        files: Paths of reports.

    Returns:
        The attested files; and why nothing is known, empty when it is.
    """
    program = shutil.which("gh")
    if program is None:
        return frozenset(), "the program gh is not on this machine"
    if not _OWNER.fullmatch(owner) or not _NAME.fullmatch(name):
        return frozenset(), "that is no repository on GitHub"
    found: set[str] = set()
    why = ""
    for file in files:
        words = (program, "attestation", "verify", str((folder / file).absolute()))
        whose = ("--repo", f"{owner}/{name}", "--signer-workflow", f"{owner}/{name}/{WORKFLOW}")
        try:
            done = subprocess.run(
                (*words, *whose),
                cwd=folder.parent,
                capture_output=True,
                text=True,
                check=False,
                timeout=SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired):
            return frozenset(found), "gh did not answer"
        if done.returncode == 0:
            found.add(file)
        elif "auth" in done.stderr.lower():
            why = "gh is not logged in: gh auth login"
    return frozenset(found), why
