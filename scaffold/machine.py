"""What this machine has of what scaffold and the starters need."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Literal

from scaffold import interpreters, places, releases

State = Literal["ok", "missing", "optional"]
"""`missing` stops you now; `optional` is needed later, if at all."""
INTRODUCE = (
    'git config --global user.name "Your Name"',
    "git config --global user.email you@example.org",
)
"""What tells git who signs."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked for.

    Attributes:
        name: What.
        state: Whether its absence matters.
        found: What is there; empty if nothing.
        needed_for: What cannot be done without it.
        remedy: The command that installs it, or where to get it.
    """

    name: str
    state: State
    found: str
    needed_for: str
    remedy: str


def examine() -> list[Check]:
    """Look at everything, in the order in which it is needed. Works without git."""
    return [
        _python(),
        _program("git", "every command", ["git", "--version"], _installer("git"), needed=True),
        _identity(),
        _uv(),
        _templates(),
        _program(
            "docker",
            "building the container on this machine; CI does it too",
            ["docker", "--version"],
            "Docker Desktop or another engine",
        ),
        _program(
            "gh",
            "`gh repo create`; the web site does it too",
            ["gh", "--version"],
            _installer("gh"),
        ),
    ]


def _python() -> Check:
    found = interpreters.fitting()
    here = platform.python_version()
    if found is None:
        return Check(
            "python",
            "missing",
            here,
            "running a starter",
            "Python 3.11, 3.12 or 3.13: uv python install 3.12",
        )
    return Check("python", "ok", f"{here} ({sys.executable})", "running a starter", "")


def _program(
    name: str, needed_for: str, command: list[str], remedy: str, *, needed: bool = False
) -> Check:
    found = _first_line(command)
    if found:
        return Check(name, "ok", found, needed_for, "")
    return Check(name, "missing" if needed else "optional", "", needed_for, remedy)


def _identity() -> Check:
    who = [_first_line(["git", "config", "--get", key]) for key in ("user.name", "user.email")]
    if all(who):
        return Check("git identity", "ok", f"{who[0]} <{who[1]}>", "the first commit", "")
    return Check("git identity", "missing", "", "the first commit", "\n".join(INTRODUCE))


def _uv() -> Check:
    uv = interpreters.uv()
    found = _first_line([uv, "--version"]) if uv else ""
    if found:
        return Check("uv", "ok", found, "locking and running a starter", "")
    return Check(
        "uv", "missing", "", "locking and running a starter", f"{sys.executable} -m pip install uv"
    )


def _templates() -> Check:
    bundles = releases.shipped()
    if not bundles:
        return Check("templates", "missing", "", "every command", "install scaffold again")
    try:
        newest = releases.read_header(bundles[-1]).newest
    except (OSError, ValueError) as error:
        return Check("templates", "missing", str(error), "every command", "install scaffold again")
    place = places.EMBEDDED_SOURCE
    return Check("templates", "ok", f"{newest.tag}, {len(bundles)} releases ({place})", "", "")


def _installer(program: str) -> str:
    """The command that installs a program on this kind of system."""
    if sys.platform == "win32":
        ids = {"git": "Git.Git", "gh": "GitHub.cli"}
        return f"winget install --id {ids[program]}"
    if sys.platform == "darwin":
        return f"brew install {program}"
    for manager, words in (
        ("apt-get", "install"),
        ("dnf", "install"),
        ("pacman", "-S"),
        ("apk", "add"),
    ):
        if shutil.which(manager):
            return f"sudo {manager} {words} {program}"
    return f"{program}, from your system's packages"


def _first_line(command: list[str]) -> str:
    try:
        told = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=20, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    lines = told.stdout.splitlines()
    return lines[0].strip() if told.returncode == 0 and lines else ""
